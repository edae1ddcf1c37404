"""What one slice is once it is read: what it says of itself, its bytes as a record holds them, its pixels."""

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.imaging.content import SliceMeasures
from components.imaging.content_hu import measure_channels, measure_encoded
from components.imaging.decode import Grey, decode_grey
from components.imaging.intensity import Window
from components.slices.header import Header, Rejection
from components.slices.params import ReadingParams

__all__ = ["Pixels"]

PNG_EFFORT = 1  # zlib's level; run lengths find the clipped areas, and noise gets no smaller by more effort


@dataclass(frozen=True)
class Picture:
    """A slice of an image file, as it came but for what is said beside its pixels."""

    header: Header
    data: bytes
    windows: ClassVar[tuple[Window, ...]] = ()  # an exported image has lost its HU

    def encoded(self) -> bytes:
        """Returns the file's bytes, without what is said beside the pixels."""
        return self.data

    def grey(self) -> Grey:
        """Decodes it to (rows, columns); raises UndecodableImage."""
        return decode_grey(self.data)

    def look(self) -> tuple[SliceMeasures, Grey]:
        """Measures it, and returns it in grey beside; raises UndecodableImage."""
        return measure_encoded(self.data, ())


@dataclass(frozen=True)
class HuSlice:
    """A slice whose HU are known.

    Attributes:
      channels: uint8 (rows, columns, channels), a window each.
      windows: One or three; the first is the brain window.
    """

    channels: npt.NDArray[np.uint8]
    windows: tuple[Window, ...]

    @property
    def header(self) -> Header:
        """Of the PNG that `encoded` makes."""
        rows, columns, channels = self.channels.shape
        return Header("png", rows, columns, channels, bit_depth=8)

    def encoded(self) -> bytes:
        """Returns an 8-bit PNG with a channel a window."""
        file = io.BytesIO()
        Image.fromarray(self.channels[..., 0] if len(self.windows) == 1 else self.channels).save(
            file, "PNG", compress_level=PNG_EFFORT, compress_type=zlib.Z_RLE
        )
        return file.getvalue()

    def grey(self) -> Grey:
        """Returns the brain window."""
        return self.channels[..., 0]

    def look(self) -> tuple[SliceMeasures, Grey]:
        """Measures it on its HU."""
        return measure_channels(self.channels, self.windows), self.grey()


Pixels = Picture | HuSlice  # one slice, read and sound in its structure


@dataclass(frozen=True)
class SliceFile:
    """The file of one slice.

    Attributes:
      path: Of it.
      frame: Index of the slice in it; None in an image file.
      content: All its bytes, of an image file; a DICOM file is read in parts.
    """

    path: Path
    frame: int | None = None
    content: bytes = b""


class Format(Protocol):
    """A file format: how its files are recognised, and how a slice of one is read.

    Attributes:
      source: "image" where a file is a slice, "dicom" where headers give slices and HU.
      suffixes: Of the names of its files, lower case with their dot.
      signature: What its files begin with; of an image file it decides, whatever the name says.
    """

    source: str
    suffixes: frozenset[str]
    signature: bytes

    def read(self, file: SliceFile, params: ReadingParams) -> Pixels | Rejection:
        """Checks and reads one slice; of an image file `content` begins with the signature."""
