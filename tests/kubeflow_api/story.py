"""What KFP reports of a run, look by look: nodes of an Argo workflow as its API server lists them."""

import datetime
from typing import Any

from tests.kubeflow_api.state import NOT_YET

START = datetime.datetime(2026, 1, 2, 3, 10, 0, tzinfo=datetime.UTC)
ENDED = ("SUCCEEDED", "FAILED", "CANCELED", "SKIPPED")


def at(seconds: float) -> str:
    """Returns a time after the run's start as KFP writes it."""
    return (START + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def look(state: str, *steps: list[dict[str, Any]], error: str = "") -> dict[str, Any]:
    """Returns one look at a run: its state, and the nodes of those of its steps that have begun."""
    root = [node("root", "RUNNING", 0), node("root-driver", "SUCCEEDED", 0, 5)]
    run: dict[str, Any] = {
        "state": state,
        "finished_at": at(600) if state in ENDED else NOT_YET,
        "run_details": {"task_details": [*root, *(part for step in steps for part in step)]},
    }
    return run | ({"error": {"code": 13, "message": error}} if error else {})


def step(
    name: str,
    state: str,
    begin: float = 0,
    end: float = 60,
    attempts: int = 0,
    cached: bool = False,
    error: str = "",
) -> list[dict[str, Any]]:
    """Returns the nodes of one step.

    A step that may be tried again has a node for each of its `attempts` below its executor. One from the
    cache has an executor that was skipped.
    """
    number = str(sum(map(ord, name)))
    driver = node(f"{name}-driver", "SUCCEEDED", begin, begin + 2, pod=f"ichor-x1-driver-{number}0")
    if state == "PENDING":
        return [driver | {"state": "RUNNING", "end_time": NOT_YET}]
    executor = node(
        "executor",
        "SKIPPED" if cached else state,
        begin + 2,
        end,
        pod=f"ichor-x1-{number}2",
        children=[f"ichor-x1-{number}{3 + attempt}" for attempt in range(attempts)],
    )
    tries = [
        node(
            f"executor({attempt})",
            state if attempt == attempts - 1 else "FAILED",
            begin + 2,
            end,
            pod=f"ichor-x1-system-container-impl-{number}{3 + attempt}",
            error=error if attempt == attempts - 1 else "OOMKilled (exit code 137)",
        )
        for attempt in range(attempts)
    ]
    own = node(name, state, begin, end, pod=f"ichor-x1-{number}1", children=[f"ichor-x1-{number}2"])
    if error and not attempts:
        executor["error"] = {"code": 13, "message": error}
    return [own, driver, executor, *tries]


def node(
    name: str,
    state: str,
    begin: float,
    end: float = 0,
    pod: str = "",
    children: list[str] | None = None,
    error: str = "",
) -> dict[str, Any]:
    """Returns a V2beta1PipelineTaskDetail."""
    fields: dict[str, Any] = {
        "run_id": "run",
        "task_id": f"task of {pod or name}",
        "display_name": name,
        "create_time": at(begin),
        "start_time": at(begin),
        "end_time": at(end) if state in ENDED else NOT_YET,
        "state": state,
        "child_tasks": [{"pod_name": child} for child in children or []],
    }
    fields |= {"pod_name": pod} if pod else {}
    return fields | ({"error": {"code": 13, "message": error}} if error and state == "FAILED" else {})
