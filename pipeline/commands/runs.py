"""`ichor runs`: every run with its verdict, its figures, and what was set otherwise than before."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.past_runs.history import Run, open_store, read_run, require_unmoved, run_ids
from pipeline.past_runs.settings import DATA, settings_of
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, NoRunError
from pipeline.terminal.console import NOWHERE, chatter_to, shown

METRICS = ("auc", "sensitivity", "specificity")
SPLITS = ("val", "test")
NOT_TOLD = {"ingest.key_file"}


@dataclasses.dataclass(frozen=True)
class Listed:
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
    metrics: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    changed: Mapping[str, Sequence[Any]]


def list_on_terminal(config: Config, as_json: bool) -> int:
    """Prints all runs, the oldest first.

    Raises:
      NoRunError: There is none yet.
    """
    layout = Layout.of(config.run)
    require_unmoved(layout)
    ids = run_ids(open_store(layout))
    if not ids:
        raise NoRunError(f"no runs yet in {layout.root}; start one with: ichor run --data DIR")
    with chatter_to(NOWHERE) as terminal:
        runs = listed([read_run(layout, each) for each in ids])
        if as_json:
            print(json.dumps([dataclasses.asdict(one) for one in runs], indent=2), file=terminal)
        else:
            print(*_lines(runs), sep="\n", file=terminal)
    return 0


def listed(runs: Sequence[Run]) -> list[Listed]:
    """Returns what is told of runs, each compared with what was set before."""
    from pipeline.past_runs.accounts import evaluation_report

    told = []
    before: dict[str, Any] = {}
    for run in runs:
        settings = {key: value for key, value in settings_of(run).items() if key not in NOT_TOLD}
        evaluation = evaluation_report(run)
        splits = evaluation.get("splits", {})
        told.append(
            Listed(
                run=run.id,
                verdict=_verdict(run),
                metrics={
                    split: {name: splits[split]["slices"]["metrics"].get(name) for name in METRICS}
                    for split in SPLITS
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
    return told


def _verdict(run: Run) -> str:
    from pipeline.past_runs.accounts import pushed_artifact
    from pipeline.past_runs.verdict import is_blessed

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


def _lines(runs: Sequence[Listed]) -> Iterator[str]:
    heads = [f"{split} {name}" for split in SPLITS for name in METRICS]
    rows = [["run", "verdict", *heads]]
    rows += [[one.run, one.verdict, *_figures(one)] for one in runs]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row, one in zip(rows, [None, *runs], strict=True):
        texts = "  ".join(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
        yield f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {texts}".rstrip()
        for key, (old, new) in (one.changed if one else {}).items():
            yield (
                f"    {key}: {shown(str(old))} -> {shown(str(new))}"
                if key != DATA
                else "    the data changed"
            )


def _figures(one: Listed) -> Iterator[str]:
    for split in SPLITS:
        for name in METRICS:
            figure = one.metrics.get(split, {}).get(name) or {}
            value = figure.get("value")
            yield "-" if value is None else f"{value:.3f}"
