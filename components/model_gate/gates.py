"""What a model has to reach on the validation split: a row a gate, each with bound, value and verdict."""

import dataclasses
import math
from collections.abc import Mapping

from components.metrics.bootstrap import Estimate
from components.metrics.params import GateParams
from components.model_gate.evaluation import Evaluation
from components.model_gate.units import number
from schemas import features
from schemas.accounts.evaluation import GateRow

SPLIT = features.SPLITS[1]
EVALUATOR = "Evaluator"  # the gate of TFX's node of that name


@dataclasses.dataclass(frozen=True)
class Gate:
    """One demand and what became of it.

    Attributes:
      gate: What is looked at.
      bound: What is demanded, in words.
      value: What came; NaN where there is none.
      passed: Whether that is enough.
      note: What a reader should know beside it.
    """

    gate: str
    bound: str
    value: float
    passed: bool
    note: str = ""

    def row(self) -> GateRow:
        """Returns the row of the account."""
        value = number(self.value)
        return GateRow(
            gate=self.gate, bound=self.bound, value=value, passed=self.passed, note=self.note, split=SPLIT
        )


def tell_gate(row: GateRow) -> str:
    """Returns in words what came of a row of the account's gates and what was demanded.

    On one line: a gate's name holds a column's value, in which a terminal or a log could find more.
    """
    if row.value is None:
        text = f"{row.gate}: must be {row.bound} ({row.note})"
    else:
        text = f"{row.gate} is {row.value:.4f}, must be {row.bound}"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def gate_table(evaluation: Evaluation, params: GateParams, evaluator_blessed: bool) -> list[Gate]:
    """Returns all gates that are asked for.

    Args:
      evaluation: What was measured.
      params: Bounds.
      evaluator_blessed: What TFMA's Evaluator decided by the first two gates, measured by itself; where it
        disagrees with them, that is a row of its own.
    """
    rows = [_binary_accuracy(evaluation.metrics, params)]
    if evaluation.baseline is not None:
        rows.append(_drop("binary_accuracy", evaluation.baseline, params.max_accuracy_drop))
    if evaluator_blessed != all(row.passed for row in rows):
        rows.append(_evaluator(evaluator_blessed))
    if params.min_sensitivity_bound > 0:
        rows.append(_sensitivity_bound(evaluation.metrics, params))
    if params.max_ece < 1:
        rows.append(_at_most("ece", evaluation.metrics["ece"], params.max_ece))
    if evaluation.baseline is not None and params.max_auc_drop < 1:
        rows.append(_drop("auc", evaluation.baseline, params.max_auc_drop))
    if params.min_subgroup_metric > 0:
        rows += _subgroups(evaluation, params)
    return rows


def _evaluator(blessed: bool) -> Gate:
    note = "TFMA measures for itself and " + ("found them kept" if blessed else "did not bless the model")
    return Gate(EVALUATOR, "blessed by its own thresholds", math.nan, blessed, note)


def _binary_accuracy(metrics: Mapping[str, Estimate], params: GateParams) -> Gate:
    estimate = metrics["binary_accuracy"]
    return Gate(
        "binary_accuracy",
        f"at least {params.min_binary_accuracy:g}",
        estimate.value,
        _reaches(estimate.value, params.min_binary_accuracy),
        f"at 0.5, {_interval(estimate)}; accuracy at the operating threshold is "
        f"{metrics['accuracy'].value:.4f}",
    )


def _drop(name: str, differences: Mapping[str, Estimate], allowed: float) -> Gate:
    estimate = differences[name]
    return Gate(
        f"{name} against the latest blessed model",
        f"at least {-allowed or 0:g}",
        estimate.value,
        _reaches(estimate.value, -allowed),
        f"difference on the same slices, {_interval(estimate)}",
    )


def _sensitivity_bound(metrics: Mapping[str, Estimate], params: GateParams) -> Gate:
    estimate = metrics["sensitivity_at_specificity"]
    return Gate(
        f"sensitivity at a specificity of {params.at_specificity:g}, lower end",
        f"at least {params.min_sensitivity_bound:g}",
        estimate.low,
        _reaches(estimate.low, params.min_sensitivity_bound),
        f"sensitivity is {estimate.value:.4f}, {_interval(estimate)}",
    )


def _at_most(name: str, estimate: Estimate, bound: float) -> Gate:
    return Gate(name, f"at most {bound:g}", estimate.value, estimate.value <= bound, _interval(estimate))


def _subgroups(evaluation: Evaluation, params: GateParams) -> list[Gate]:
    """One row a subgroup that is large enough to be judged."""
    rows, left_out = [], []
    for group, _, metrics in evaluation.subgroups:
        name = f"{group.column}={group.value}"
        estimate = metrics and metrics[params.subgroup_metric]
        if not estimate or estimate.too_few or math.isnan(estimate.value):
            left_out.append(name)
            continue
        against = "against all normal slices, " if group.all_normals else ""
        rows.append(
            Gate(
                f"{params.subgroup_metric} of {name}",
                f"at least {params.min_subgroup_metric:g}",
                estimate.value,
                _reaches(estimate.value, params.min_subgroup_metric),
                against + _interval(estimate),
            )
        )
    if not rows:
        note = (
            f"{len(left_out)} subgroups are too small, or too few of their patients have a class"
            if left_out
            else "there is none"
        )
        return [Gate(f"{params.subgroup_metric} of subgroups", "of none too low", math.nan, True, note)]
    return rows


def _reaches(value: float, bound: float) -> bool:
    return value >= bound  # NaN reaches nothing; exact, as TFMA compares


def _interval(estimate: Estimate) -> str:
    if math.isnan(estimate.low):
        return "no interval"
    return f"interval {estimate.low:.4f} to {estimate.high:.4f}"
