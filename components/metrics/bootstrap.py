"""Intervals by resampling patients, since slices of one patient are no independent witnesses."""

import dataclasses
import math

import numpy as np
from scipy import special

from components.metrics import extremes, ranking
from components.metrics.catalogue import CATALOGUE, RankMetric, SumMetric
from components.metrics.ranking import Counts, Floats
from components.metrics.scored import Scored
from components.metrics.tallies import Tallies

__all__ = [
    "FEWEST_PATIENTS",
    "Estimate",
    "Resampling",
    "counts_of",
    "differences",
    "each_once",
    "estimate",
    "estimates",
    "expanded_tail",
    "resampled",
]

FEWEST_PATIENTS = 5  # fewer, resampled, are too much the same: an interval would only look sure
LEAST_DEFINED_SHARE = 0.9  # of the replicates: a class that two patients have is missing in more


@dataclasses.dataclass(frozen=True)
class Resampling:
    """How intervals are made."""

    replicates: int
    confidence: float
    seed: int


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A figure with its interval; NaN where it cannot be had.

    Attributes:
      value: On the rows as they are.
      low: Lower end of the interval.
      high: Upper end.
      left_out: Replicates for which there is no figure, such as those without a hemorrhage.
      too_few: Whether patients, or those of a class, are too few to judge the figure by.
    """

    value: float
    low: float
    high: float
    left_out: int = 0
    too_few: bool = False


def resampled(patients: int, replicates: int, seed: int) -> Counts:
    """Returns how often each patient is drawn, int32 (replicates, patients); a row's sum is `patients`."""
    random = np.random.default_rng(seed)
    counts = np.empty((replicates, patients), np.int32)
    for row in range(replicates if patients else 0):
        counts[row] = np.bincount(random.integers(0, patients, patients), minlength=patients)
    return counts


def each_once(patients: int) -> Counts:
    """Returns the weighting that counts each patient once, int32 (1, patients)."""
    return np.ones((1, patients), np.int32)


def figures(scored: Scored, threshold: float, at_specificity: float, counts: Counts) -> dict[str, Floats]:
    """Returns all metrics, by their names in `CATALOGUE`, for each weighting of the patients.

    Args:
      scored: Slices or patients, n rows.
      threshold: At or above which a score means hemorrhage, 0..1.
      at_specificity: Of `sensitivity_at_specificity`, 0..1.
      counts: (w, patients), as `resampled` or `each_once` returns it.
    """
    if not len(scored):
        return {name: np.full(len(counts), np.nan) for name in CATALOGUE}
    of_order = {name: metric for name, metric in CATALOGUE.items() if isinstance(metric, RankMetric)}
    parts = [
        [metric.measure(cut, at_specificity) for metric in of_order.values()]
        for cut in ranking.cuts(scored, counts)
    ]
    measured = dict(zip(of_order, map(np.concatenate, zip(*parts, strict=True)), strict=True))
    tallies = Tallies(scored, threshold, counts)
    return {
        name: metric.measure(tallies) if isinstance(metric, SumMetric) else measured[name]
        for name, metric in CATALOGUE.items()
    }


def estimates(
    scored: Scored, threshold: float, at_specificity: float, resampling: Resampling
) -> dict[str, Estimate]:
    """Returns all metrics with intervals by resampling patients; a share of none or all has an exact one.

    Args:
      scored: Slices or patients, n rows.
      threshold: At or above which a score means hemorrhage, 0..1; the same in all replicates.
      at_specificity: Of `sensitivity_at_specificity`, 0..1.
      resampling: How many replicates, how wide, from which seed.
    Source: Efron and Tibshirani, An introduction to the bootstrap, 1993, chapter 13 (percentile interval);
      Field and Welsh, Bootstrapping clustered data, JRSS B 69:369, 2007 (resampling whole clusters).
    """
    values = figures(scored, threshold, at_specificity, each_once(scored.patients))
    drawn = figures(scored, threshold, at_specificity, counts_of(scored, resampling))
    found = {name: estimate(float(values[name][0]), drawn[name], scored, resampling) for name in CATALOGUE}
    return {
        name: _at_an_end(name, one, scored, threshold, resampling) if one.low == one.high else one
        for name, one in found.items()
    }


