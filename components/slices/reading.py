"""What one slice is once it is read: what it says of itself, its bytes as a record holds them, its pixels."""

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.imaging.content import SliceMeasures
from components.imaging.content_hu import measure_channels, measure_encoded
from components.imaging.decode import Grey, decode_grey
from components.imaging.intensity import Window
from components.slices.header import Header, Rejection
from components.slices.params import ReadingParams

PNG_EFFORT = 1  # zlib's level; run lengths find the clipped areas, and noise gets no smaller by more effort


class Pixels(Protocol):
    """One slice, read and sound in its structure."""

    @property
    def header(self) -> Header:
        """What `encoded` says of itself."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """Of HU, that its channels show; none where HU are not known."""

    def encoded(self) -> bytes:
        """Returns the PNG or JPEG that a record holds."""

    def grey(self) -> Grey:
        """Returns it as a person sees it, (rows, columns); raises `UndecodableImage`."""

    def look(self) -> tuple[SliceMeasures, Grey]:
        """Measures it, and returns `grey` beside; raises `UndecodableImage`."""


@dataclass(frozen=True)
class Picture:
    """A slice of an image file, as it came but for what is said beside its pixels."""

    header: Header
    data: bytes

    @property
    def windows(self) -> tuple[Window, ...]:
        """None: an exported image has lost its HU."""
        return ()

    def encoded(self) -> bytes:
        """Returns the file's bytes, without what is said beside the pixels."""
        return self.data

    def grey(self) -> Grey:
        """Decodes it."""
        return decode_grey(self.data)

    def look(self) -> tuple[SliceMeasures, Grey]:
        """Decodes and measures it."""
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
      source: "image" where a file is a slice, "dicom" where headers tell slices and HU.
      suffixes: Of the names of its files, lower case with their dot.
      signature: What its files begin with; of an image file it decides, whatever the name says.
    """

    @property
    def source(self) -> str: ...  # noqa: D102

    @property
    def suffixes(self) -> frozenset[str]: ...  # noqa: D102

    @property
    def signature(self) -> bytes: ...  # noqa: D102

    def read(self, file: SliceFile, params: ReadingParams) -> Pixels | Rejection:
        """Checks and reads one slice; of an image file `content` begins with the signature."""
