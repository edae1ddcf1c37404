"""What is a sum over rows, or made of such sums: accuracy, sensitivity, Brier score, calibration.

The sums are kept by patient, so that a resampled set of patients costs a product of two matrices.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.metrics.ranking import Counts, Floats
from components.metrics.scored import Scored

KERAS_THRESHOLD = 0.5  # binary accuracy as Keras has it: a score *above* it means hemorrhage
# A bin holds as many rows as any other. Bins of one width would put most slices of a usual set into the
# first, where too high and too low scores cancel out. Source: Nixon et al., Measuring calibration in deep
# learning, CVPR workshops 2019.
CALIBRATION_BINS = 10
LEAST_PROBABILITY = float(np.finfo(np.float32).eps)  # log loss of a certain and wrong score, as scikit-learn


def binned(probability: npt.NDArray[np.float32], bins: int = CALIBRATION_BINS) -> npt.NDArray[np.int64]:
    """Returns each row's bin, (n,): bins of equally many rows, rising scores, equal scores in one bin.

    Many equal scores leave fewer bins than asked for; they are numbered without a hole.
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
        self._scored = scored
        self._weights = counts.astype(np.float64)
        ill = scored.hemorrhage == 1
        called = scored.probability >= np.float32(threshold)
        self.true_positive, self.false_positive, self.true_negative, self.false_negative = self._totals(
            [ill & called, ~ill & called, ~ill & ~called, ill & ~called]
        )
        self.rows = self.true_positive + self.false_positive + self.true_negative + self.false_negative

    def _totals(self, columns: Sequence[npt.NDArray[np.generic]]) -> Floats:
        """Returns the weighted sums of c columns, each (n,), as (c, w)."""
        patient, patients = self._scored.patient, self._scored.patients
        of_patient = np.stack([np.bincount(patient, column, minlength=patients) for column in columns])
        return of_patient @ self._weights.T

    def metrics(self) -> dict[str, Floats]:
        """Returns each metric's figures, (w,), NaN where a weighting has none of what it needs."""
        scored = self._scored
        ill = scored.hemorrhage == 1
        probability = scored.probability.astype(np.float64)
        sensitivity = ratio(self.true_positive, self.true_positive + self.false_negative)
        specificity = ratio(self.true_negative, self.true_negative + self.false_positive)
        above_half = scored.probability > KERAS_THRESHOLD
        bounded = np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
        of_label = np.where(ill, bounded, 1 - bounded)
        as_keras, brier, log_loss = self._totals(
            [above_half == ill, (probability - ill) ** 2, -np.log(of_label)]
        )
        return {
            "accuracy": ratio(self.true_positive + self.true_negative, self.rows),
            "binary_accuracy": ratio(as_keras, self.rows),
            "balanced_accuracy": (sensitivity + specificity) / 2,
            "sensitivity": sensitivity,
            "specificity": specificity,
            "f1": ratio(
                2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative
            ),
            "brier": ratio(brier, self.rows),
            "ece": self._calibration_error(),
            "log_loss": ratio(log_loss, self.rows),
            "ppv": ratio(self.true_positive, self.true_positive + self.false_positive),
            "npv": ratio(self.true_negative, self.true_negative + self.false_negative),
        }

    def _calibration_error(self) -> Floats:
        number = binned(self._scored.probability)
        above = self._scored.hemorrhage - self._scored.probability.astype(np.float64)
        apart = self._totals([np.where(number == one, above, 0.0) for one in range(int(number.max()) + 1)])
        return ratio(np.abs(apart).sum(axis=0), self.rows)

    def observed(self, mask: npt.NDArray[np.bool_]) -> Floats:
        """Returns the share of hemorrhages, (w,), among the rows of a mask, bool (n,)."""
        return ratio(*self._totals([mask & (self._scored.hemorrhage == 1), mask]))


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
