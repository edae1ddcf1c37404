"""Pictures with slices and words on them, for a person to judge by. Pillow alone."""

import dataclasses
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from components.imaging.decode import Grey

__all__ = [
    "FAINT",
    "GAP",
    "INK",
    "LINE",
    "THUMBNAIL",
    "TITLE",
    "WARNING",
    "Sheet",
    "Thumbnail",
    "Tile",
    "thumbnail",
    "tiled",
]

THUMBNAIL = 128  # pixels a side; couch and gyri can still be recognised
GAP = 8  # pixels between thumbnails
LINE = 15  # pixels a line of text
TITLE = 28  # pixels a title row
TITLE_SIZE, TEXT_SIZE = 16, 12  # pixels
FRAME = 3  # pixels of a slice's rim
PAPER, INK, FAINT, WARNING = (24, 24, 28), (235, 235, 235), (160, 160, 165), (255, 140, 90)

Thumbnail = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]


def thumbnail(grey: Grey) -> Thumbnail:
    """Returns a slice as uint8 (THUMBNAIL, THUMBNAIL), its proportions kept, black around it."""
    if grey.dtype == np.uint16:
        grey = (grey >> 8).astype(np.uint8)
    size = (THUMBNAIL, THUMBNAIL)
    return np.asarray(ImageOps.pad(Image.fromarray(grey), size, Image.Resampling.BOX))


class Sheet:
    """A picture that slices and words are put on; places are pixels from the left and the top."""

    def __init__(self, width: int, height: int) -> None:
        """Starts with blank paper."""
        self._picture = Image.new("RGB", (width, height), PAPER)
        self._pen = ImageDraw.Draw(self._picture)

    def title(self, left: int, top: int, text: str) -> None:
        """Writes a line in large letters."""
        self._pen.text((left, top), text, INK, ImageFont.load_default(TITLE_SIZE))

    def words(self, left: int, top: int, text: str, colour: Colour = INK) -> None:
        """Writes a line in small letters."""
        self._pen.text((left, top), text, colour, ImageFont.load_default(TEXT_SIZE))

    def slice(self, left: int, top: int, shown: Thumbnail, frame: Colour | None = None) -> None:
        """Puts a thumbnail down, its rim in a colour if one is given."""
        self._picture.paste(Image.fromarray(shown), (left, top))
        if frame:
            corner = (left + THUMBNAIL - 1, top + THUMBNAIL - 1)
            self._pen.rectangle(((left, top), corner), outline=frame, width=FRAME)

    def png(self) -> bytes:
        """Returns the picture as an encoded PNG."""
        encoded = io.BytesIO()
        self._picture.save(encoded, "PNG")
        return encoded.getvalue()


@dataclasses.dataclass(frozen=True)
class Tile:
    """A slice with what is to be said of it.

    Attributes:
      shown: The slice.
      lines: Below it, each with its colour.
      frame: Colour of a frame, for a slice to be seen at once.
    """

    shown: Thumbnail
    lines: tuple[tuple[str, Colour], ...]
    frame: Colour | None = None


def tiled(parts: Sequence[tuple[str, Sequence[Tile]]], columns: int, lines: int) -> bytes:
    """Returns slices in rows as an encoded PNG, those of each part below its title.

    Args:
      parts: Titles and slices.
      columns: Slices a row.
      lines: Of words below a slice, at most.
    """
    row_height = THUMBNAIL + lines * LINE + GAP
    rows = [max(1, -(-len(tiles) // columns)) for _, tiles in parts]
    sheet = Sheet(GAP + columns * (THUMBNAIL + GAP), GAP + sum(TITLE + row * row_height for row in rows))
    top = GAP
    for (title, tiles), row in zip(parts, rows, strict=True):
        sheet.title(GAP, top, title)
        top += TITLE
        if not tiles:
            sheet.words(GAP, top, "none", FAINT)
        for place, tile in enumerate(tiles):
            left = GAP + place % columns * (THUMBNAIL + GAP)
            upper = top + place // columns * row_height
            sheet.slice(left, upper, tile.shown, tile.frame)
            for number, (text, colour) in enumerate(tile.lines):
                sheet.words(left, upper + THUMBNAIL + number * LINE, text, colour)
        top += row * row_height
    return sheet.png()
