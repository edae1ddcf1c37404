"""What a grey slice shows: how much brain, how much head, how bright. Pure NumPy.

`content_hu` says the same of a slice whose HU are known.
"""

import dataclasses

import numpy as np

from components.imaging.decode import Grey
from components.imaging.head import Lattice, cell_counts, cell_side, head_of, lattice, share

WINDOW_FLOOR = 10  # of 255; darker is air, or fat below the window
WINDOW_CEILING = 245  # of 255; brighter is bone, or metal
BACKGROUND_BAND = 1 / 64  # of the shorter side; outermost rows and columns that show no patient
BACKGROUND_SPREAD = 10  # of 255; noise and compression artefacts of an even background
BACKGROUND_AGREEMENT = 0.75  # of the band; a head cut by the border leaves less than that alike
BRIGHT_SHARE = 0.99  # the percentile that bright_intensity is


@dataclasses.dataclass(frozen=True)
class SliceMeasures:
    """Measures of one slice, each in 0..1; named as in `schemas.features.MEASURES`.

    Attributes:
      brain_share: Share of the pixels strictly inside the brain window (grey 10..245 of 255, which is 3..77
        HU), in the head.
      head_share: Share of the pixels that belong to the head: no air and not couch or headrest. In a grey
        slice fat is as dark as air and does not count; where HU are known it does.
      mean_intensity: Mean of all intensities in the brain window.
      contrast: Standard deviation of all intensities.
      bright_intensity: 99th percentile of all intensities.
    """

    brain_share: float
    head_share: float
    mean_intensity: float
    contrast: float
    bright_intensity: float


def measure(grey: Grey) -> SliceMeasures:
    """Measures what a slice shows, whatever its size, bit depth, rotation or background.

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
    if air > WINDOW_CEILING // 2:
        points, air = 255 - points, 255 - air
    tissue = points > air + WINDOW_FLOOR
    head, tissue_counts = head_of(tissue)
    brain_counts = cell_counts(tissue & (points < WINDOW_CEILING))
    cell = cell_side(tissue)
    mean, deviation, bright = statistics(points)
    return SliceMeasures(
        brain_share=share(brain_counts, head, cell),
        head_share=share(tissue_counts, head, cell),
        mean_intensity=mean,
        contrast=deviation,
        bright_intensity=bright,
    )


def statistics(points: Lattice) -> tuple[float, float, float]:
    """Returns mean, standard deviation and 99th percentile as intensities, from one histogram."""
    counts = np.bincount(points.ravel(), minlength=256)
    values = np.arange(256) / 255
    mean = float(counts @ values) / points.size
    variance = float(counts @ (values - mean) ** 2) / points.size
    bright = int(np.searchsorted(counts.cumsum(), BRIGHT_SHARE * points.size))
    return mean, variance**0.5, bright / 255


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
