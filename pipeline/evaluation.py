"""What Evaluator found, read back from TFMA's own files."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import tfx.v1  # noqa: F401 (before tensorflow_model_analysis)
import tensorflow_model_analysis as tfma  # isort: skip

OVERALL = "all"


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
    """Returns scalar metrics by slice; the slice of everything is `OVERALL`.

    Args:
      evaluation: Folder of a ModelEvaluation artifact.
    """
    result = tfma.load_eval_result(str(evaluation))
    by_slice: dict[str, Mapping[str, float]] = {}
    for slice_key, by_output in result.slicing_metrics:
        name = ", ".join(str(value) for _, value in slice_key) or OVERALL
        (by_sub_key,) = by_output.values()
        by_slice[name] = {
            metric: value["doubleValue"]
            for metric, value in by_sub_key[""].items()
            if "doubleValue" in value
        }
    return by_slice


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


def _bound(failure) -> str:
    threshold = failure.metric_threshold
    if failure.metric_key.is_diff or threshold.HasField("change_threshold"):
        drop = -threshold.change_threshold.absolute.value
        return f"no more than {drop:g} below the latest blessed model's"
    return f"at least {threshold.value_threshold.lower_bound.value:g}"
