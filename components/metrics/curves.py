"""Curves over all thresholds, calibration bins and histogram of scores, thinned to what a picture shows."""

import dataclasses

import numpy as np
import numpy.typing as npt

from components.metrics import extremes, ranking
from components.metrics.bootstrap import Estimate, Resampling, counts_of, each_once, estimate
from components.metrics.ranking import Floats
from components.metrics.scored import Scored
from components.metrics.tallies import Tallies, binned

__all__ = ["Histogram", "PrecisionRecall", "Roc", "calibration", "histogram", "precision_recall", "roc"]

MOST_POINTS = 200  # of a curve: more than a picture has pixels for in either direction would show
HISTOGRAM_BINS = 50


@dataclasses.dataclass(frozen=True)
class Roc:
    """A ROC curve from (0, 0) to (1, 1) with a pointwise band; arrays of one length, empty for one class.

    Attributes:
      false_positive_rate: Rising, 0..1.
      sensitivity: 0..1.
      threshold: At or above which a score means hemorrhage there; NaN at (0, 0), above all scores.
      low: Lower end of the sensitivity's interval at this rate of false positives.
      high: Upper end.
    """

    false_positive_rate: Floats
    sensitivity: Floats
    threshold: Floats
    low: Floats
    high: Floats


@dataclasses.dataclass(frozen=True)
class PrecisionRecall:
    """A precision-recall curve from the highest threshold down; arrays of one length, empty without one."""

    recall: Floats
    precision: Floats
    threshold: Floats


@dataclasses.dataclass(frozen=True)
class CalibrationBin:
    """Rows of similar scores: what the model said, and the share of hemorrhages that there was."""

    lowest: float
    highest: float
    count: int
    mean_probability: float
    observed: Estimate


@dataclasses.dataclass(frozen=True)
class Histogram:
    """How many rows of each class have which score."""

    edges: Floats
    hemorrhage: npt.NDArray[np.int64]
    normal: npt.NDArray[np.int64]


def roc(scored: Scored, resampling: Resampling) -> Roc:
    """Returns the ROC curve of n rows, with a band at `resampling.confidence` by resampling patients."""
    if scored.hemorrhages in (0, len(scored)):
        nothing: Floats = np.zeros(0)
        return Roc(nothing, nothing, nothing, nothing, nothing)
    (whole,) = ranking.cuts(scored, each_once(scored.patients))
    found = np.concatenate(([0], whole.found[0]))
    alarms = np.concatenate(([0], whole.alarms[0]))
    kept = thinned(corners(alarms, found))
    rates = alarms[kept] / alarms[-1]
    bands = np.concatenate(
        [ranking.sensitivities(cut, rates) for cut in ranking.cuts(scored, counts_of(scored, resampling))]
    )
    ends = [estimate(0.0, bands[:, column], scored, resampling) for column in range(len(kept))]
    return Roc(
        rates,
        found[kept] / found[-1],
        np.concatenate(([np.nan], ranking.distinct_scores(scored).astype(np.float64)))[kept],
        np.array([end.low for end in ends]),
        np.array([end.high for end in ends]),
    )


def precision_recall(scored: Scored) -> PrecisionRecall:
    """Returns the precision-recall curve of n rows."""
    if not scored.hemorrhages:
        nothing: Floats = np.zeros(0)
        return PrecisionRecall(nothing, nothing, nothing)
    (whole,) = ranking.cuts(scored, each_once(scored.patients))
    found, alarms = whole.found[0], whole.alarms[0]
    kept = thinned(corners(alarms, found))
    return PrecisionRecall(
        found[kept] / found[-1],
        found[kept] / (found[kept] + alarms[kept]),
        ranking.distinct_scores(scored).astype(np.float64)[kept],
    )


def corners(across: npt.NDArray[np.int32], up: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Returns the indices of a staircase's points, (k,), without those in the middle of a straight line."""
    steps = np.stack((np.diff(across), np.diff(up))).astype(np.int64)
    turns = steps[0, :-1] * steps[1, 1:] != steps[0, 1:] * steps[1, :-1]
    return np.flatnonzero(np.concatenate(([True], turns, [True]))[: len(across)])


def thinned(indices: npt.NDArray[np.int64], most: int = MOST_POINTS) -> npt.NDArray[np.int64]:
    """Returns at most so many of the indices, evenly, with the first and the last."""
    if len(indices) <= most:
        return indices
    return indices[np.round(np.linspace(0, len(indices) - 1, most)).astype(np.int64)]


def calibration(scored: Scored, resampling: Resampling) -> list[CalibrationBin]:
    """Returns the bins, of equally many of the n rows, that `ece` is made from."""
    if not len(scored):
        return []
    number = binned(scored.probability)
    drawn = Tallies(scored, 0.0, counts_of(scored, resampling))
    bins = []
    for one in range(int(number.max()) + 1):
        mask = number == one
        scores = scored.probability[mask].astype(np.float64)
        observed = float(scored.hemorrhage[mask].mean())
        interval = estimate(observed, drawn.observed(mask), scored, resampling)
        if interval.low == interval.high and observed in (0.0, 1.0):
            low, high = extremes.exact(observed, scored.patient[mask], resampling.confidence)
            interval = dataclasses.replace(interval, low=low, high=high)
        bins.append(
            CalibrationBin(
                float(scores.min()), float(scores.max()), len(scores), float(scores.mean()), interval
            )
        )
    return bins


def histogram(scored: Scored, bins: int = HISTOGRAM_BINS) -> Histogram:
    """Returns how many rows of each class have a score in which of `bins` equal parts of 0..1."""
    edges = np.linspace(0, 1, bins + 1)
    ill = scored.hemorrhage == 1
    return Histogram(
        edges,
        np.histogram(scored.probability[ill], edges)[0],
        np.histogram(scored.probability[~ill], edges)[0],
    )
