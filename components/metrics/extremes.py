"""What can be said of a share of none or all, which every resampled set of patients repeats."""

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["exact"]


def exact(value: float, patients: npt.NDArray[np.int64], confidence: float) -> tuple[float, float]:
    """Returns the interval of a share that is 0 or 1.

    A bootstrap gives 1.000 to 1.000 there, which is no interval: where none of n was missed, three of n may
    be the next time. All slices of a patient are one witness.

    Args:
      value: 0 or 1.
      patients: Of each row that the share is of.
      confidence: Of the interval, 0..1.
    Source: Clopper and Pearson, Biometrika 26:404, 1934, the two-sided interval.
    """
    witnesses = max(len(np.unique(patients)), 1)
    interval = stats.binomtest(witnesses if value == 1 else 0, witnesses).proportion_ci(confidence, "exact")
    return float(interval.low), float(interval.high)
