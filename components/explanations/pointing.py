"""Whether a heat map points at what it should: peak, mass, and what chance would do."""

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from components.metrics import extremes
from components.metrics.bootstrap import FEWEST_PATIENTS, Resampling, expanded_tail, resampled

__all__ = ["Mask", "Pointed", "Share", "mean_of", "pointed", "widened"]

Heat = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Pointed:
    """How one map lies to its mask.

    Attributes:
      hit: The map's peak lies in the mask, or within the tolerance of it.
      mass: Share of the map's sum that lies in the mask; 0 for a map of zeros.
    """

    hit: bool
    mass: float


@dataclasses.dataclass(frozen=True)
class Share:
    """A mean over slices with its interval; None where there are too few patients for one."""

    value: float
    low: float | None
    high: float | None


def pointed(heat: Heat, mask: Mask, tolerance: float) -> Pointed:
    """Judges one map.

    A map of zeros points nowhere: no hit. Of equally high pixels the one nearest to their mean is the peak.

    Args:
      heat: uint8 (rows, columns).
      mask: (rows, columns), at least one pixel set.
      tolerance: Pixels.
    Raises:
      ValueError: Sizes differ, or the mask is empty.
    Source: Zhang et al., "Top-Down Neural Attention by Excitation Backprop", ECCV 2016 (pointing game); Wang
      et al., "Score-CAM", CVPR workshops 2020 (energy-based pointing game).
    """
    if heat.shape != mask.shape or not mask.any():
        raise ValueError(f"a mask of {mask.shape}, {int(mask.sum())} pixels set, for a map of {heat.shape}")
    if not heat.any():
        return Pointed(False, 0.0)
    highest = np.argwhere(heat == heat.max())
    peak = highest[np.square(highest - highest.mean(0)).sum(1).argmin()]
    nearest = np.square(np.argwhere(mask) - peak).sum(1).min()
    return Pointed(bool(nearest <= tolerance**2), float(heat[mask].sum() / heat.sum(dtype=np.float64)))


def widened(mask: Mask, tolerance: float) -> Mask:
    """Returns the pixels at most `tolerance` from a mask, not empty: what a peak by chance has to meet."""
    return np.asarray(ndimage.distance_transform_edt(~mask) <= tolerance)


def mean_of(values: Floats, patients: npt.NDArray[np.int64], resampling: Resampling) -> Share:
    """Returns the mean over slices, its interval by drawing patients anew.

    Args:
      values: (n,), one a slice, n at least 1.
      patients: (n,), 0 to the number of patients less 1.
      resampling: Replicates, confidence and seed.
    """
    value = float(values.mean())
    number = int(patients.max()) + 1
    if number < FEWEST_PATIENTS:
        return Share(value, None, None)
    counts = resampled(number, resampling.replicates, resampling.seed)
    sums = np.bincount(patients, values, minlength=number)
    sizes = np.bincount(patients, minlength=number)
    tail = expanded_tail(resampling.confidence, number)
    low, high = np.quantile((counts @ sums) / (counts @ sizes), [tail, 1 - tail])
    if low == high and value in (0.0, 1.0):
        low, high = extremes.exact(value, patients, resampling.confidence)
    return Share(value, float(low), float(high))
