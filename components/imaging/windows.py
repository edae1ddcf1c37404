"""Hounsfield units in the channels of an 8-bit picture, a window a channel, and back."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.imaging.intensity import GREY_LEVELS, Window, to_grey

__all__ = ["parse", "spell", "to_channels"]


def parse(text: str) -> tuple[Window, ...]:
    """Reads windows as "40/80 80/200": centre/width in HU, one a channel.

    Raises:
      ValueError: It is not of this form, or a width is not positive.
    Example:
      >>> [(window.lower, window.upper) for window in parse("40/80 80/200")]
      [(0.0, 80.0), (-20.0, 180.0)]
    """
    windows = []
    for part in text.split():
        try:
            centre, width = (float(number) for number in part.split("/"))
        except ValueError:
            raise ValueError(f"window must be centre/width in HU, such as 40/80, got {part!r}") from None
        windows.append(Window(centre, width))
    return tuple(windows)


def spell(windows: Sequence[Window]) -> str:
    """Returns what `parse` reads."""
    return " ".join(f"{window.centre:g}/{window.width:g}" for window in windows)


def to_channels(hu: npt.NDArray[np.floating], windows: Sequence[Window]) -> npt.NDArray[np.uint8]:
    """Returns each window of a slice as one channel.

    Args:
      hu: (rows, columns), HU, floating point.
      windows: One a channel.
    Returns:
      uint8 (rows, columns, channels): 0 at or below a window's lower edge, 255 at or above its upper.
    Example:
      A pixel of blood, 60 HU, in the windows of brain, subdural and bone:

      >>> to_channels(np.array([[60.0]]), parse("40/80 80/200 600/2800"))
      array([[[191, 102,  78]]], dtype=uint8)
    """
    return np.stack([to_grey(hu, window) for window in windows], axis=-1)


def to_hu(channels: npt.NDArray[np.uint8], windows: Sequence[Window]) -> npt.NDArray[np.float32]:
    """Returns the HU that channels show, each pixel from the narrowest window that does not clip it.

    The error is at most half a level of that window: 0.16 HU inside 40/80, 0.4 inside 80/200, 5.5 inside
    600/2800. What all windows clip comes out at the outermost edge.

    Args:
      channels: uint8 (rows, columns, channels), as `to_channels` made them.
      windows: One a channel.
    Returns:
      float32 (rows, columns), HU.
    """
    widest_first = sorted(range(len(windows)), key=lambda index: -windows[index].width)
    hu = np.empty(channels.shape[:2], np.float32)
    for place, index in enumerate(widest_first):
        window, levels = windows[index], channels[..., index]
        shown = levels * np.float32(window.width / GREY_LEVELS) + np.float32(window.lower)
        inside = (levels > 0) & (levels < GREY_LEVELS) if place else np.True_
        np.copyto(hu, shown, where=inside)
    return hu
