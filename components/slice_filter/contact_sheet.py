"""The slices nearest to the threshold, kept and dropped, on one picture to judge it by."""

import dataclasses
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from components.imaging.decode import Grey
from components.slice_filter.params import FilterParams
from components.slice_filter.rules import CLASSES, Reason

THUMBNAIL = 128  # pixels a side; couch and gyri can still be told
COLUMNS = 8
GAP = 8  # pixels between thumbnails
LINE = 15  # pixels a line of text
LINES = 3  # below a thumbnail
TITLE = 28  # pixels a title row
TITLE_SIZE, TEXT_SIZE = 16, 12  # pixels
PAPER, INK, FAINT, WARNING = (24, 24, 28), (235, 235, 235), (160, 160, 165), (255, 140, 90)


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
      thumbnail: (THUMBNAIL, THUMBNAIL), uint8.
    """

    distance: float
    slice_id: str
    split: str
    hemorrhage: int
    judged: Reason
    brain_share: float
    thumbnail: npt.NDArray[np.uint8] = dataclasses.field(compare=False)

    @property
    def rank(self) -> tuple[float, str]:
        """The nearest to the threshold comes first."""
        return self.distance, self.slice_id


def thumbnail(grey: Grey) -> npt.NDArray[np.uint8]:
    """Returns a slice as uint8 (THUMBNAIL, THUMBNAIL), its proportions kept, black around it."""
    if grey.dtype == np.uint16:
        grey = (grey >> 8).astype(np.uint8)
    size = (THUMBNAIL, THUMBNAIL)
    return np.asarray(ImageOps.pad(Image.fromarray(grey), size, Image.Resampling.BOX))


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
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    top = GAP
    for title, shown in halves:
        pen.text((GAP, top), title, INK, ImageFont.load_default(TITLE_SIZE))
        top += TITLE
        _draw_half(sheet, pen, shown, top, row_height)
        top += max(1, -(-len(shown) // COLUMNS)) * row_height
    encoded = io.BytesIO()
    sheet.save(encoded, "PNG")
    return encoded.getvalue()


def _draw_half(
    sheet: Image.Image, pen: ImageDraw.ImageDraw, shown: Sequence[Shown], top: int, row_height: int
) -> None:
    font = ImageFont.load_default(TEXT_SIZE)
    if not shown:
        pen.text((GAP, top), "none", FAINT, font)
    for place, one in enumerate(shown):
        left = GAP + place % COLUMNS * (THUMBNAIL + GAP)
        upper = top + place // COLUMNS * row_height
        sheet.paste(Image.fromarray(one.thumbnail), (left, upper))
        lines = (
            (f"brain share {one.brain_share:.4f}", INK),
            (f"{CLASSES[one.hemorrhage]}, {one.split}", WARNING if one.hemorrhage else FAINT),
            (one.judged.value.replace("_", " "), FAINT),
        )
        for number, (text, colour) in enumerate(lines):
            pen.text((left, upper + THUMBNAIL + number * LINE), text, colour, font)
