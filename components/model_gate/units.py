"""One set of scored rows, slices or patients, for the account: metrics, curves, calibration, histogram."""

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
from schemas.accounts.evaluation import (
    CalibrationBin,
    Confusion,
    Figure,
    Measured,
    PrecisionRecallCurve,
    PredictiveValues,
    RocCurve,
    ScoreHistogram,
)

__all__ = ["Measuring", "figures_of", "metrics_of"]

PREDICTIVE = ("ppv", "npv")
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


def measured(scored: Scored, metrics: Mapping[str, Estimate], measuring: Measuring) -> Measured:
    """Returns the account of one set of rows and its metrics; a ROC curve is empty for one class only."""
    return Measured(
        count=len(scored),
        hemorrhages=scored.hemorrhages,
        normals=len(scored) - scored.hemorrhages,
        patients=scored.patients,
        metrics=figures_of(metrics),
        confusion=_confusion(scored, measuring.threshold),
        roc=RocCurve(**_lists(curves.roc(scored, measuring.resampling))),
        precision_recall=PrecisionRecallCurve(**_lists(curves.precision_recall(scored))),
        calibration=tuple(
            CalibrationBin(
                lowest=number(each.lowest),
                highest=number(each.highest),
                count=each.count,
                mean_probability=number(each.mean_probability),
                observed=number(each.observed.value),
                low=number(each.observed.low),
                high=number(each.observed.high),
            )
            for each in curves.calibration(scored, measuring.resampling)
        ),
        histogram=ScoreHistogram(**_lists(curves.histogram(scored))),
        predictive_values=_predictive_values(scored, measuring, metrics),
    )


def metrics_of(scored: Scored, measuring: Measuring) -> dict[str, Estimate]:
    """Returns the metrics of one set of rows with their intervals."""
    return estimates(scored, measuring.threshold, measuring.at_specificity, measuring.resampling)


def figures_of(metrics: Mapping[str, Estimate]) -> dict[str, Figure]:
    """Returns estimates for an account, None where there is none."""
    return {
        name: Figure(
            value=number(metric.value),
            low=number(metric.low),
            high=number(metric.high),
            left_out=metric.left_out,
        )
        for name, metric in metrics.items()
    }


def number(value: float) -> float | None:
    """Returns a figure for JSON, which has no NaN."""
    return None if math.isnan(value) else round(float(value), DIGITS)


def _confusion(scored: Scored, threshold: float) -> Confusion:
    if not len(scored):
        return Confusion(true_positive=0, false_positive=0, true_negative=0, false_negative=0)
    counted = Tallies(scored, threshold, each_once(scored.patients))
    return Confusion(
        true_positive=int(counted.true_positive[0]),
        false_positive=int(counted.false_positive[0]),
        true_negative=int(counted.true_negative[0]),
        false_negative=int(counted.false_negative[0]),
    )


def _predictive_values(
    scored: Scored, measuring: Measuring, metrics: Mapping[str, Estimate]
) -> PredictiveValues:
    if not measuring.prevalence:
        own = scored.hemorrhages / len(scored) if len(scored) else math.nan
        known = figures_of({name: metrics[name] for name in PREDICTIVE})
        return PredictiveValues(prevalence=number(own), own=True, **known)
    both = []
    for counts in (each_once(scored.patients), counts_of(scored, measuring.resampling)):
        tallies = Tallies(scored, measuring.threshold, counts)
        both.append(predictive_values(tallies.sensitivity(), tallies.specificity(), measuring.prevalence))
    values, drawn = both
    sensitivity, specificity = (np.array([metrics[name].low]) for name in ("sensitivity", "specificity"))
    least = predictive_values(sensitivity, specificity, measuring.prevalence)
    at_prevalence = figures_of(
        {
            name: _at_worst(estimate(float(value[0]), of_drawn, scored, measuring.resampling), float(low[0]))
            for name, value, of_drawn, low in zip(PREDICTIVE, values, drawn, least, strict=True)
        }
    )
    return PredictiveValues(prevalence=measuring.prevalence, own=False, **at_prevalence)


def _at_worst(metric: Estimate, least: float) -> Estimate:
    """Returns an estimate that is 1 in all replicates with what the lower ends of its parts give."""
    return dataclasses.replace(metric, low=least) if metric.low == metric.high == 1 else metric


def _lists(curve: curves.Roc | curves.PrecisionRecall | curves.Histogram) -> dict[str, Any]:
    return {field.name: _list(getattr(curve, field.name)) for field in dataclasses.fields(curve)}


def _list(values: npt.NDArray[Any]) -> list[Any]:
    return values.tolist() if values.dtype.kind == "i" else [number(value) for value in np.asarray(values)]
