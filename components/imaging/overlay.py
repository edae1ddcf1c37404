"""A heat map laid over a grey slice, and the scale of its colours.

Colours are those of the map "Inferno", which gets lighter from end to end, for every kind of colour vision
and in greyscale. What is weak is see-through; a rim in black and white runs around what is above half.
"""

import functools

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from plotly.colors import sample_colorscale
from scipy import ndimage

__all__ = ["Grey", "overlay", "with_colour_bar"]

Grey = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]

LEVELS = 256  # of a heat map
STRONGEST = 0.7  # opacity where the heat is highest: the slice is to be seen everywhere
FADING = 1.5  # power of heat that opacity goes by; at 1 the scale's dark end dims what it lies over
RIM_AT = 128  # level around which the rim runs
BAR_WIDTH, TEXT_WIDTH = 16, 34  # pixels
TICKS = (0.0, 0.5, 1.0)
TICK = 4  # pixels of a tick's line
MARGIN = 8  # pixels above and below the scale, half a letter
TEXT_SIZE = 12  # pixels
INK, PAPER = (235, 235, 235), (24, 24, 28)
UNDER_BAR = 110  # grey that the scale is laid over, as brain in its window


@functools.cache
def colours() -> Colours:
    """Returns the colour of each level, uint8 (256, 3), red, green and blue, dark to light.

    Source: plotly's copy of matplotlib's "inferno" (N. Smith and S. van der Walt, 2015).
    """
    sampled = np.array(sample_colorscale("Inferno", LEVELS, colortype="tuple"))
    return (sampled * 255).round().astype(np.uint8)


def overlay(image: Grey, heat: Grey) -> Colours:
    """Lays a heat map over a slice.

    Args:
      image: uint8 (rows, columns), the slice.
      heat: uint8 (rows, columns), 0 for nothing, 255 for the strongest.
    Returns:
      uint8 (rows, columns, 3); where heat is 0 the slice as it was.
    Raises:
      TypeError: One of them is not uint8.
      ValueError: They are not of one size, or not of two dimensions.
    """
    for name, array in (("image", image), ("heat", heat)):
        if array.dtype != np.uint8:
            raise TypeError(f"overlay: {name} must be uint8, got {array.dtype}")
    if image.ndim != 2 or image.shape != heat.shape:
        raise ValueError(
            f"overlay: image and heat must be of one size (rows, columns), got {image.shape} and {heat.shape}"
        )
    blended = _blended(image, heat)
    inner, outer = _rims(heat >= RIM_AT)
    blended[outer] = 0
    blended[inner] = 255
    return blended


def colour_bar(height: int) -> Colours:
    """Returns the scale with ticks at 0, 0.5 and 1, the highest on top, as it looks over brain.

    Args:
      height: Pixels.
    Returns:
      uint8 (height, BAR_WIDTH + TEXT_WIDTH, 3).
    """
    picture = Image.new("RGB", (BAR_WIDTH + TEXT_WIDTH, height), PAPER)
    length = max(height - 2 * MARGIN, 2)
    levels = np.linspace(LEVELS - 1, 0, length).round().astype(np.uint8)
    heat = np.repeat(levels[:, np.newaxis], BAR_WIDTH, axis=1)
    picture.paste(Image.fromarray(_blended(np.full_like(heat, UNDER_BAR), heat)), (0, MARGIN))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(TEXT_SIZE)
    for tick in TICKS:
        y = MARGIN + round((1 - tick) * (length - 1))
        pen.line(((BAR_WIDTH, y), (BAR_WIDTH + TICK - 1, y)), INK)
        pen.text((BAR_WIDTH + TICK + 3, y), f"{tick:g}", INK, font, anchor="lm")
    return np.asarray(picture)


def with_colour_bar(overlaid: Colours) -> Colours:
    """Returns a picture, uint8 (rows, columns, 3), with the scale at its right, of the same height."""
    gap = np.full((len(overlaid), MARGIN, 3), PAPER, np.uint8)
    return np.concatenate([overlaid, gap, colour_bar(len(overlaid))], axis=1)


def _blended(image: Grey, heat: Grey) -> Colours:
    opacity = STRONGEST * (heat[..., np.newaxis] / (LEVELS - 1)) ** FADING
    mixed = (1 - opacity) * image[..., np.newaxis] + opacity * colours()[heat]
    return mixed.round().astype(np.uint8)


def _rims(inside: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Returns the outermost pixels of a region, and the pixels outside that touch it, by sides."""
    return inside & ~ndimage.binary_erosion(inside), ~inside & ndimage.binary_dilation(inside)
