"""Pictures with slices and words on them, for a person to judge by. Pillow alone."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from components.imaging.decode import Grey

THUMBNAIL = 128  # pixels a side; couch and gyri can still be told
GAP = 8  # pixels between thumbnails
LINE = 15  # pixels a line of text
TITLE = 28  # pixels a title row
TITLE_SIZE, TEXT_SIZE = 16, 12  # pixels
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

    def slice(self, left: int, top: int, shown: Thumbnail) -> None:
        """Puts a thumbnail down."""
        self._picture.paste(Image.fromarray(shown), (left, top))

    def png(self) -> bytes:
        """Returns the picture as an encoded PNG."""
        encoded = io.BytesIO()
        self._picture.save(encoded, "PNG")
        return encoded.getvalue()
