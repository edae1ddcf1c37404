"""What a slice shows whose HU are known: the measures of `content` without guessing. Pure NumPy."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.imaging.content import WINDOW_CEILING, WINDOW_FLOOR, SliceMeasures, measure, measure_masks
from components.imaging.decode import Grey, decode_channels, decode_grey
from components.imaging.head import cell_side, head_of, lattice, points_of, share
from components.imaging.intensity import BRAIN_WINDOW, GREY_LEVELS, Window
from components.imaging.windows import to_hu

__all__ = ["measure_channels", "measure_encoded"]

AIR_CEILING_HU = -200.0  # fat is -100 and lung -500 or less; a foam headrest is air too
HU_SHARES = (0.01, 0.99)  # percentiles that low_hu and high_hu are
HALF = 0.5  # of a level: what came out of a level, rounded, lies clearly on one side


def measure_encoded(encoded: bytes, windows: Sequence[Window]) -> tuple[SliceMeasures, Grey]:
    """Measures an encoded slice, on its HU where they are known.

    Args:
      encoded: A whole PNG or JPEG.
      windows: Of HU, that its channels show; none where HU are not known.
    Returns:
      The measures, and the slice in grey as a person sees it: its brain window, which is the first of them.
    Raises:
      UndecodableImage: It does not decode.
    """
    if not windows:
        grey = decode_grey(encoded)
        return measure(grey), grey
    channels = decode_channels(encoded, len(windows))
    return measure_channels(channels, windows), channels[..., 0]


def measure_channels(channels: npt.NDArray[np.uint8], windows: Sequence[Window]) -> SliceMeasures:
    """Measures what a slice shows on its HU: air is dark and black is air, so nothing is guessed.

    The brain is where `content.measure` sees it in a brain window, and all but three measures are what it
    says. `head_share`, `low_hu` and `high_hu` are of all that is denser than `AIR_CEILING_HU`, fat included.
    Intensities are those of the first channel.

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
    planes = [lattice(channels[..., channel]) for channel in range(len(windows))]  # three times as fast
    hu = to_hu(np.moveaxis(np.stack(planes), 0, -1), windows)
    above_window = hu > _hu_of(BRAIN_WINDOW, WINDOW_FLOOR + HALF)
    inside_window = above_window & (hu < _hu_of(BRAIN_WINDOW, WINDOW_CEILING - HALF))
    clipped = (WINDOW_FLOOR, WINDOW_CEILING)
    by_window = measure_masks(channels[..., 0], planes[0], above_window, inside_window, clipped)
    dense = hu > _air_ceiling(windows)
    head, dense_counts = head_of(dense)
    low_hu, high_hu = _range(hu[dense & points_of(head, dense.shape)], AIR_CEILING_HU)
    return dataclasses.replace(
        by_window,
        head_share=share(dense_counts, head, cell_side(*dense.shape)),
        low_hu=low_hu,
        high_hu=high_hu,
    )


def _range(hu: npt.NDArray[np.float32], lowest: float) -> tuple[float, float] | tuple[None, None]:
    """Returns the percentiles `HU_SHARES` to a whole HU, which a count tells faster than a sort."""
    if not hu.size:
        return None, None
    below = np.bincount((hu - np.float32(lowest)).astype(np.int32)).cumsum()
    low, high = np.searchsorted(below, np.array(HU_SHARES) * hu.size)
    return float(low + lowest), float(high + lowest)


def _air_ceiling(windows: Sequence[Window]) -> float:
    """Returns the HU at or below which is air; what the windows clip looks like their lowest edge."""
    lowest = min(windows, key=lambda window: window.lower)
    return max(AIR_CEILING_HU, _hu_of(lowest, WINDOW_FLOOR + HALF))


def _hu_of(window: Window, level: float) -> float:
    return window.lower + level * window.width / GREY_LEVELS
