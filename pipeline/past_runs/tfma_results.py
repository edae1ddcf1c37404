"""A model's metrics: read from TFMA's own files, formatted for the terminal."""

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto.validation_result_pb2 import ValidationFailure

from pipeline.terminal.tables import figure
from schemas.accounts.evaluation import Metrics

__all__ = ["read_metrics"]

OVERALL = "all"
_NEED_BOTH_CLASSES = ("auc", "sensitivity_at_specificity")


@dataclasses.dataclass(frozen=True)
class FailedGate:
    """A threshold that a model did not reach."""

    metric: str
    value: str
    bound: str

    def __str__(self) -> str:
        """Returns the gate, what came and what was demanded."""
        return f"{self.metric} {self.value}, {self.bound}"


def read_metrics(evaluation: Path) -> dict[str, Mapping[str, float]]:
    """Returns scalar metrics by slice, `OVERALL` first; what a slice of one class cannot have is NaN.

    Args:
      evaluation: Folder of a ModelEvaluation artifact.
    """
    result = tfma.load_eval_result(str(evaluation))
    by_slice: dict[str, Mapping[str, float]] = {}
    for slice_key, by_output in result.slicing_metrics:
        name = ", ".join(str(value) for _, value in slice_key) or OVERALL
        (by_sub_key,) = by_output.values()
        metrics = {
            metric: float(value["doubleValue"])  # TFMA writes NaN as text
            for metric, value in by_sub_key[""].items()
            if "doubleValue" in value
        }
        if metrics.get("prevalence") in (0.0, 1.0):
            metrics |= dict.fromkeys(_NEED_BOTH_CLASSES, math.nan)
        by_slice[name] = metrics
    return dict(sorted(by_slice.items(), key=lambda item: (item[0] != OVERALL, item[0])))


def format_metric(metrics: Metrics, name: str) -> str:
    """Returns a metric of `evaluation.json` with its interval, as "auc 0.9123 (0.8512 to 0.9611)"."""
    return f"{name} {figure(metrics[name])}"


def read_failed_gates(evaluation: Path) -> list[FailedGate]:
    """Returns the thresholds that kept a model from being blessed; empty for a blessed one.

    Args:
      evaluation: Folder of a ModelEvaluation artifact of an Evaluator that gates.
    """
    result = tfma.load_validation_result(str(evaluation))
    failures = [
        _failed(failure)
        for validation in result.metric_validations_per_slice
        for failure in validation.failures
    ]
    if result.missing_thresholds:
        failures.append(FailedGate("thresholds", "are missing", "one must be configured"))
    return failures


def _failed(failure: ValidationFailure) -> FailedGate:
    """Reads one failure; of a change threshold TFMA gives the difference to the baseline's value."""
    metric = failure.metric_key.name
    value = failure.metric_value.double_value.value
    if not failure.HasField("metric_value"):
        return FailedGate(metric, "is missing", "a value is demanded")
    if failure.metric_key.is_diff:
        allowed = failure.metric_threshold.change_threshold.absolute.value
        return FailedGate(
            metric,
            f"changed by {value:+.4f} against the latest blessed model",
            f"must be {allowed:+g} or better",
        )
    bound = failure.metric_threshold.value_threshold.lower_bound.value
    return FailedGate(metric, f"is {value:.4f}", f"must be at least {bound:g}")
