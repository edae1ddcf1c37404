"""What a slice shows whose HU are known: the measures of `content` without guessing. Pure NumPy."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.imaging.content import WINDOW_CEILING, WINDOW_FLOOR, SliceMeasures, statistics
from components.imaging.head import cell_counts, cell_side, head_of, lattice, share
from components.imaging.intensity import BRAIN_WINDOW, GREY_LEVELS, Window
from components.imaging.windows import to_hu

AIR_CEILING_HU = -200.0  # fat is -100 and lung -500 or less; a foam headrest is air too
HALF = 0.5  # of a level: what came out of a level, rounded, lies clearly on one side


def measure_channels(channels: npt.NDArray[np.uint8], windows: Sequence[Window]) -> SliceMeasures:
    """Measures what a slice shows on its HU: air is dark and black is air, so nothing is guessed.

    The brain is where `content.measure` sees it in a brain window. The head is all that is denser than
    `AIR_CEILING_HU`, fat included. Intensities are those of the first channel.

    Args:
      channels: uint8 (rows, columns, channels), windows of HU.
      windows: One a channel; the first is the brain window.
    Returns:
      The measures.
    Raises:
      ValueError: `channels` has no pixels, or another number of channels than windows.
      TypeError: `channels` is not uint8.
    """
    if channels.ndim != 3 or channels.size == 0 or channels.shape[2] != len(windows):
        raise ValueError(
            f"channels must be (rows, columns, {len(windows)}) with at least one pixel, "
            f"got shape {channels.shape}"
        )
    if channels.dtype != np.uint8:
        raise TypeError(f"channels must be uint8, got {channels.dtype}")
    points = lattice(channels)
    hu = to_hu(points, windows)
    above_window = hu > _hu_of(BRAIN_WINDOW, WINDOW_FLOOR + HALF)
    inside_window = above_window & (hu < _hu_of(BRAIN_WINDOW, WINDOW_CEILING - HALF))
    brain_head, _ = head_of(above_window)
    head, tissue_counts = head_of(hu > _air_ceiling(windows))
    cell = cell_side(inside_window)
    mean, deviation, bright = statistics(np.ascontiguousarray(points[..., 0]))
    return SliceMeasures(
        brain_share=share(cell_counts(inside_window), brain_head, cell),
        head_share=share(tissue_counts, head, cell),
        mean_intensity=mean,
        contrast=deviation,
        bright_intensity=bright,
    )


def _air_ceiling(windows: Sequence[Window]) -> float:
    """Returns the HU at or below which is air; what the windows clip looks like their lowest edge."""
    lowest = min(windows, key=lambda window: window.lower)
    return max(AIR_CEILING_HU, _hu_of(lowest, WINDOW_FLOOR + HALF))


def _hu_of(window: Window, level: float) -> float:
    return window.lower + level * window.width / GREY_LEVELS
