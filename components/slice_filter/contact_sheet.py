"""The slices nearest to the threshold, kept and dropped, on one picture to judge it by."""

import dataclasses
from collections.abc import Sequence

from components.imaging.sheet import FAINT, GAP, INK, LINE, THUMBNAIL, TITLE, WARNING, Sheet, Thumbnail
from components.slice_filter.params import FilterParams
from components.slice_filter.rules import CLASSES, Reason

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
    width = GAP + COLUMNS * (THUMBNAIL + GAP)
    row_height = THUMBNAIL + LINES * LINE + GAP
    height = GAP + sum(TITLE + max(1, -(-len(shown) // COLUMNS)) * row_height for _, shown in halves)
    sheet = Sheet(width, height)
    top = GAP
    for title, shown in halves:
        sheet.title(GAP, top, title)
        top += TITLE
        _draw_half(sheet, shown, top, row_height)
        top += max(1, -(-len(shown) // COLUMNS)) * row_height
    return sheet.png()


def _draw_half(sheet: Sheet, shown: Sequence[Shown], top: int, row_height: int) -> None:
    if not shown:
        sheet.words(GAP, top, "none", FAINT)
    for place, one in enumerate(shown):
        left = GAP + place % COLUMNS * (THUMBNAIL + GAP)
        upper = top + place // COLUMNS * row_height
        sheet.slice(left, upper, one.thumbnail)
        lines = (
            (f"brain share {one.brain_share:.4f}", INK),
            (f"{CLASSES[one.hemorrhage]}, {one.split}", WARNING if one.hemorrhage else FAINT),
            (one.judged.value.replace("_", " "), FAINT),
        )
        for number, (text, colour) in enumerate(lines):
            sheet.words(left, upper + THUMBNAIL + number * LINE, text, colour)
