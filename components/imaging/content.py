"""What a slice shows: how much brain, how much head, how bright. Pure NumPy.

Everything is measured on a lattice of every n-th row and column with at least `LATTICE` points on
the shorter side. A share counted there differs from the share of all pixels by less than 0.001 on
real slices, a twentieth of what the filter's threshold is.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from components.imaging.decode import Grey

LATTICE = 256  # points on the shorter side; a quarter of the pixels of a 512x512 slice
CELLS = 64  # cells on the shorter side, in which the head is told from couch and headrest
SOLID = 0.75  # of a cell's points; edges and crossings of thin things stay below
WINDOW_FLOOR = 10  # of 255; darker is air, or fat below the window
WINDOW_CEILING = 245  # of 255; brighter is bone, or metal
BACKGROUND_BAND = 1 / 64  # of the shorter side; outermost rows and columns that show no patient
BACKGROUND_SPREAD = 10  # of 255; noise and compression artefacts of an even background
BACKGROUND_AGREEMENT = 0.75  # of the band; a head cut by the border leaves less than that alike
MARGIN_CELLS = 2  # around the solid head; brings back ears, nose and the rim that erosion took
BRIGHT_SHARE = 0.99  # the percentile that bright_intensity is

Lattice = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class SliceMeasures:
    """Measures of one slice, each in 0..1; named as in `schemas.features.MEASURES`.

    Attributes:
      brain_share: Share of the pixels strictly inside the brain window (grey 10..245 of 255), in the head.
      head_share: Share of the pixels that belong to the head: brighter than air and not couch or headrest.
      mean_intensity: Mean of all intensities.
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
    as air. Couch and headrest are thinner than a head: they do not survive an erosion by one cell, a
    64th of the shorter side, and are counted only where they touch the head.

    Args:
      grey: (rows, columns), uint8 or uint16 over its full range, air darkest or air brightest.
    Returns:
      The measures.
    Raises:
      ValueError: `grey` has no pixels or is not two-dimensional.
      TypeError: `grey` is neither uint8 nor uint16.
    """
    points = _lattice(grey)
    air = _background(points)
    if air > WINDOW_CEILING // 2:
        points, air = 255 - points, 255 - air
    floor = air + WINDOW_FLOOR
    tissue = points > floor
    head, tissue_counts, cell = _head(tissue)
    inside = _cell_counts(tissue & (points < WINDOW_CEILING), cell)
    counted = head.size * cell * cell
    mean, deviation, bright = _statistics(points)
    return SliceMeasures(
        brain_share=float(inside[head].sum(dtype=np.int64)) / counted,
        head_share=float(tissue_counts[head].sum(dtype=np.int64)) / counted,
        mean_intensity=mean,
        contrast=deviation,
        bright_intensity=bright,
    )


def _lattice(grey: Grey) -> Lattice:
    """Returns every n-th row and column in 8 bits; of 16 bits the upper byte, which is v // 256."""
    if grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"grey must be (rows, columns) with at least one pixel, got shape {grey.shape}")
    step = max(1, min(grey.shape) // LATTICE)
    points = grey[step // 2 :: step, step // 2 :: step]
    if points.dtype == np.uint16:
        return (points >> 8).astype(np.uint8)
    if points.dtype != np.uint8:
        raise TypeError(f"grey must be uint8 or uint16, got {grey.dtype}")
    return np.ascontiguousarray(points)


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


def _head(tissue: Mask) -> tuple[Mask, npt.NDArray[np.uint8], int]:
    """Returns which cells belong to the head, each cell's tissue points, and a cell's side in points.

    An opening (erosion, then dilation) whose dilation goes `MARGIN_CELLS` further.
    """
    cell = max(1, min(tissue.shape) // CELLS)
    counts = _cell_counts(tissue, cell)
    head = ~_grown(~(counts >= SOLID * cell * cell))
    for _ in range(1 + MARGIN_CELLS):
        head = _grown(head)
    return head, counts, cell


def _cell_counts(mask: Mask, cell: int) -> npt.NDArray[np.uint8]:
    """Counts the set points in each whole cell: at most 49, for a lattice's shorter side is below 512."""
    stripes = _folded(mask.view(np.uint8), cell)
    return _folded(np.ascontiguousarray(stripes.T), cell).T


def _folded(points: npt.NDArray[np.uint8], cell: int) -> npt.NDArray[np.uint8]:
    """Adds up each `cell` rows; NumPy is four times faster along rows than along columns."""
    rows, columns = points.shape[0] // cell, points.shape[1]
    stripes: npt.NDArray[np.uint8] = points[: rows * cell].reshape(rows, cell, columns).sum(1, np.uint8)
    return stripes


def _grown(mask: Mask) -> Mask:
    """Returns the dilation by a 3x3 square."""
    down = mask.copy()
    down[1:] |= mask[:-1]
    down[:-1] |= mask[1:]
    grown = down.copy()
    grown[:, 1:] |= down[:, :-1]
    grown[:, :-1] |= down[:, 1:]
    return grown


def _statistics(points: Lattice) -> tuple[float, float, float]:
    """Returns mean, standard deviation and 99th percentile as intensities, from one histogram."""
    counts = np.bincount(points.ravel(), minlength=256)
    values = np.arange(256) / 255
    mean = float(counts @ values) / points.size
    variance = float(counts @ (values - mean) ** 2) / points.size
    bright = int(np.searchsorted(counts.cumsum(), BRIGHT_SHARE * points.size))
    return mean, variance**0.5, bright / 255
