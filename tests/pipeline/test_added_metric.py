"""A metric that is added to the catalogue, and nowhere else, is everywhere that metrics are."""

import dataclasses
import re

import numpy as np
import pytest
from made_scores import made_scores

from components.metrics.catalogue import CATALOGUE, Bound, SumMetric
from components.metrics.params import EvaluationParams, GateParams
from components.model_gate.evaluation import evaluate
from components.model_gate.gates import gate_table
from components.report.choice import choose
from components.report.document import account
from components.report.page import render
from pipeline.past_runs import comparison_page
from pipeline.past_runs.comparison import Contender, compare
from schemas.accounts.evaluation import ModelPoint
from schemas.scores import ScoreTable
from tests.components.report.made_facts import PARAMS, facts

pytestmark = pytest.mark.numpy

EVALUATION = EvaluationParams(
    patient_score="max", top_k=3, replicates=200, confidence=0.95, prevalence=0.0, min_subgroup_slices=20,
    min_subgroup_patients=5, seed=0,
)  # fmt: skip
GATE = GateParams(
    min_binary_accuracy=0.8, max_accuracy_drop=0.01, at_specificity=0.9, min_sensitivity_bound=0,
    subgroup_metric="auc", min_subgroup_metric=0, max_ece=0.01, max_auc_drop=1,
)  # fmt: skip
POINT = ModelPoint(threshold=0.4, temperature=1.0, version="0.1.0-abc", rule="sensitivity")


@pytest.fixture(autouse=True)
def mean_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean distance of score and label, gated by a setting that there is."""
    entry = SumMetric(
        "Mean error", "mean distance of score and label", 14,
        lower_is_better=True,
        measure=lambda rows: rows.mean(np.abs(rows.scored.probability - rows.scored.hemorrhage)),
        bounds=(Bound("max_ece", "figure", "mean error", "of {value:.1f}, {interval}", off=1.0),),
    )  # fmt: skip
    monkeypatch.setitem(CATALOGUE, "mean_error", entry)


def error_of(table: ScoreTable) -> float:
    return float(np.mean([abs(p - y) for p, y in zip(table.probability, table.hemorrhage, strict=True)]))


def test_it_is_measured_with_an_interval_and_against_the_latest_blessed_model():
    table = made_scores(baseline=True)
    written = evaluate(table, POINT, EVALUATION, GATE).account((), blessed=False)
    figure = written.splits["test"].slices.metrics["mean_error"]
    assert figure.value == pytest.approx(error_of(table.of_split("test")), abs=1e-6)
    assert figure.low < figure.value < figure.high
    validation = table.of_split("val")
    older = dataclasses.replace(validation, probability=validation.baseline_probability)
    assert written.baseline.metrics["mean_error"].value == pytest.approx(
        error_of(validation) - error_of(older), abs=1e-6
    )


def test_it_is_gated():
    (gate,) = [
        row
        for row in gate_table(evaluate(made_scores(), POINT, EVALUATION, GATE), GATE, True)
        if row.gate == "mean error"
    ]
    assert (gate.bound, gate.passed) == ("at most 0.01", False)
    assert re.fullmatch(r"of 0\.\d, interval 0\.\d{4} to 0\.\d{4}", gate.note)


def test_it_is_a_row_of_the_report():
    known = facts()
    html = render(account(known, choose(known, PARAMS), PARAMS), {}, 9.5)
    value = known.evaluation.splits["test"].slices.metrics["mean_error"].value
    (row,) = re.findall(r"<tr><th scope=\"row\">Mean error<small>.*?</tr>", html, re.DOTALL)
    assert "mean distance of score and label; less is better" in row
    assert f"{value:.3f}" in row


def test_of_two_runs_the_one_with_less_of_it_is_the_better():
    better = made_scores()
    worse = dataclasses.replace(better, probability=1 - better.probability)
    contenders = (Contender("one", better, 0.5), Contender("other", worse, 0.5))
    splits = compare(*contenders, EVALUATION, GATE)
    difference = splits["test"].both["slices"].differences["mean_error"]
    assert difference.high < 0
    assert comparison_page.surely_better("mean_error", difference) == "A"
