"""What a grey slice shows: how much brain, how much head, how bright. Pure NumPy.

`content_hu` says the same of a slice whose HU are known.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from components.imaging.decode import Grey
from components.imaging.head import (
    Lattice,
    Mask,
    cell_counts,
    cell_side,
    head_of,
    lattice,
    lattice_step,
    points_of,
    share,
)
from components.imaging.head_shape import aspect, balance
from components.imaging.noise import noise

__all__ = ["HEAD_FLOOR", "WINDOW_FLOOR", "SliceMeasures", "measure"]

WINDOW_FLOOR = 10  # of 255; darker is air, or fat below the window
WINDOW_CEILING = 245  # of 255; brighter is bone, or metal
# Below this head_share there is no head: vertex tips of 2,501 real slices have 0.07, a crossing of couch
# rails 0.005.
HEAD_FLOOR = 0.01
BACKGROUND_BAND = 1 / 64  # of the shorter side; outermost rows and columns that show no patient
BACKGROUND_SPREAD = 10  # of 255; noise and compression artefacts of an even background
BACKGROUND_AGREEMENT = 0.75  # of the band; a head cut by the border leaves less than that alike
BRIGHT_SHARE = 0.99  # the percentile that bright_intensity is
BRAIN_SHARES = (0.1, 0.25, 0.5, 0.75)  # percentiles: low, spread from, median, spread to


@dataclasses.dataclass(frozen=True)
class SliceMeasures:
    """Measures of one slice, named as in `schemas.features`; each in 0..1 but for HU.

    Attributes:
      brain_share: Share of the pixels strictly inside the brain window (grey 10..245 of 255, which is 3..77
        HU), in the head.
      head_share: Share of the pixels that belong to the head: no air and not couch or headrest. In a grey
        slice fat is as dark as air and does not count; where HU are known it does.
      mean_intensity: Mean of all intensities in the brain window.
      contrast: Standard deviation of all intensities.
      bright_intensity: 99th percentile of all intensities.
      low_intensity: 10th percentile of the intensities that `brain_share` counts; 0 where there are none,
        as in the next two.
      median_intensity: Their median.
      intensity_spread: From their 25th to their 75th percentile.
      noise: Standard deviation of what neighbouring pixels of the head differ by; see `noise.noise`.
      head_aspect: Above 0.5 for a head longer than wide; see `head_shape.aspect`.
      head_balance: Above 0.5 for a head that is broader below; see `head_shape.balance`.
      low_hu: 1st percentile of the HU of the head; None where HU are not known or there is no head.
      high_hu: 99th percentile of them.
    """

    brain_share: float
    head_share: float
    mean_intensity: float
    contrast: float
    bright_intensity: float
    low_intensity: float
    median_intensity: float
    intensity_spread: float
    noise: float
    head_aspect: float
    head_balance: float
    low_hu: float | None = None
    high_hu: float | None = None


def measure(grey: Grey) -> SliceMeasures:
    """Measures what a slice shows, whatever its size, bit depth or background.

    A bright background means an inverted slice and is undone first. An even grey background counts
    as air.

    Args:
      grey: (rows, columns), uint8 or uint16 over its full range, air darkest or air brightest.
    Returns:
      The measures.
    Raises:
      ValueError: `grey` has no pixels or is not two-dimensional.
      TypeError: `grey` is neither uint8 nor uint16.
    """
    if grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"grey must be (rows, columns) with at least one pixel, got shape {grey.shape}")
    points = lattice(grey)
    air = _background(points)
    inverted = air > WINDOW_CEILING // 2
    if inverted:
        points, air = 255 - points, 255 - air
    floor = air + WINDOW_FLOOR
    tissue = points > floor
    clipped = (255 - WINDOW_CEILING, 255 - floor) if inverted else (floor, WINDOW_CEILING)
    return measure_masks(grey, points, tissue, tissue & (points < WINDOW_CEILING), clipped)


def measure_masks(
    grey: Grey, points: Lattice, tissue: Mask, brain: Mask, clipped: tuple[int, int]
) -> SliceMeasures:
    """Measures a slice of which is known where tissue and brain are.

    Args:
      grey: (rows, columns), the slice as it is.
      points: Its lattice in 8 bits, air dark.
      tissue: Points that are no air.
      brain: Those of them that are inside the brain window.
      clipped: Of 255 in `grey`, at or below the first and at or above the second noise is not seen.
    """
    head, tissue_counts = head_of(tissue)
    cell = cell_side(*tissue.shape)
    mean, deviation, bright = _statistics(points)
    low, lower, median, upper = _percentiles(points[brain & points_of(head, tissue.shape)])
    return SliceMeasures(
        brain_share=share(cell_counts(brain), head, cell),
        head_share=share(tissue_counts, head, cell),
        mean_intensity=mean,
        contrast=deviation,
        bright_intensity=bright,
        low_intensity=low,
        median_intensity=median,
        intensity_spread=upper - lower,
        noise=noise(grey, head, cell * lattice_step(*grey.shape), *clipped),
        head_aspect=aspect(head, tissue_counts),
        head_balance=balance(head, tissue_counts),
    )


def _statistics(points: Lattice) -> tuple[float, float, float]:
    """Returns mean, standard deviation and 99th percentile as intensities, from one histogram."""
    counts = np.bincount(points.ravel(), minlength=256)
    values = np.arange(256) / 255
    mean = float(counts @ values) / points.size
    variance = float(counts @ (values - mean) ** 2) / points.size
    bright = int(np.searchsorted(counts.cumsum(), BRIGHT_SHARE * points.size))
    return mean, variance**0.5, bright / 255


def _percentiles(points: npt.NDArray[np.uint8]) -> tuple[float, ...]:
    """Returns `BRAIN_SHARES` as intensities; zeros where there is no point."""
    if not points.size:
        return (0.0,) * len(BRAIN_SHARES)
    below = np.bincount(points, minlength=256).cumsum()
    return tuple(int(level) / 255 for level in np.searchsorted(below, np.array(BRAIN_SHARES) * points.size))


def _background(points: Lattice) -> int:
    """Returns the grey value of air, seen in the outermost band; 0 where that is not of one value."""
    depth = max(1, round(min(points.shape) * BACKGROUND_BAND))
    band = np.concatenate(
        [part.ravel() for part in (points[:depth], points[-depth:], points[:, :depth], points[:, -depth:])]
    )
    counts = np.bincount(band, minlength=256)
    median = int(np.searchsorted(counts.cumsum(), band.size / 2))
    alike = counts[max(0, median - BACKGROUND_SPREAD) : median + BACKGROUND_SPREAD + 1].sum()
    return median if alike >= BACKGROUND_AGREEMENT * band.size else 0
