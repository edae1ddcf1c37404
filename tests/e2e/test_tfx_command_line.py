"""TFX's own command line on a copy of the sources, so that a line of code can be changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.past_runs.history import read_run
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
[run]
data = "phantoms"
[ingest]
key_file = "key"
[transform]
image_side = 48
[trainer]
trunk = "tiny"
weights = "none"
epochs = 1
[gate]
min_binary_accuracy = 0.01
"""


@pytest.fixture(scope="module")
def checkout(phantoms, tmp_path_factory) -> Path:
    """A copy of the sources with phantoms and settings beside them."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("schemas", "components", "pipeline"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(phantoms.folder / "phantoms", folder / "phantoms")
    shutil.copy(phantoms.folder / "key", folder / "key")
    (folder / "ichor.toml").write_text(SETTINGS)
    return folder


def tfx(checkout: Path, *arguments: str) -> str:
    """Calls TFX's command line in the checkout, with a home folder of its own."""
    home = checkout / "home"
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(checkout)}
    environment.pop("ICHOR_CONFIG", None)
    done = subprocess.run(
        [Path(sys.executable).parent / "tfx", *arguments],
        cwd=checkout, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-4000:]
    return output


def states(checkout: Path) -> dict[str, str]:
    config = load(environment={"ICHOR_CONFIG": str(checkout / "ichor.toml")}).config
    layout = Layout.of(config.run.model_copy(update={"output": str(checkout / config.run.output)}))
    return {name: node.state for name, node in read_run(layout).nodes.items()}


def test_tfx_creates_and_runs_the_pipeline_to_a_pushed_model(checkout):
    created = tfx(
        checkout, "pipeline", "create", "--engine", "local", "--pipeline_path", "pipeline/local_runner.py"
    )
    assert 'Pipeline "ichor" created successfully.' in created
    said = tfx(checkout, "run", "create", "--engine", "local", "--pipeline_name", "ichor")
    (version,) = (checkout / "ichor-output" / "pushed").iterdir()
    assert (version / "saved_model.pb").is_file()
    assert f"BLESSED; model pushed to {version}" in said


def test_one_changed_line_of_a_node_runs_that_node_and_what_follows(checkout):
    source = checkout / "components" / "trainer" / "run.py"
    source.write_text(source.read_text() + "\n# a line more\n")
    tfx(checkout, "run", "create", "--engine", "local", "--pipeline_name", "ichor")
    state_of = states(checkout)
    before = {
        "SliceExampleGen",
        "SliceFilter",
        "ImportSchemaGen",
        "StatisticsGen",
        "ExampleValidator",
        "Transform",
    }
    assert {state_of[name] for name in before} == {"cached"}
    assert {state_of[name] for name in ("Trainer", "Evaluator", "TestEvaluator")} == {"ran"}


def test_an_anomaly_of_the_data_stops_the_run_before_training(checkout):
    schema = checkout / "schemas" / "slices.pbtxt"
    text = schema.read_text()
    narrow = text.replace(
        "int_domain { min: 1 }", "int_domain { min: 1 max: 95 }", 1
    )  # phantoms have 96 rows
    assert narrow != text
    schema.write_text(narrow)
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from pipeline.cli import main; sys.exit(main())", "run"],
        cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "AnomalyGate FAILED: the data do not keep to schemas/slices.pbtxt, 3 anomalies:" in done.stdout
    assert "train: height: Unexpectedly large value: 96." in done.stdout
    state_of = states(checkout)
    assert state_of["AnomalyGate"] == "failed"
    assert state_of["SliceFilter"] == "cached"
    assert not {"Transform", "Trainer", "Evaluator", "Pusher"} & set(state_of)