def _at_an_end(
    name: str, one: Estimate, scored: Scored, threshold: float, resampling: Resampling
) -> Estimate:
    """Returns an estimate of which all replicates are the same, with the interval that patients allow."""
    low, high = np.nan, np.nan
    share_of = CATALOGUE[name].share_of
    if one.value in (0.0, 1.0) and share_of:
        rows = share_of(scored, scored.probability >= np.float32(threshold))
        low, high = extremes.exact(one.value, scored.patient[rows], resampling.confidence)
    return dataclasses.replace(one, low=low, high=high)


def differences(
    scored: Scored, other: Scored, threshold: float, other_threshold: float, at_specificity: float,
    resampling: Resampling,
) -> dict[str, Estimate]:  # fmt: skip
    """Returns by how much each metric of `scored` exceeds that of `other`.

    Both are measured on the same resampled patients, so what makes a patient hard for both cancels out.

    Args:
      scored: One model's scores, n rows.
      other: The other's, of the same rows in the same order.
      threshold: Of the one model.
      other_threshold: Of the other.
      at_specificity: Of `sensitivity_at_specificity`, 0..1.
      resampling: How many replicates, how wide, from which seed.
    Raises:
      ValueError: The rows are not the same.
    """
    same = (
        len(scored) == len(other)
        and np.array_equal(scored.hemorrhage, other.hemorrhage)
        and np.array_equal(scored.patient, other.patient)
    )
    if not same:
        raise ValueError(
            f"paired bootstrap: both models must have scored the same rows, got {len(scored)} and "
            f"{len(other)} rows whose labels or patients differ"
        )
    weightings = (each_once(scored.patients), counts_of(scored, resampling))
    (values, other_values), (drawn, other_drawn) = (
        (figures(scored, threshold, at_specificity, counts),
         figures(other, other_threshold, at_specificity, counts))
        for counts in weightings
    )  # fmt: skip
    return {
        name: estimate(
            float(values[name][0] - other_values[name][0]),
            drawn[name] - other_drawn[name],
            scored,
            resampling,
        )
        for name in CATALOGUE
    }


def counts_of(scored: Scored, resampling: Resampling) -> Counts:
    """Returns the resampled patients of a set of rows, int32 (replicates, patients)."""
    return resampled(scored.patients, resampling.replicates, resampling.seed)


def estimate(value: float, drawn: Floats, scored: Scored, resampling: Resampling) -> Estimate:
    """Returns a figure with the interval of its replicates, (w,), those that are NaN left out."""
    defined = drawn[~np.isnan(drawn)]
    left_out = len(drawn) - len(defined)
    too_few = scored.patients < FEWEST_PATIENTS or len(defined) < LEAST_DEFINED_SHARE * len(drawn)
    if np.isnan(value) or too_few or not len(defined):
        return Estimate(value, np.nan, np.nan, left_out, bool(too_few))
    tail = expanded_tail(resampling.confidence, scored.patients)
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, float(low), float(high), left_out)


def expanded_tail(confidence: float, patients: int) -> float:
    """Returns the share of replicates to leave out at either end, a little less than (1 - confidence) / 2.

    A plain percentile interval is too narrow for few patients, as one of a mean would be that takes the
    normal distribution for Student's and divides by n for n - 1.

    Args:
      confidence: Of the interval, 0..1.
      patients: At least `FEWEST_PATIENTS`.
    Source: Hesterberg, What teachers should know about the bootstrap, The American Statistician 69:371, 2015,
      expanded percentile interval.
    """
    free = patients - 1
    student = special.stdtrit(free, (1 + confidence) / 2)  # the quantile of Student's distribution
    return float(special.ndtr(-student * math.sqrt(patients / free)))
