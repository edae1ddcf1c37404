"""What can be said of a share of none or all, which every resampled set of patients repeats."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from components.metrics.scored import Scored

Mask = npt.NDArray[np.bool_]
# Which rows a metric is a share of, by what is called a hemorrhage. Others, such as an AUC, are none.
ROWS: Mapping[str, Callable[[Scored, Mask], Mask]] = {
    "accuracy": lambda scored, called: np.ones(len(scored), np.bool_),
    "binary_accuracy": lambda scored, called: np.ones(len(scored), np.bool_),
    "sensitivity": lambda scored, called: scored.hemorrhage == 1,
    "sensitivity_at_specificity": lambda scored, called: scored.hemorrhage == 1,
    "specificity": lambda scored, called: scored.hemorrhage == 0,
    "ppv": lambda scored, called: called,
    "npv": lambda scored, called: ~called,
}


def exact(
    name: str, value: float, scored: Scored, threshold: float, confidence: float
) -> tuple[float, float]:
    """Returns the interval of a share that is 0 or 1, by as many witnesses as patients have such rows.

    A bootstrap gives 1.000 to 1.000 there, which is no interval: where none of n was missed, three of n may
    be the next time. All slices of a patient are one witness.

    Args:
      name: Of the metric.
      value: 0 or 1.
      scored: Slices or patients.
      threshold: At or above which a score means hemorrhage, 0..1.
      confidence: Of the interval, 0..1.
    Returns:
      Lower and upper end; NaN both for a metric that is no share of rows.
    Source: Clopper and Pearson, Biometrika 26:404, 1934, the two-sided interval at the ends of the scale.
    """
    if name not in ROWS:
        return np.nan, np.nan
    rows = ROWS[name](scored, scored.probability >= np.float32(threshold))
    witnesses = len(np.unique(scored.patient[rows]))
    far = float(((1 - confidence) / 2) ** (1 / max(witnesses, 1)))
    return (far, 1.0) if value == 1 else (0.0, 1.0 - far)
