"""Slices as small pictures that stand in the page itself, with the heat map beside where there is one."""

import base64
import io
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from components.imaging.decode import Grey
from components.imaging.overlay import overlay

SIDE = 176  # pixels of a slice: a tile's width on a telephone
QUALITY = 72  # of WebP, 0..100: noise goes, edges stay

HeatMap = npt.NDArray[np.uint8]


def data_uri(grey: Grey, heat: HeatMap | None = None) -> str:
    """Returns a slice as the address of a picture that holds the picture itself.

    Args:
      grey: (rows, columns).
      heat: uint8 of the same size, 0..255; laid over a second copy at the right.
    Returns:
      "data:image/webp;base64,...", SIDE pixels high.
    """
    if grey.dtype == np.uint16:
        grey = (grey >> 8).astype(np.uint8)
    shown = [_fitted(Image.fromarray(grey).convert("RGB"))]
    if heat is not None and heat.shape == grey.shape:
        shown.append(_fitted(Image.fromarray(overlay(grey.astype(np.uint8), heat))))
    picture = Image.new("RGB", (SIDE * len(shown), SIDE))
    for place, part in enumerate(shown):
        picture.paste(part, (place * SIDE, 0))
    encoded = io.BytesIO()
    picture.save(encoded, "WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(encoded.getvalue()).decode("ascii")


def within(uris: Mapping[str, str], most_bytes: int) -> dict[str, str]:
    """Returns the pictures that fit into so many characters, the first of them first."""
    fitting, room = {}, most_bytes
    for name, uri in uris.items():
        if len(uri) <= room:
            room -= len(uri)
            fitting[name] = uri
    return fitting


def _fitted(picture: Image.Image) -> Image.Image:
    return ImageOps.pad(picture, (SIDE, SIDE), Image.Resampling.BICUBIC)
