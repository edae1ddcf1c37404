import math

import numpy as np
import pytest

from components.metrics.bootstrap import Estimate
from components.metrics.params import GateParams
from components.metrics.scored import Scored
from components.metrics.subgroups import Subgroup
from components.model_gate.evaluation import Evaluation
from components.model_gate.gates import Gate, gate_table, tell_gate
from schemas.accounts.evaluation import EvaluationSettings, GateRow, ModelPoint

pytestmark = pytest.mark.numpy

OFF = {
    "min_binary_accuracy": 0.8, "max_accuracy_drop": 0.01, "at_specificity": 0.9,
    "min_sensitivity_bound": 0.0, "subgroup_metric": "auc", "min_subgroup_metric": 0.0,
    "max_ece": 1.0, "max_auc_drop": 1.0,
}  # fmt: skip
POINT = ModelPoint(threshold=0.5, temperature=1.0, version="v", rule="value")
SETTINGS = EvaluationSettings(
    patient_score="max", top_k=3, replicates=100, confidence=0.95, prevalence=0.0, min_subgroup_slices=20,
    min_subgroup_patients=5, seed=0, at_specificity=0.9,
)  # fmt: skip
NOBODY = Scored.of(np.zeros(0, np.int8), np.zeros(0, np.float32), np.zeros(0, np.int64))


def found(value: float, half_width: float = 0.05) -> Estimate:
    return Estimate(value, value - half_width, value + half_width, too_few=math.isnan(half_width))


def group(column: str, value: str, auc: float | None, all_normals: bool = False, half_width: float = 0.05):
    metrics = None if auc is None else {"auc": found(auc, half_width)}
    return Subgroup(column, value, np.zeros(0, np.bool_), all_normals), NOBODY, metrics


def table(
    *,
    accuracy: float = 0.9,
    baseline: dict[str, float] | None = None,
    subgroups: tuple = (),
    evaluator: bool = True,
    **bounds: object,
) -> list[Gate]:
    metrics = {
        "binary_accuracy": found(accuracy),
        "accuracy": found(0.7),
        "sensitivity_at_specificity": found(0.85),
        "ece": found(0.06),
    }
    differences = baseline and {name: found(value) for name, value in baseline.items()}
    evaluation = Evaluation(metrics, list(subgroups), differences, POINT, SETTINGS, splits={})
    return gate_table(evaluation, GateParams(**(OFF | bounds)), evaluator)


def names(gates: list[Gate]) -> list[str]:
    return [gate.gate for gate in gates]


def test_binary_accuracy_always_gates_and_the_figure_at_the_threshold_stands_beside_it():
    (gate,) = table()
    assert (gate.gate, gate.bound, gate.value, gate.passed) == ("binary_accuracy", "at least 0.8", 0.9, True)
    assert gate.note == "at 0.5, interval 0.8500 to 0.9500; accuracy at the operating threshold is 0.7000"
    (gate,) = table(accuracy=0.8)
    assert gate.passed  # the bound itself is enough
    (gate, *_) = table(accuracy=0.7999, evaluator=False)
    assert not gate.passed


def test_a_model_may_be_a_little_worse_than_the_latest_blessed_one():
    (_, gate) = table(baseline={"binary_accuracy": -0.01})
    assert (gate.gate, gate.bound) == ("binary_accuracy against the latest blessed model", "at least -0.01")
    assert gate.passed
    (_, gate) = table(baseline={"binary_accuracy": -0.02}, evaluator=False)
    assert not gate.passed


@pytest.mark.parametrize(
    ("bounds", "name", "value", "passed"),
    [
        ({"min_sensitivity_bound": 0.79}, "sensitivity at a specificity of 0.9, lower end", 0.8, True),
        ({"min_sensitivity_bound": 0.81}, "sensitivity at a specificity of 0.9, lower end", 0.8, False),
        ({"max_ece": 0.06}, "ece", 0.06, True),
        ({"max_ece": 0.05}, "ece", 0.06, False),
        ({"max_auc_drop": 0.03}, "auc against the latest blessed model", -0.03, True),
        ({"max_auc_drop": 0.02}, "auc against the latest blessed model", -0.03, False),
    ],
)
def test_each_option_is_a_row_of_its_own(bounds: dict, name: str, value: float, passed: bool):
    gates = table(baseline={"binary_accuracy": 0.0, "auc": -0.03}, **bounds)
    assert names(gates) == ["binary_accuracy", "binary_accuracy against the latest blessed model", name]
    assert (gates[-1].value, gates[-1].passed) == (pytest.approx(value), passed)


def test_without_a_blessed_model_nothing_is_compared():
    assert names(table(max_auc_drop=0.0)) == ["binary_accuracy"]


def test_each_subgroup_that_was_measured_has_a_row():
    subgroups = (
        group("sex", "f", 0.91), group("sex", "m", 0.79), group("age", "90+", None),
        group("site", "x", math.nan), group("subtype", "epidural", 0.85, all_normals=True),
    )  # fmt: skip
    gates = table(subgroups=subgroups, min_subgroup_metric=0.8)[1:]
    assert [(gate.gate, gate.passed) for gate in gates] == [
        ("auc of sex=f", True), ("auc of sex=m", False), ("auc of subtype=epidural", True),
    ]  # fmt: skip
    assert gates[-1].note == "against all normal slices, interval 0.8000 to 0.9000"


def test_where_no_subgroup_is_large_enough_that_is_said_and_stops_nothing():
    small = (group("sex", "f", None), group("sex", "m", 0.7, half_width=math.nan))
    (_, gate) = table(subgroups=small, min_subgroup_metric=0.8)
    assert (gate.passed, gate.note) == (
        True,
        "2 subgroups are too small, or too few of their patients have a class",
    )


def test_an_evaluator_that_agrees_has_no_row_and_one_that_objects_has():
    assert names(table(accuracy=0.7, evaluator=False)) == ["binary_accuracy"]
    (_, gate) = table(evaluator=False)
    assert (gate.gate, gate.passed) == ("Evaluator", False)
    (_, gate) = table(accuracy=0.7, evaluator=True)
    assert (gate.gate, gate.passed) == ("Evaluator", True)


def test_a_figure_that_cannot_be_had_passes_nothing():
    (gate, _) = table(accuracy=math.nan)
    assert not gate.passed
    assert gate.row().value is None


def test_a_row_is_told_with_its_value_and_bound():
    (gate,) = table(accuracy=0.75, evaluator=False)
    assert tell_gate(gate.row()) == "binary_accuracy is 0.7500, must be at least 0.8"
    (_, gate) = table(evaluator=False)
    assert tell_gate(gate.row()) == (
        "Evaluator: must be blessed by its own thresholds "
        "(TFMA measures for itself and did not bless the model)"
    )


@pytest.mark.parametrize("value", [0.5, None])
def test_a_gate_is_told_on_one_line_and_shows_what_a_terminal_would_obey(value: float | None):
    row = GateRow(
        gate="auc of site=A\x1b[2J\nBLESSED",
        bound="at least 0.9",
        value=value,
        passed=False,
        note="few\rmany",
        split="val",
    )
    told = tell_gate(row)
    assert told.isprintable()
    assert told.startswith("auc of site=A\\x1b[2J\\nBLESSED")
