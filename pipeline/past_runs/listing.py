"""All runs of an output folder: the verdict on each, its figures, and what was set otherwise than before."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.metrics.catalogue import HEADLINES
from pipeline.past_runs.accounts import evaluation_report, pushed_artifact
from pipeline.past_runs.history import Run
from pipeline.past_runs.settings import settings_of
from schemas.accounts.account import Part
from schemas.accounts.evaluation import Figure
from schemas.features import JUDGED

__all__ = ["ListedRun", "list_runs"]


class ListedRun(Part):
    """One run.

    Attributes:
      run: Its id, which begins with its date.
      verdict: `pushed VERSION`, `not blessed`, `stopped at NODE`, and so on.
      metrics: By split and name at the threshold, with interval; empty where it did not come to them.
      settings: By key, as far as its nodes ran; `data` is the fingerprint of what was read.
      changed: By key the value in the last run before that knew it, and in this one.
    """

    run: str
    verdict: str
    metrics: Mapping[str, Mapping[str, Figure | None]]
    settings: Mapping[str, Any]
    changed: Mapping[str, Sequence[Any]]


def list_runs(runs: Sequence[Run]) -> list[ListedRun]:
    """Returns what is listed of each run, compared with what was set in those before."""
    rows = []
    before: dict[str, Any] = {}
    for run in runs:
        settings = settings_of(run)
        evaluation = evaluation_report(run)
        splits = evaluation.splits if evaluation else {}
        rows.append(
            ListedRun(
                run=run.id,
                verdict=_verdict(run),
                metrics={
                    split: {name: splits[split].slices.metrics.get(name) for name in HEADLINES}
                    for split in reversed(JUDGED)
                    if split in splits
                },
                settings=settings,
                changed={
                    key: (before[key], value)
                    for key, value in settings.items()
                    if key in before and before[key] != value
                },
            )
        )
        before |= settings
    return rows


def _verdict(run: Run) -> str:
    from pipeline.past_runs.verdict import is_blessed  # imports TFX, whose chatter the caller diverts

    stopped = [node for node in run.nodes.values() if node.state in {"failed", "interrupted"}]
    if stopped:
        return f"stopped at {stopped[0].node}"
    if "ModelGate" not in run.nodes:
        return "did not come to a verdict"
    if not is_blessed(run):
        return "not blessed"
    pushed = pushed_artifact(run)
    cached = ", cached" if run.nodes["ModelGate"].state == "cached" else ""
    return (
        f"pushed {pushed.properties['pushed_destination'].rpartition('/')[2]}{cached}"
        if pushed
        else "blessed"
    )
