"""One set of scored rows, slices or patients, as plain JSON: metrics, curves, calibration, histogram."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from components.metrics import curves
from components.metrics.bootstrap import (
    Estimate,
    Resampling,
    counts_of,
    each_once,
    estimate,
    estimates,
)
from components.metrics.scored import Scored
from components.metrics.tallies import Tallies, predictive_values

DIGITS = 6  # after the point: finer than any of the figures is known


@dataclasses.dataclass(frozen=True)
class Measuring:
    """What all rows of an evaluation are measured with.

    Attributes:
      threshold: At or above which a score means hemorrhage, 0..1.
      at_specificity: Of `sensitivity_at_specificity`, 0..1.
      prevalence: Of predictive values, 0..1; 0 takes that of the rows.
      resampling: How intervals are made.
    """

    threshold: float
    at_specificity: float
    prevalence: float
    resampling: Resampling


def unit(scored: Scored, metrics: Mapping[str, Estimate], measuring: Measuring) -> dict[str, Any]:
    """Returns what is told of one set of rows and its metrics; a ROC curve is empty for one class only."""
    return {
        "count": len(scored),
        "hemorrhages": scored.hemorrhages,
        "normals": len(scored) - scored.hemorrhages,
        "patients": scored.patients,
        "metrics": as_json(metrics),
        "confusion": _confusion(scored, measuring.threshold),
        "roc": _lists(curves.roc(scored, measuring.resampling)),
        "precision_recall": _lists(curves.precision_recall(scored)),
        "calibration": [
            {
                "from": number(one.lowest),
                "to": number(one.highest),
                "count": one.count,
                "mean_probability": number(one.mean_probability),
                "observed": number(one.observed.value),
                "low": number(one.observed.low),
                "high": number(one.observed.high),
            }
            for one in curves.calibration(scored, measuring.resampling)
        ],
        "histogram": _lists(curves.histogram(scored)),
        "predictive_values": _predictive_values(scored, measuring, metrics),
    }


def metrics_of(scored: Scored, measuring: Measuring) -> dict[str, Estimate]:
    """Returns the metrics of one set of rows with their intervals."""
    return estimates(scored, measuring.threshold, measuring.at_specificity, measuring.resampling)


def as_json(metrics: Mapping[str, Estimate]) -> dict[str, dict[str, float | int | None]]:
    """Returns estimates as JSON, null where there is none."""
    return {
        name: {
            "value": number(one.value),
            "low": number(one.low),
            "high": number(one.high),
            "left_out": one.left_out,
        }
        for name, one in metrics.items()
    }


def number(value: float) -> float | None:
    """Returns a figure for JSON, which has no NaN."""
    return None if math.isnan(value) else round(float(value), DIGITS)


def _confusion(scored: Scored, threshold: float) -> dict[str, int]:
    if not len(scored):
        return dict.fromkeys(("true_positive", "false_positive", "true_negative", "false_negative"), 0)
    counted = Tallies(scored, threshold, each_once(scored.patients))
    return {
        "true_positive": int(counted.true_positive[0]),
        "false_positive": int(counted.false_positive[0]),
        "true_negative": int(counted.true_negative[0]),
        "false_negative": int(counted.false_negative[0]),
    }


def _predictive_values(
    scored: Scored, measuring: Measuring, metrics: Mapping[str, Estimate]
) -> dict[str, Any]:
    if not measuring.prevalence:
        own = scored.hemorrhages / len(scored) if len(scored) else math.nan
        told = as_json({name: metrics[name] for name in ("ppv", "npv")})
        return {"prevalence": number(own), "own": True, **told}
    both = []
    for counts in (each_once(scored.patients), counts_of(scored, measuring.resampling)):
        found = Tallies(scored, measuring.threshold, counts).metrics()
        both.append(predictive_values(found["sensitivity"], found["specificity"], measuring.prevalence))
    values, drawn = both
    sensitivity, specificity = (np.array([metrics[name].low]) for name in ("sensitivity", "specificity"))
    least = predictive_values(sensitivity, specificity, measuring.prevalence)
    told = as_json(
        {
            name: _at_worst(estimate(float(value[0]), of_drawn, scored, measuring.resampling), float(low[0]))
            for name, value, of_drawn, low in zip(("ppv", "npv"), values, drawn, least, strict=True)
        }
    )
    return {"prevalence": measuring.prevalence, "own": False, **told}


def _at_worst(one: Estimate, least: float) -> Estimate:
    """Returns an estimate that is 1 in all replicates with what the lower ends of its parts give."""
    return dataclasses.replace(one, low=least) if one.low == one.high == 1 else one


def _lists(curve: curves.Roc | curves.PrecisionRecall | curves.Histogram) -> dict[str, list[Any]]:
    return {field.name: _list(getattr(curve, field.name)) for field in dataclasses.fields(curve)}


def _list(values: npt.NDArray[Any]) -> list[Any]:
    return values.tolist() if values.dtype.kind == "i" else [number(value) for value in np.asarray(values)]
