"""Steps of a run, read from what KFP reports of it.

KFP reports the nodes of an Argo workflow. A step NAME is up to four of them: NAME-driver, which resolves
its inputs and looks into the cache; NAME, which spans its work; below that `executor`, skipped where the
cache had the outputs; and below that `executor(0)`, `executor(1)`: a node for each attempt, where a step may
be tried again.

Source: kubeflow/pipelines, backend/src/v2/compiler/argocompiler/dag.go and container.go.
"""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["SUCCEEDED"]

PENDING, RUNNING, SUCCEEDED = "PENDING", "RUNNING", "SUCCEEDED"
FAILED, CANCELED, SKIPPED, CACHED = "FAILED", "CANCELED", "SKIPPED", "CACHED"
ENDED = frozenset({SUCCEEDED, FAILED, CANCELED, SKIPPED, CACHED})
WORDS = {CANCELED: "cancelled", "CANCELING": "is being cancelled", PENDING: "waits"}
UNKNOWN = "RUNTIME_STATE_UNSPECIFIED"
EXECUTOR = "executor"


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a run, as it is now.

    Attributes:
      name: Of the step.
      state: Of KFP's, or CACHED.
      attempt: 1, and more if it was tried again.
      started: When its work began; None if it has not.
      ended: When it ended; None if it has not.
      message: Why it failed, as far as KFP knows; empty otherwise.
    """

    name: str
    state: str
    attempt: int
    started: datetime.datetime | None
    ended: datetime.datetime | None
    message: str

    @property
    def seconds(self) -> float | None:
        """How long it took, or None if it has not ended."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


def word(state: str) -> str:
    """Returns the word for a state."""
    return WORDS.get(state, state.lower())


def happened(time: datetime.datetime | None) -> datetime.datetime | None:
    """Returns a time, or None for the year 1970, by which KFP says that something has not happened yet."""
    return time if time is not None and time.timestamp() > 0 else None


def message_of(thing: Any) -> str:
    """Returns the error that a run or a node carries, from itself or from its last states; empty for none."""
    errors = [thing.error, *(past.error for past in reversed(thing.state_history or []))]
    return next((error.message for error in errors if error and error.message), "")


def steps_of(run: Any, names: Sequence[str]) -> dict[str, Step]:
    """Returns the steps that have begun, in the order of `names`.

    Args:
      run: A V2beta1Run.
      names: Of the graph's steps.
    """
    nodes = (run.run_details and run.run_details.task_details) or []
    by_name: dict[str, Any] = {node.display_name: node for node in nodes}  # the last of its name
    steps = (_step(name, by_name, nodes) for name in names)
    return {step.name: step for step in steps if step}


def _step(name: str, by_name: Mapping[str, Any], nodes: Sequence[Any]) -> Step | None:
    own, driver = by_name.get(name), by_name.get(f"{name}-driver")
    shown = own if own is not None else driver
    if shown is None:
        return None
    executors = list(_below(own, nodes)) if own is not None else []
    attempts = [node for executor in executors for node in _below(executor, nodes)]
    state = _state(own, driver, executors)
    if state in (None, UNKNOWN):
        return None
    involved = [node for node in (*reversed(attempts), *executors, own, driver) if node is not None]
    return Step(
        name=name,
        state=state,
        attempt=max(1, len(attempts)),
        started=happened(shown.start_time) or happened(shown.create_time),
        ended=happened(shown.end_time) if state in ENDED else None,
        message=next(filter(None, map(message_of, involved)), "") if state == FAILED else "",
    )


def _state(own: Any, driver: Any, executors: Sequence[Any]) -> str | None:
    if own is None:
        return driver.state if driver.state in {PENDING, FAILED, CANCELED} else RUNNING
    if own.state == SUCCEEDED and executors and all(node.state == SKIPPED for node in executors):
        return CACHED
    return own.state


def _below(node: Any, nodes: Sequence[Any]) -> Iterator[Any]:
    """Yields the executors below a node.

    A child is named by its node's id, and a node by the name of its pod; both end in the same number.
    """
    children = _numbers(
        *(name for child in node.child_tasks or [] for name in (child.task_id, child.pod_name))
    )
    for other in nodes:
        of_node = other.parent_task_id and other.parent_task_id == node.task_id
        if (of_node or _numbers(other.task_id, other.pod_name) & children) and str(
            other.display_name
        ).startswith(EXECUTOR):
            yield other


def _numbers(*names: str | None) -> set[str]:
    return {name.rpartition("-")[2] for name in names if name}
