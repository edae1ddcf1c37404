"""What is a sum over rows, or made of such sums: accuracy, sensitivity, Brier score, calibration.

The sums are kept by patient, so that a resampled set of patients costs a product of two matrices.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.metrics.ranking import Counts, Floats
from components.metrics.scored import Scored

__all__ = ["Tallies", "predictive_values"]

KERAS_THRESHOLD = 0.5  # binary accuracy as Keras has it: a score *above* it means hemorrhage
# A bin holds as many rows as any other. Bins of one width would put most slices of a usual set into the
# first, where too high and too low scores cancel out. Source: Nixon et al., Measuring calibration in deep
# learning, CVPR workshops 2019.
CALIBRATION_BINS = 10
LEAST_PROBABILITY = float(np.finfo(np.float32).eps)  # log loss of a certain and wrong score, as scikit-learn


def binned(probability: npt.NDArray[np.float32], bins: int = CALIBRATION_BINS) -> npt.NDArray[np.int64]:
    """Returns each row's bin, (n,): bins of equally many rows, rising scores, equal scores in one bin.

    Many equal scores leave fewer bins than requested; they are numbered without a hole.
    """
    rising = np.sort(probability)
    edges = rising[(np.arange(1, bins) * len(rising)) // bins] if len(rising) else rising
    _, number = np.unique(np.searchsorted(edges, probability, side="right"), return_inverse=True)
    return number.astype(np.int64)


class Tallies:
    """Sums of one set of rows, for any weighting of its patients."""

    def __init__(self, scored: Scored, threshold: float, counts: Counts):
        """Sums up.

        Args:
          scored: n rows, at least one.
          threshold: At or above which a score means hemorrhage, 0..1.
          counts: (w, patients), how often each patient is counted.
        """
        self.scored = scored
        self._weights = counts.astype(np.float64)
        ill = scored.hemorrhage == 1
        called = scored.probability >= np.float32(threshold)
        self.true_positive, self.false_positive, self.true_negative, self.false_negative = self._totals(
            [ill & called, ~ill & called, ~ill & ~called, ill & ~called]
        )
        self.rows = self.true_positive + self.false_positive + self.true_negative + self.false_negative

    def _totals(self, columns: Sequence[npt.NDArray[np.generic]]) -> Floats:
        """Returns the weighted sums of c columns, each (n,), as (c, w)."""
        patient, patients = self.scored.patient, self.scored.patients
        of_patient = np.stack([np.bincount(patient, column, minlength=patients) for column in columns])
        return of_patient @ self._weights.T

    def accuracy(self) -> Floats:
        """Returns the share of rows that are called rightly, (w,); like all below NaN without such rows."""
        return ratio(self.true_positive + self.true_negative, self.rows)

    def binary_accuracy(self) -> Floats:
        """Returns the share of rows on the right side of 0.5."""
        return self.mean((self.scored.probability > KERAS_THRESHOLD) == (self.scored.hemorrhage == 1))

    def balanced_accuracy(self) -> Floats:
        """Returns the mean of sensitivity and specificity."""
        return (self.sensitivity() + self.specificity()) / 2

    def sensitivity(self) -> Floats:
        """Returns the share of the hemorrhages that are called one."""
        return ratio(self.true_positive, self.true_positive + self.false_negative)

    def specificity(self) -> Floats:
        """Returns the share of the normals that are called normal."""
        return ratio(self.true_negative, self.true_negative + self.false_positive)

    def f1(self) -> Floats:
        """Returns the harmonic mean of precision and sensitivity."""
        whole = 2 * self.true_positive + self.false_positive + self.false_negative
        return ratio(2 * self.true_positive, whole)

    def positive_predictive_value(self) -> Floats:
        """Returns the share of those called a hemorrhage that are one."""
        return ratio(self.true_positive, self.true_positive + self.false_positive)

    def negative_predictive_value(self) -> Floats:
        """Returns the share of those called normal that are."""
        return ratio(self.true_negative, self.true_negative + self.false_negative)

    def brier(self) -> Floats:
        """Returns the mean squared distance of score and label."""
        return self.mean((self.scored.probability.astype(np.float64) - self.scored.hemorrhage) ** 2)

    def log_loss(self) -> Floats:
        """Returns the mean binary cross-entropy."""
        bounded = np.clip(
            self.scored.probability.astype(np.float64), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY
        )
        return self.mean(-np.log(np.where(self.scored.hemorrhage == 1, bounded, 1 - bounded)))

    def calibration_error(self) -> Floats:
        """Returns how far scores are from the shares of hemorrhages, in bins of equally many rows."""
        number = binned(self.scored.probability)
        above = self.scored.hemorrhage - self.scored.probability.astype(np.float64)
        apart = self._totals([np.where(number == one, above, 0.0) for one in range(int(number.max()) + 1)])
        return ratio(np.abs(apart).sum(axis=0), self.rows)

    def mean(self, values: npt.NDArray[np.generic]) -> Floats:
        """Returns the mean of what each row has, (n,)."""
        return ratio(self._totals([values])[0], self.rows)

    def observed(self, mask: npt.NDArray[np.bool_]) -> Floats:
        """Returns the share of hemorrhages, (w,), among the rows of a mask, bool (n,)."""
        return ratio(*self._totals([mask & (self.scored.hemorrhage == 1), mask]))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Returns part / whole, NaN where the whole is 0."""
    undefined: Floats = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=undefined, where=np.asarray(whole) > 0)


def predictive_values(sensitivity: Floats, specificity: Floats, prevalence: float) -> tuple[Floats, Floats]:
    """Returns positive and negative predictive values, (w,), 0..1, at a prevalence of hemorrhages, 0..1.

    Source: Bayes' theorem; Altman and Bland, Diagnostic tests 2: predictive values, BMJ 309:102, 1994.
    Example:
      >>> positive, negative = predictive_values(np.array([0.75]), np.array([0.75]), prevalence=0.25)
      >>> positive, negative
      (array([0.5]), array([0.9]))
    """
    ill, well = prevalence, 1 - prevalence
    positive = ratio(sensitivity * ill, sensitivity * ill + (1 - specificity) * well)
    negative = ratio(specificity * well, specificity * well + (1 - sensitivity) * ill)
    return positive, negative
