"""How alike two slices are, whatever their files are: a hash of 256 bits, and a closer look."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.imaging.decode import Grey, UndecodableImage, opened

__all__ = [
    "CLOSER_SIDE",
    "SIDE",
    "Steps",
    "Thumbnails",
    "brightness_steps",
    "closer_look",
    "edge_correlation",
    "steps_of_grey",
]

SIDE = 16  # of the grid of brightness steps: 256 bits
FLAT_BITS = 24  # a picture with fewer steps is blank, and alike to all blank ones of all patients
CLOSER_SIDE = 64  # of the thumbnail that edges are compared on; at 32 two patients' heads look too alike

Steps = npt.NDArray[np.bool_]
Thumbnails = npt.NDArray[np.uint8]


def brightness_steps(data: bytes) -> Steps | None:
    """Tells for each of 256 places of an image whether it gets brighter to the right.

    A JPEG is decoded at an eighth of its size, which is quick, and moves some ten steps beside those of the
    same pixels in a PNG.

    Args:
      data: An encoded image.
    Returns:
      bool (256,), or None for what is blank or cannot be decoded.
    Source: the difference hash, N. Krawetz, "Kind of Like That" (2013), at 16 x 16.
    """
    try:
        with opened(data) as image:
            image.draft("L", (4 * SIDE, 4 * SIDE))
            return _steps(image)
    except UndecodableImage:
        return None


def steps_of_grey(grey: Grey) -> Steps | None:
    """Tells the same of pixels, which were decoded in full: equal for equal pixels, whatever the file was.

    Args:
      grey: (rows, columns).
    Returns:
      bool (256,), or None for what is blank.
    """
    return _steps(Image.fromarray(grey))


def closer_look(grey: Grey) -> Thumbnails:
    """Returns a slice as uint8 (CLOSER_SIDE, CLOSER_SIDE), means of the pixels, stretched to a square."""
    if grey.dtype == np.uint16:
        grey = (grey >> 8).astype(np.uint8)
    size = (CLOSER_SIDE, CLOSER_SIDE)
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))


def edge_correlation(ours: Thumbnails, theirs: Thumbnails) -> npt.NDArray[np.float32]:
    """Tells how well the edges of pairs of slices agree: 1 for the same picture, about 0 for any two.

    The edges are the differences to the right and downwards. Brightness, and a factor on it, make no
    difference; a flat picture correlates with nothing.

    Args:
      ours: uint8 (pairs, CLOSER_SIDE, CLOSER_SIDE), of `closer_look`.
      theirs: Shaped like `ours`.
    Returns:
      float32 (pairs,), -1..1.
    Source: the cosine of the angle between both pictures' discrete gradients.
    """
    our_edges, their_edges = _edges(ours), _edges(theirs)
    length = np.sqrt((our_edges * our_edges).sum(axis=1) * (their_edges * their_edges).sum(axis=1))
    return np.asarray((our_edges * their_edges).sum(axis=1) / np.maximum(length, 1), np.float32)


def _steps(image: Image.Image) -> Steps | None:
    grey = image.convert("F") if image.mode.startswith("I") else image.convert("L")
    small = grey.resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    brightness = np.asarray(small, dtype=np.float32)
    steps = (brightness[:, 1:] > brightness[:, :-1]).ravel()
    return steps if FLAT_BITS <= steps.sum() <= steps.size - FLAT_BITS else None


def _edges(thumbnails: Thumbnails) -> npt.NDArray[np.float32]:
    values = thumbnails.astype(np.float32)
    right = np.diff(values, axis=2)[:, :-1].reshape(len(values), -1)
    down = np.diff(values, axis=1)[:, :, :-1].reshape(len(values), -1)
    return np.concatenate([right, down], axis=1)
