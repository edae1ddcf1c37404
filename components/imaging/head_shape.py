"""How the head lies in the picture: what a turned or flipped picture changes. Pure NumPy."""

import numpy as np
import numpy.typing as npt

from components.imaging.head import Counts, Mask

EVEN = 0.5  # of aspect and balance where there is no head: neither way


def aspect(head: Mask, counts: Counts) -> float:
    """Returns the head's extent along rows of that along both axes: above 0.5 for one longer than wide.

    Extents are standard deviations of the tissue's places, so that an ear or a headrest hardly counts.

    Args:
      head: Which cells belong to the head.
      counts: Each cell's tissue points.
    """
    down, across = (_spread(profile) for profile in _profiles(head, counts))
    return down / (down + across) if down + across > 0 else EVEN


def balance(head: Mask, counts: Counts) -> float:
    """Returns where the middle of the head's tissue lies between its uppermost (0) and lowest row (1).

    A picture that is turned by 180 degrees or flipped upside down gets 1 minus that. A head is broader at
    the back, which a usual picture shows below: above 0.5.

    Args:
      head: Which cells belong to the head.
      counts: Each cell's tissue points.
    """
    down, _ = _profiles(head, counts)
    places = np.flatnonzero(down)
    if not places.size:
        return EVEN
    first, last = int(places[0]), int(places[-1])
    middle = float(down @ np.arange(down.size)) / float(down.sum())
    return (middle - first + 0.5) / (last - first + 1)


def _profiles(head: Mask, counts: Counts) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    inside = np.where(head, counts, 0)
    return inside.sum(1, np.int64), inside.sum(0, np.int64)


def _spread(profile: npt.NDArray[np.int64]) -> float:
    total = float(profile.sum())
    if not total:
        return 0.0
    places = np.arange(profile.size)
    middle = float(profile @ places) / total
    return float(np.sqrt((profile @ (places - middle) ** 2) / total))
