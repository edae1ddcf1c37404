import json

import pytest
import tensorflow_model_analysis as tfma
from google.protobuf import json_format
from pydantic import ValidationError

from pipeline.kubeflow import runtime
from tests.compiled import compiled

pytestmark = pytest.mark.tfx


def properties(task: str, **given: object) -> dict:
    """A task's parameters as KFP gives them: those of the graph as compiled, those of the run as given."""
    tasks = compiled().pipeline["root"]["dag"]["tasks"]
    defaults = compiled().pipeline["root"]["inputDefinitions"]["parameters"]
    values = {}
    for name, value in tasks[task]["inputs"]["parameters"].items():
        if "componentInputParameter" in value:
            name_of_run = value["componentInputParameter"]
            values[name] = given.get(name_of_run, defaults[name_of_run]["defaultValue"])
        elif "runtimeValue" in value:
            values[name] = value["runtimeValue"]["constant"]
    return values


def params(task: str, parameter: str, **given: object) -> dict:
    return json.loads(runtime.apply(task, properties(task, **given))[parameter])


def test_epochs_reach_the_training():
    custom = params("Trainer", "custom_config", trainer_epochs=3, trainer_learning_rate=0.01)
    trained = json.loads(custom["params"])
    assert (trained["epochs"], trained["learning_rate"], trained["batch_size"]) == (3, 0.01, 32)


def test_nothing_changes_where_a_run_changes_nothing():
    before = properties("Trainer")
    after = runtime.apply("Trainer", before)
    assert json.loads(after["custom_config"]) == json.loads(before["custom_config"])
    assert after.keys() == before.keys() - {"trainer_epochs", "trainer_learning_rate", "trainer_batch_size"}
    evaluator = properties("Evaluator")
    changed = runtime.apply("Evaluator", evaluator)["eval_config"]
    assert json.loads(changed) == json.loads(evaluator["eval_config"])


def test_a_gates_bound_reaches_both_who_judge():
    bound = {"gate_min_binary_accuracy": 0.93}
    config = tfma.EvalConfig()
    json_format.ParseDict(params("Evaluator", "eval_config", **bound), config)
    (gated,) = [metric for metric in config.metrics_specs[0].metrics if metric.class_name == "BinaryAccuracy"]
    threshold = gated.per_slice_thresholds[0].threshold
    assert threshold.value_threshold.lower_bound.value == pytest.approx(0.93)
    assert params("ModelGate", "gate_json", **bound)["min_binary_accuracy"] == 0.93


def test_the_rule_of_the_threshold_reaches_the_nodes_that_apply_and_report_it():
    assert params("OperatingPoint", "params_json", threshold_rule="youden")["rule"] == "youden"
    given = properties("ModelGate", threshold_rule="youden")
    assert runtime.apply("ModelGate", given)["threshold_rule"] == "youden"


def test_the_data_folder_is_the_runs():
    assert (
        runtime.apply("SliceExampleGen", properties("SliceExampleGen", run_data="/other"))["input_base"]
        == "/other"
    )


def test_the_report_shows_what_the_run_was_given():
    rows = params("Report", "settings_json", trainer_epochs=3)
    assert {row["key"]: row["value"] for row in rows}["trainer.epochs"] == 3
    assert {row["key"]: row["value"] for row in rows}["trainer.batch_size"] == 32


def test_a_value_out_of_bounds_is_refused():
    with pytest.raises(ValidationError, match="greater than"):
        runtime.apply("Trainer", properties("Trainer", trainer_epochs=0))
    with pytest.raises(ValidationError, match="rule"):
        runtime.apply("OperatingPoint", properties("OperatingPoint", threshold_rule="best"))
