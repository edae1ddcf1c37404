import json
from pathlib import Path

import pytest

from pipeline.kubeflow.compile import compile_pipeline, write
from pipeline.settings.layout import numbered
from pipeline.settings.loading import load
from tests.e2e.conftest import QUICK
from tests.kubeflow_backend.backend import Backend, StepFailedError
from tests.shadowing import imported

pytestmark = pytest.mark.e2e

LONG = 1800  # s: each of the 20 steps is a process that imports TFX

IMAGE = "registry.example/ichor@sha256:" + "0" * 64
# As soon as such a file is there: in the middle of writing records, and of training.
KILLED = {"SliceExampleGen": "s3/**/SliceExampleGen/examples/**/*", "Trainer": "state/training-state/*/*"}


@pytest.fixture(scope="module")
def backend(place, tmp_path_factory) -> Backend:
    return Backend(tmp_path_factory.mktemp("kubeflow"), KILLED)


@pytest.fixture(scope="module")
def file(place, backend):
    settings = [
        *QUICK, "trainer.weights=none", f"kubeflow.image={IMAGE}", "kubeflow.pipeline_root=s3://bucket/root",
        "kubeflow.key_secret=ichor-key", f"kubeflow.key_folder={place.folder}", "kubeflow.key_name=key",
        f"kubeflow.state_dir={backend.folder}/state", "kubeflow.retries=1", "ingest.source=image",
        f"run.data={place.folder}/phantoms",
    ]  # fmt: skip
    compiled = compile_pipeline(load(None, settings, {}, read_file=False).config)
    write(compiled, backend.folder / "ichor.yaml")
    return backend.folder / "ichor.yaml"


@pytest.fixture(scope="module")
def local(place) -> Path:
    """The evaluation of the local runner's run on the same slices."""
    assert place.run()[0].status == 0
    (folder,) = numbered(place.layout.artifacts / "ModelGate" / "evaluation")
    return folder


@pytest.fixture(scope="module")
def first(backend, file):
    return backend.run(file)


@pytest.fixture(scope="module")
def second(backend, file, first):
    return backend.run(file)


def evaluation(folder) -> dict:
    account = json.loads((folder / "evaluation.json").read_text())
    return {name: account[name] for name in ("splits", "gates", "blessed", "operating_point")}


@pytest.mark.timeout(LONG)
def test_the_steps_own_commands_come_to_what_the_local_runner_comes_to(backend, first, local):
    there, here = evaluation(backend.path(first["ModelGate"].artifacts["evaluation"])), evaluation(local)
    assert there.pop("operating_point")["threshold"] == here.pop("operating_point")["threshold"]
    assert there == here
    assert here["blessed"]
    blessing = first["ModelGate"].artifacts["blessing"].metadata
    assert (blessing["blessed"], blessing["ichor_final"]) == (1, 1)


@pytest.mark.timeout(LONG)
def test_the_model_is_pushed(backend, first):
    pushed = first["Pusher"].artifacts["pushed_model"]
    assert pushed.metadata["pushed"] == 1
    (version,) = (backend.folder / "state" / "pushed").iterdir()
    assert (version / "saved_model.pb").is_file()
    assert (backend.path(pushed) / "saved_model.pb").is_file()


@pytest.mark.timeout(LONG)
def test_a_step_that_is_killed_in_the_middle_is_tried_again(first):
    assert {name: task.tries for name, task in first.items() if task.tries > 1} == dict.fromkeys(KILLED, 2)


@pytest.mark.timeout(LONG)
def test_no_step_imports_from_its_working_directory(backend, first):
    assert imported(backend.working_directory) == []


@pytest.mark.timeout(LONG)
def test_the_report_is_among_the_artifacts(backend, first):
    assert (backend.path(first["Report"].artifacts["report"]) / "report.html").stat().st_size > 1_000_000


@pytest.mark.timeout(LONG)
def test_a_second_run_of_the_same_is_taken_from_the_cache(second):
    ran = {name for name, task in second.items() if not task.cached}
    assert ran == {"SliceExampleGen-lookup", "LatestBlessedModel-lookup", "LatestBlessedModel"}


@pytest.mark.timeout(LONG)
def test_a_run_with_another_threshold_trains_nothing_and_compares_with_the_blessed_model(
    backend, file, first, second
):
    third = backend.run(file, {"threshold_rule": "youden"})
    ran = {name for name, task in third.items() if not task.cached and name in first}
    assert "Trainer" not in ran
    assert {"OperatingPoint", "SliceScorer", "ModelGate"} <= ran
    baseline = third["LatestBlessedModel"].artifacts["artifact"]
    assert baseline.uri == first["OperatingPoint"].artifacts["model"].uri
    account = json.loads(
        (backend.path(third["ModelGate"].artifacts["evaluation"]) / "evaluation.json").read_text()
    )
    assert account["operating_point"]["rule"] == "youden"
    assert account["baseline"]["metrics"]


@pytest.mark.timeout(LONG)
def test_a_run_on_a_folder_that_is_not_there_fails_in_a_line_and_leaves_its_logs_alone(backend, file, first):
    with pytest.raises(StepFailedError, match=r"ichor: SliceExampleGen: data folder /nowhere: \S"):
        backend.run(file, {"run_data": "/nowhere"})
    left = {file.name for file in backend.folder.glob("s3/**/run-4/SliceExampleGen/*")}
    assert left == {"executor-logs-0", "executor-logs-1"}


@pytest.mark.timeout(LONG)
def test_no_name_of_a_patient_or_a_file_is_in_what_a_step_logs(backend, first, place):
    names = {path.stem for path in (place.folder / "phantoms").rglob("*.png")}
    assert names
    logs = sorted(backend.folder.glob("s3/**/executor-logs-*"))
    assert len(logs) > len(first)
    for log in logs:
        text = log.read_text()
        assert not [name for name in names if name in text], log
