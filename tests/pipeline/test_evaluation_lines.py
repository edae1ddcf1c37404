"""ModelGate's findings in the terminal's line and in the summary."""

import dataclasses
import json
from pathlib import Path

import pytest
from made_scores import made_scores

from components.model_gate.evaluation import evaluate
from components.model_gate.gates import gate_table
from pipeline.commands.summary import summarise
from pipeline.past_runs.history import ArtifactRef, NodeRun, Run
from pipeline.past_runs.node_lines import describe
from pipeline.settings.loading import load
from schemas.accounts.evaluation import ModelPoint
from schemas.scores import ScoreTable

pytestmark = pytest.mark.tfx

POINT = ModelPoint(threshold=0.4, temperature=1.0, version="0.1.0-abc", rule="youden")


def run_of(folder: Path, table: ScoreTable, *settings: str) -> Run:
    """A run that came as far as ModelGate, with what it would have found in a table of scores."""
    config = load("local", ["evaluation.replicates=200", *settings], environment={}, read_file=False).config
    evaluation = evaluate(table, POINT, config.evaluation, config.gate)
    gates = gate_table(evaluation, config.gate, evaluator_blessed=True)
    blessed = all(gate.passed for gate in gates)
    account = evaluation.account([gate.row() for gate in gates], blessed)
    (folder / "evaluation.json").write_text(account.to_json())
    outputs = {
        "evaluation": ArtifactRef(1, folder, {}),
        "blessing": ArtifactRef(2, folder, {"blessed": int(blessed)}),
    }
    return Run("2026", {"ModelGate": NodeRun("ModelGate", "ran", outputs)})


def test_the_nodes_line_has_the_verdict_and_the_test_split_with_intervals(tmp_path: Path):
    run = run_of(tmp_path, made_scores())
    test = json.loads((tmp_path / "evaluation.json").read_text())["splits"]["test"]
    auc, of_patients = (test[unit]["metrics"]["auc"] for unit in ("slices", "patients"))
    line = describe(run, "ModelGate")
    assert line.startswith(
        f"blessed; test auc {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}), sensitivity "
    )
    assert of_patients == {"value": 1.0, "low": None, "high": None, "left_out": 0}  # no share, no interval
    assert line.endswith("; by patient auc 1.000")


def test_without_a_test_split_the_line_has_the_validation_split(tmp_path: Path):
    table = made_scores()
    run = run_of(tmp_path, table.where(table.split != "test"), "gate.max_ece=0")
    assert describe(run, "ModelGate").startswith("NOT blessed; val auc ")


def test_the_summary_lists_threshold_figures_gaps_and_gates(tmp_path: Path):
    lines = list(summarise(run_of(tmp_path, made_scores(baseline=True), "gate.max_ece=0.001")))
    assert "threshold 0.4000 by youden, temperature 1.000; 95% intervals by resampling patients" in lines
    (counts,) = [line.split() for line in lines if line.startswith("  count (hemorrhage)")]
    assert counts[2:] == ["240", "(50)", "20", "(10)"] * 3  # train, val, test, each by slice and by patient
    account = json.loads((tmp_path / "evaluation.json").read_text())
    (gap, *_) = account["splits"]["test"]["largest_gaps"]
    (line, *_) = [line for line in lines if line.startswith("  largest gap in auc: ")]
    assert f"{gap['lowest']['value']} {gap['lowest']['figure']:.3f}" in line
    table = lines[lines.index("gates, on the validation split") + 1 :]
    rows = [line for line in table if "passed" in line or "FAILED" in line]
    assert [row.split("  ")[1].strip() for row in rows] == [gate["gate"] for gate in account["gates"]]
    assert ["FAILED" in row for row in rows] == [not gate["passed"] for gate in account["gates"]]
    assert any(line.startswith("NOT_BLESSED: ece is 0.") for line in lines)


def test_the_summary_shows_what_a_columns_value_would_have_a_terminal_do(tmp_path: Path):
    table = made_scores()
    hostile = dataclasses.replace(table, attributes=[
        tuple(text.replace("=epidural", "=A\x1b[2J\nBLESSED") for text in texts) for texts in table.attributes
    ])  # fmt: skip
    run = run_of(tmp_path, hostile, "gate.min_subgroup_metric=0.9999")
    assert "\\u001b[2J\\nBLESSED" in (tmp_path / "evaluation.json").read_text()
    lines = [line for line in summarise(run) if not line.startswith(("evaluation: ", "WARNING: "))]
    shown = [line for line in lines if "A\\x1b[2J\\nBLESSED" in line]
    assert any(line.startswith("  largest gap in ") for line in shown)
    assert any("FAILED" in line for line in shown)
    assert any(line.startswith("NOT_BLESSED: ") for line in shown)
    assert all(line.removesuffix("\nNothing was pushed.").isprintable() for line in lines)
