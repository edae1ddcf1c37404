"""The path of a machine with two GPUs, on two halves of a CPU, in a process of its own."""

import csv
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import tensorflow as tf

# By its length; it imports no TFX.
pytestmark = pytest.mark.tfx

ROOT = Path(__file__).parents[3]
TWO_REPLICAS = """
import sys, types
import tensorflow as tf
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from components.trainer import devices
from components.trainer.run import run_fn
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
devices._gpus = lambda: ["one", "two"]
devices.strategy = lambda: strategy
inputs, output, params = sys.argv[1:]
run_fn(types.SimpleNamespace(
    train_files=[inputs + "/Split-train/*"], eval_files=[inputs + "/Split-val/*"],
    transform_graph_path=inputs + "/graph", serving_model_dir=output + "/Format-Serving",
    model_run_dir=output + "/model_run", hyperparameters=None,
    custom_config={
        "params": params, "state_dir": output + "/state", "code_fingerprint": "a", "weights_fingerprint": "",
    },
))
"""


def test_two_replicas_in_mixed_precision_learn_and_export_a_float32_model(
    made: ModuleType, inputs: Path, tmp_path: Path
):
    params = made.params(mixed_precision=True, epochs=2, batch_norm_batches=2).to_json()
    subprocess.run(
        [sys.executable, "-c", TWO_REPLICAS, str(inputs), str(tmp_path), params],
        cwd=ROOT, timeout=300, check=True, capture_output=True,
    )  # fmt: skip
    with (tmp_path / "model_run" / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert max(float(row["val_binary_accuracy"]) for row in rows) >= 0.9
    model = tf.saved_model.load(str(tmp_path / "Format-Serving"))
    assert {variable.dtype for variable in model.signatures["serving_bytes"].variables} == {
        tf.float32,
        tf.string,
    }
