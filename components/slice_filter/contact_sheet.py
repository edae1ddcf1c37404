"""The slices nearest to the threshold, kept and dropped, on one picture to judge it by."""

import dataclasses
from collections.abc import Sequence

from components.imaging.sheet import FAINT, INK, WARNING, Thumbnail, Tile, tiled
from components.slice_filter.params import FilterParams
from components.slice_filter.rules import Reason
from schemas.features import CLASSES

__all__ = ["COLUMNS", "LINES"]

COLUMNS = 8
LINES = 3  # below a thumbnail


@dataclasses.dataclass(frozen=True)
class Shown:
    """One slice of the contact sheet.

    Attributes:
      distance: Of the slice's brain share from the threshold.
      slice_id: Orders equal distances; not shown.
      split: Name of the split.
      hemorrhage: 0 or 1.
      judged: What the filter thinks of it.
      brain_share: 0..1.
      thumbnail: As `sheet.thumbnail` makes it.
    """

    distance: float
    slice_id: str
    split: str
    hemorrhage: int
    judged: Reason
    brain_share: float
    thumbnail: Thumbnail = dataclasses.field(compare=False)

    @property
    def rank(self) -> tuple[float, str]:
        """The nearest to the threshold comes first."""
        return self.distance, self.slice_id


def draw(kept: Sequence[Shown], dropped: Sequence[Shown], params: FilterParams) -> bytes:
    """Returns the contact sheet as an encoded PNG: the kept half above, the dropped half below."""
    off = "" if params.enabled else " (the filter is switched off: all were kept)"
    halves = (
        (f"kept, nearest to filter.min_brain_share = {params.min_brain_share:g} first", kept),
        (f"dropped, nearest to it first{off}", dropped),
    )
    return tiled(
        [(title, [_tile(shown_slice) for shown_slice in shown]) for title, shown in halves], COLUMNS, LINES
    )


def _tile(shown_slice: Shown) -> Tile:
    return Tile(
        shown_slice.thumbnail,
        (
            (f"brain share {shown_slice.brain_share:.4f}", INK),
            (
                f"{CLASSES[shown_slice.hemorrhage]}, {shown_slice.split}",
                WARNING if shown_slice.hemorrhage else FAINT,
            ),
            (shown_slice.judged.value.replace("_", " "), FAINT),
        ),
    )
