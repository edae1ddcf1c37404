"""The leakage gate's findings in a run's line and summary, from a hand-made report."""

import json
from pathlib import Path

import pytest

from pipeline.commands.summary import summarise
from pipeline.past_runs.history import ArtifactRef, NodeRun, Run
from pipeline.past_runs.node_lines import describe
from pipeline.past_runs.verdict import verdict

pytestmark = pytest.mark.tfx

WRITTEN = Path(__file__).parents[1] / "golden" / "accounts" / "leakage.json"
NONE = {"groups": 0, "group_sizes": {}, "slices": {"train": 0, "val": 0}}
IDENTICAL = {"groups": 2, "group_sizes": {"2": 2}, "slices": {"train": 2, "val": 2}}
SAID = "2 pictures are in two splits (slices: 2 train, 2 val)"
WARNING = f"leakage: {SAID}; metrics may be flattered"


def run_of(folder: Path, identical: dict = NONE, dropped: int = 0, warnings: tuple[str, ...] = ()) -> Run:
    """A run that came as far as its leakage gate."""
    report = json.loads(WRITTEN.read_text(encoding="utf-8")) | {
        "splits": {
            name: {"slices": slices, "patients": 2, "pictures": slices}
            for name, slices in (("train", 30), ("val", 10))
        },
        "findings": {"patient_in_two_splits": NONE, "identical_across_splits": identical},
        "dropped": {"train": {"identical_across_splits": dropped}, "val": {"identical_across_splits": 0}},
        "warnings": warnings,
    }
    (folder / "leakage.json").write_text(json.dumps(report))
    node = NodeRun("LeakageGate", "ran", {"report": ArtifactRef(1, folder, {})})
    return Run("2026", {node.node: node})


def test_a_clean_gate_says_so_in_its_line_and_in_the_summary(tmp_path):
    run = run_of(tmp_path)
    nothing = "nothing is in two splits, nothing has two labels"
    assert describe(run, "LeakageGate") == f"40 slices compared: {nothing}"
    summary = list(summarise(run))
    assert f"leakage gate: {nothing}" in summary
    assert f"leakage: {tmp_path}" in summary


def test_dropped_slices_stand_behind_the_findings(tmp_path):
    run = run_of(tmp_path, IDENTICAL, dropped=2)
    dropped = "dropped: 2 of train (2 identical_across_splits)"
    assert describe(run, "LeakageGate") == f"40 slices compared: {SAID}; {dropped}"
    summary = list(summarise(run))
    place = summary.index("leakage gate:")
    assert summary[place + 1 : place + 3] == [f"  {SAID}", f"  {dropped}"]


def test_a_warning_comes_first_in_the_verdict_and_in_the_summary(tmp_path):
    run = run_of(tmp_path, IDENTICAL, warnings=(WARNING,))
    assert verdict(run)[0].splitlines()[0] == f"WARNING: {WARNING}"
    assert any(line.startswith(f"WARNING: {WARNING}") for line in summarise(run))
