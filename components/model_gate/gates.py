"""What a model has to reach on the validation split: a row a gate, each with bound, value and verdict."""

import dataclasses
import math
from collections.abc import Iterator, Mapping

from components.metrics import catalogue
from components.metrics.bootstrap import Estimate
from components.metrics.catalogue import CATALOGUE, Bound
from components.metrics.params import GateParams
from components.model_gate.evaluation import Evaluation
from components.model_gate.units import number
from schemas import features
from schemas.accounts.evaluation import GateRow

__all__ = ["EVALUATOR", "tell_gate"]

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
            gate=self.gate,
            bound=self.bound,
            value=value,
            passed=self.passed,
            note=self.note,
            split=features.VAL,
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
    rows = list(_bounds(evaluation, params, by_evaluator=True))
    if evaluator_blessed != all(row.passed for row in rows):
        rows.append(_evaluator(evaluator_blessed))
    rows += _bounds(evaluation, params, by_evaluator=False)
    if params.min_subgroup_metric > 0:
        rows += _subgroups(evaluation, params)
    return rows


def _evaluator(blessed: bool) -> Gate:
    note = "TFMA measures for itself and " + ("found them kept" if blessed else "did not bless the model")
    return Gate(EVALUATOR, "blessed by its own thresholds", math.nan, blessed, note)


def _bounds(evaluation: Evaluation, params: GateParams, by_evaluator: bool) -> Iterator[Gate]:
    """Yields the catalogue's gates that are asked for, without those on a baseline where there is none."""
    for name, bound in catalogue.bounds():
        if bound.by_evaluator == by_evaluator and getattr(params, bound.setting) != bound.off:
            if bound.of != "difference":
                yield _bound(name, bound, evaluation.metrics, evaluation.metrics[name], params)
            elif evaluation.baseline is not None:
                yield _bound(name, bound, evaluation.metrics, evaluation.baseline[name], params)


def _bound(
    name: str, bound: Bound, metrics: Mapping[str, Estimate], estimate: Estimate, params: GateParams
) -> Gate:
    lower_is_better = CATALOGUE[name].lower_is_better
    limit = getattr(params, bound.setting)
    if bound.of == "difference" and not lower_is_better:
        limit = -limit or 0
    value = estimate.low if bound.of == "lower end" else estimate.value
    figures = {metric: measured.value for metric, measured in metrics.items()}
    return Gate(
        bound.gate.format(**params.model_dump()),
        f"at {'most' if lower_is_better else 'least'} {limit:g}",
        value,
        value <= limit if lower_is_better else _reaches(value, limit),
        bound.note.format(**figures, value=estimate.value, interval=_interval(estimate)),
    )


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
