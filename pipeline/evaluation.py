"""What Evaluator found, read back from TFMA's own files."""

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path

import tensorflow_model_analysis as tfma

OVERALL = "all"
_NEED_BOTH_CLASSES = ("auc", "sensitivity_at_specificity")


@dataclasses.dataclass(frozen=True)
class FailedGate:
    """A threshold that a model did not reach."""

    metric: str
    value: float | None
    bound: str

    def __str__(self) -> str:
        """Returns the gate, what came and what was demanded."""
        value = "missing" if self.value is None else f"{self.value:.4f}"
        return f"{self.metric} is {value}, must be {self.bound}"


def read_metrics(evaluation: Path) -> dict[str, Mapping[str, float]]:
    """Returns scalar metrics by slice, `OVERALL` first; what a slice of one class cannot tell is NaN.

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


def read_failed_gates(evaluation: Path) -> list[FailedGate]:
    """Returns the thresholds that kept a model from being blessed; empty for a blessed one.

    Args:
      evaluation: Folder of a ModelEvaluation artifact of an Evaluator that gates.
    """
    result = tfma.load_validation_result(str(evaluation))
    failures = []
    for validation in result.metric_validations_per_slice:
        for failure in validation.failures:
            value = failure.metric_value.double_value.value if failure.HasField("metric_value") else None
            failures.append(FailedGate(failure.metric_key.name, value, _bound(failure)))
    if result.missing_thresholds:
        failures.append(FailedGate("thresholds", None, "configured"))
    return failures


def _bound(failure: tfma.proto.validation_result_pb2.ValidationFailure) -> str:
    threshold = failure.metric_threshold
    if failure.metric_key.is_diff or threshold.HasField("change_threshold"):
        drop = -threshold.change_threshold.absolute.value
        return f"no more than {drop:g} below the latest blessed model's"
    return f"at least {threshold.value_threshold.lower_bound.value:g}"
