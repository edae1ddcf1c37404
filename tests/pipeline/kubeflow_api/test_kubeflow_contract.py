"""The test's server itself: KFP's own SDK takes it for KFP, and it refuses what KFP's types do not allow."""

from pathlib import Path

import pytest

from tests.kubeflow_api.contract import find, operations, problems, query_problems
from tests.kubeflow_api.server import Kfp
from tests.kubeflow_api.story import look, step

pytestmark = pytest.mark.numpy


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_sdk_of_kfp_takes_the_server_for_kfp(kfp: Kfp, tiny: str, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    import kfp as sdk

    client = sdk.Client(host=kfp.url)
    assert client.get_pipeline_id("tiny") is None
    pipeline = client.upload_pipeline(tiny)
    version = client.upload_pipeline_version(tiny, "second", pipeline_name="tiny")
    assert (version.pipeline_id, version.display_name) == (pipeline.pipeline_id, "second")
    experiment = client.create_experiment("night")
    assert client.create_experiment("night").experiment_id == experiment.experiment_id
    kfp.state.story = [look("SUCCEEDED", step("Ingest", "SUCCEEDED", 0, 9))]
    run = client.run_pipeline(
        experiment.experiment_id, "first", params={"epochs": 3},
        pipeline_id=pipeline.pipeline_id, version_id=version.pipeline_version_id,
    )  # fmt: skip
    assert client.wait_for_run_completion(run.run_id, timeout=5).state == "SUCCEEDED"
    assert [run.display_name for run in client.list_runs(sort_by="created_at desc").runs] == ["first"]


def test_the_operations_that_are_called_are_read_back_from_the_published_client():
    operation, parts = find("POST", "/apis/v2beta1/runs")
    assert (operation.name, operation.body, operation.answer, parts) == (
        "run_service_create_run", "V2beta1Run", "V2beta1Run", (),
    )  # fmt: skip
    operation, parts = find("GET", "/apis/v2beta1/runs/abc-1")
    assert (operation.name, operation.body, parts) == ("run_service_get_run", None, ("abc-1",))
    operation, _ = find("POST", "/apis/v2beta1/pipelines/upload_version")
    assert (operation.file, operation.query["pipelineid"]) == ("uploadfile", "str")
    assert find("GET", "/apis/v1beta1/runs") is None
    assert find("PUT", "/apis/v2beta1/runs") is None
    assert len(operations()) >= 20


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        ({"name": "x"}, "body: V2beta1Run has no field name"),
        ({"display_name": 7}, "body.display_name: expected str, got 7"),
        ({"state": "DONE"}, "body.state: expected V2beta1RuntimeState, got 'DONE'"),
        ({"created_at": "yesterday"}, "body.created_at: expected a time, got 'yesterday'"),
        ({"runtime_config": {"params": {}}}, "body.runtime_config: V2beta1RuntimeConfig has no field params"),
        ({"runtime_config": []}, "body.runtime_config: expected V2beta1RuntimeConfig, got []"),
        (
            {"run_details": {"task_details": [{"child_tasks": [{"name": "x"}]}]}},
            "body.run_details.task_details[0].child_tasks[0]: PipelineTaskDetailChildTask has no field name",
        ),
    ],
)
def test_a_body_that_the_types_do_not_allow_is_refused(run: dict[str, object], problem: str):
    assert list(problems(run, "V2beta1Run", "body")) == [problem]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"limit": ["5"]}, "query: unknown parameter limit"),
        ({"page_size": ["five"]}, "query: page_size is no integer: 'five'"),
        ({"sort_by": ["a", "b"]}, "query: sort_by is given 2 times"),
        (
            {"filter": ['{"predicates": [{"operation": "IS", "key": "name"}]}']},
            "filter.predicates[0].operation: expected V2beta1PredicateOperation, got 'IS'",
        ),
    ],
)
def test_a_query_that_the_types_do_not_allow_is_refused(query: dict[str, list[str]], problem: str):
    operation, _ = find("GET", "/apis/v2beta1/runs")
    assert list(query_problems(operation, query)) == [problem]
