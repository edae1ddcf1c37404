"""The test's server itself: it has to refuse what KFP's published types do not allow."""

import pytest

from tests.kubeflow_api.contract import find, operations, problems, query_problems

pytestmark = pytest.mark.numpy


def test_the_operations_that_are_asked_are_read_back_from_the_published_client():
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
