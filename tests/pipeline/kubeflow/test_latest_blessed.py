import json
import socket

import pytest
from tfx.types import standard_component_specs as keys

from pipeline.kubeflow import latest_blessed
from pipeline.kubeflow.lookup import main
from tests.kubeflow_backend.metadata import Metadata

pytestmark = pytest.mark.tfx

MODEL, BLESSING = latest_blessed.MODEL_TYPE, latest_blessed.BLESSING_TYPE


@pytest.fixture
def metadata() -> Metadata:
    return Metadata()


def trained(metadata: Metadata, uri: str, pipeline: str = "ichor") -> None:
    metadata.record(pipeline, MODEL, uri, {"tfx_version": "1.21.0"})


def judged(metadata: Metadata, uri: str, blessed: bool, final: bool = True, pipeline: str = "ichor") -> None:
    properties = {"blessed": float(blessed), "current_model": uri} | ({"ichor_final": 1.0} if final else {})
    metadata.record(pipeline, BLESSING, f"{uri}-blessing", properties)


def answer(metadata: Metadata, candidate: str) -> str | None:
    with metadata.served() as address:
        return latest_blessed.older_than(latest_blessed.connect(address), candidate)


def test_the_latest_of_the_blessed_that_are_older_than_the_candidate(metadata):
    for name, blessed in (("first", True), ("second", True), ("third", False)):
        trained(metadata, name)
        judged(metadata, name, blessed)
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") == "second"
    assert answer(metadata, "second") == "first"


def test_the_first_model_of_a_pipeline_has_none(metadata):
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") is None


def test_a_candidate_that_is_blessed_already_is_not_compared_with_itself(metadata):
    """A run with nothing changed: its model is taken from the cache, and was blessed by the run before."""
    trained(metadata, "candidate")
    judged(metadata, "candidate", True)
    trained(metadata, "candidate")  # recorded again, as of a step that was cached or an importer
    assert answer(metadata, "candidate") is None


def test_evaluators_blessing_is_not_the_last_word(metadata):
    trained(metadata, "first")
    judged(metadata, "first", True, final=False)
    judged(metadata, "first", False)
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") is None


def test_another_pipelines_models_do_not_count(metadata):
    trained(metadata, "first", "other")
    judged(metadata, "first", True, pipeline="other")
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") is None


def test_a_pipeline_of_many_runs_is_more_than_grpc_takes_by_default(metadata):
    trained(metadata, "first")
    judged(metadata, "first", True)
    metadata.record("ichor", "ichor.RunReport", "report", {"note": "x" * 5_000_000})
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") == "first"


def test_a_model_of_another_namespace_does_not_count_though_kfp_keeps_its_pipeline_as_the_same(metadata):
    trained(metadata, "ours")
    judged(metadata, "ours", True)
    metadata.record("ichor", MODEL, "theirs", {}, namespace="cardiology")
    judged(metadata, "theirs", True)
    trained(metadata, "candidate")
    assert answer(metadata, "candidate") == "ours"


def run_baseline(tmp_path, address: str, candidate: str = "candidate") -> tuple[int, dict]:
    file = tmp_path / "output.json"
    request = {
        "inputs": {"artifacts": {keys.MODEL_KEY: {"artifacts": [{"name": "3", "uri": candidate}]}}},
        "outputs": {"outputFile": str(file)},
    }
    status = main(["baseline", "--executor_input", json.dumps(request), "--metadata_address", address])
    return status, json.loads(file.read_text()) if file.exists() else {}


def test_the_look_up_puts_out_the_address(metadata, tmp_path):
    trained(metadata, "first")
    judged(metadata, "first", True)
    trained(metadata, "candidate")
    with metadata.served() as address:
        assert run_baseline(tmp_path, address) == (0, {"parameterValues": {"uri": "first"}})


def test_no_baseline_has_the_candidates_own_address(metadata, tmp_path):
    trained(metadata, "candidate")
    with metadata.served() as address:
        assert run_baseline(tmp_path, address) == (0, {"parameterValues": {"uri": "candidate"}})
    assert run_baseline(tmp_path, "") == (0, {"parameterValues": {"uri": "candidate"}})


def test_a_store_that_does_not_know_the_candidate_is_an_error(metadata, tmp_path, capfd):
    with metadata.served() as address:
        status, output = run_baseline(tmp_path, address)
    assert (status, output) == (1, {})
    assert "ML Metadata knows no model of a pipeline at candidate" in capfd.readouterr().err


def test_a_store_that_is_not_there_stops_the_run_and_does_not_pass_for_no_baseline(tmp_path, capfd):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    status, output = run_baseline(tmp_path, address)
    assert (status, output) == (1, {})
    assert f"ML Metadata at {address} does not answer" in capfd.readouterr().err


def test_an_address_of_another_form_is_refused(tmp_path, capfd):
    assert run_baseline(tmp_path, "metadata")[0] == 1
    assert "kubeflow.metadata_address: expected HOST:PORT, got 'metadata'" in capfd.readouterr().err
