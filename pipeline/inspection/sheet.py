"""Slices of a folder on one picture, at random by class, and those that the slice filter would drop."""

import bisect
from operator import itemgetter

from components.imaging.decode import Grey
from components.imaging.sheet import FAINT, INK, WARNING, Tile, thumbnail, tiled
from components.slice_filter.rules import Reason
from pipeline.inspection.contents import Seen
from schemas.features import CLASSES

__all__ = ["ContactSheet"]

COLUMNS = 8
LINES = 3
DROPPED = "dropped"
UNLABELLED = "unlabelled"
TITLES = {UNLABELLED: "slices (labels cannot be used)", DROPPED: "would be dropped by the slice filter"}


class ContactSheet:
    """Keeps the slices of lowest rank of each part while all go by, so that its size does not grow.

    The pictures show no file name and no patient; the slices may.
    """

    def __init__(self, most: int) -> None:
        """Starts empty.

        Args:
          most: Slices a part.
        """
        self._most = most
        self._tiles: dict[str, list[tuple[int, Tile]]] = {}
        self._numbers: dict[str, int] = {}

    def offer(self, seen: Seen, grey: Grey) -> None:
        """Takes a slice into its class, and among the dropped ones if it is one."""
        label = seen.slice.hemorrhage
        self._offer(UNLABELLED if label is None else CLASSES[label], seen, grey)
        if seen.judged is not Reason.KEEP:
            self._offer(DROPPED, seen, grey)

    @property
    def shows_any(self) -> bool:
        """Whether there is a slice on it."""
        return bool(self._tiles)

    def _offer(self, part: str, seen: Seen, grey: Grey) -> None:
        self._numbers[part] = self._numbers.get(part, 0) + 1
        tiles = self._tiles.setdefault(part, [])
        if len(tiles) < self._most or seen.rank < tiles[-1][0]:
            bisect.insort(tiles, (seen.rank, _tile(seen, grey)), key=itemgetter(0))
            del tiles[self._most :]

    def png(self) -> bytes:
        """Returns the picture."""
        return tiled([(self._title(part), self._of(part)) for part in self._parts()], COLUMNS, LINES)

    def _parts(self) -> list[str]:
        return [part for part in (*reversed(CLASSES), UNLABELLED, DROPPED) if part in self._tiles]

    def _title(self, part: str) -> str:
        number, shown = self._numbers[part], len(self._tiles[part])
        which = f"all {number}" if shown == number else f"{shown} of {number} looked at, at random"
        return TITLES.get(part, part) + f": {which}"

    def _of(self, part: str) -> list[Tile]:
        return [tile for _, tile in self._tiles[part]]


def _tile(seen: Seen, grey: Grey) -> Tile:
    label, dropped = seen.slice.hemorrhage, seen.judged is not Reason.KEEP
    share = seen.measures.brain_share if seen.measures else 0.0
    name = "" if label is None else CLASSES[label]
    return Tile(
        thumbnail(grey),
        (
            (f"brain share {share:.4f}", INK),
            (", ".join(filter(None, (name, seen.slice.split))), WARNING if label else FAINT),
            (f"drop: {seen.judged}".replace("_", " ") if dropped else "keep", WARNING if dropped else FAINT),
        ),
        WARNING if dropped else None,
    )
