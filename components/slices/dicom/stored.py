"""The stored values of one frame: its bytes found, held against the header, and decoded."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from components.slices.dicom import pixel_data
from components.slices.dicom.codestream import claimed_size, is_whole
from components.slices.dicom.dataset import Opened, open_header, value_of
from components.slices.dicom.decoder import decoder
from components.slices.dicom.decoder_process import DECODED
from components.slices.dicom.unreadable import Unreadable, as_unreadable
from components.slices.files import stamp_of
from components.slices.header import Reason, Rejection

TAGS = (
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated",
    "BitsStored", "PixelRepresentation",
)  # fmt: skip
BITS_ALLOCATED = (8, 16, 32)
MOST_CODED = 2  # times the pixels' own bytes; noise that does not compress takes a tenth more
CODED_SLACK_BYTES = 2**16  # tables and comments, which small pictures have too
PLAIN = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a header says that pixels are stored; named by the standard's attributes."""

    rows: int
    columns: int
    frames: int
    bits_allocated: int
    bits_stored: int
    signed: bool

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame that is not compressed."""
        return self.rows * self.columns * self.bits_allocated // 8


@dataclasses.dataclass(frozen=True)
class Frames:
    """The frames of a file, ready to be read one by one.

    Attributes:
      opened: The file.
      layout: Of its pixels.
      syntax: Its transfer syntax.
      spans: Where the bytes of each frame lie.
    """

    opened: Opened
    layout: Layout
    syntax: UID
    spans: Sequence[Sequence[pixel_data.Span]]

    def read(self, frame: int) -> npt.NDArray[np.integer]:
        """Returns a frame, (rows, columns), integers as stored; to be called within `as_unreadable`.

        Raises:
          Unreadable: It cannot be decoded, or is not what the header says.
        """
        layout = self.layout
        most = MOST_CODED * layout.frame_bytes + CODED_SLACK_BYTES
        with self.opened.stream() as stream:
            data = pixel_data.read(stream, self.spans[frame], most)
        if self.syntax in PLAIN:
            order = ">" if self.syntax == ExplicitVRBigEndian else "<"
            kind = f"{order}{'i' if layout.signed else 'u'}{layout.bits_allocated // 8}"
            return np.frombuffer(data, kind).reshape(layout.rows, layout.columns)
        if self.syntax != RLELossless:
            _check_claim(data, layout)
        return decoder.decode(
            data,
            syntax=str(self.syntax),
            rows=layout.rows,
            columns=layout.columns,
            bits_allocated=layout.bits_allocated,
            bits_stored=layout.bits_stored,
            pixel_representation=int(layout.signed),
        )


def open_frames(path: Path, tags: tuple[str, ...]) -> Frames | Rejection:
    """Opens a file, or says why it cannot be; the same file is not opened twice in a row.

    Args:
      path: Of the file.
      tags: Keywords of what else is wanted of its header.
    """
    try:
        with as_unreadable():
            return _frames(path, stamp_of(path), tags)
    except Unreadable as error:
        return error.rejection


@functools.lru_cache(maxsize=1)  # the frames of one file are read one after the other
def _frames(path: Path, changed: object, tags: tuple[str, ...]) -> Frames | Rejection:
    del changed
    try:
        with as_unreadable():
            opened = open_header(path, (*TAGS, *tags))
            return Frames(opened, *_spans(opened))
    except Unreadable as error:
        return error.rejection


def require_room(opened: Opened) -> None:
    """Checks by the header alone that a file may hold the frames that it states.

    Raises:
      Unreadable: It ends too early for them.
    """
    pixels = pixel_data.locate(opened)
    layout = _layout(opened.header)
    least = pixel_data.FRAGMENT_HEADER_BYTES if pixels.encapsulated else layout.frame_bytes
    if pixels.length < layout.frames * least:
        raise Unreadable(
            Reason.TRUNCATED,
            f"{pixels.length} bytes of pixel data, {layout.frames} frames of {least} or more",
        )


def _spans(opened: Opened) -> tuple[Layout, UID, Sequence[Sequence[pixel_data.Span]]]:
    require_room(opened)
    layout, syntax = _layout(opened.header), _syntax(opened.header)
    if syntax not in PLAIN and syntax not in DECODED:
        raise Unreadable(Reason.UNSUPPORTED_CODING, "transfer syntax")
    pixels = pixel_data.locate(opened)
    if pixels.encapsulated == (syntax in PLAIN):
        raise Unreadable(Reason.CORRUPT, "pixel data of another transfer syntax than the header's")
    if layout.rows < 1 or layout.columns < 1:
        raise Unreadable(Reason.BAD_DIMENSIONS, f"{layout.columns} x {layout.rows} pixels")
    if layout.bits_allocated not in BITS_ALLOCATED or not 1 <= layout.bits_stored <= layout.bits_allocated:
        raise Unreadable(
            Reason.UNSUPPORTED_CODING, f"{layout.bits_stored} bits in {layout.bits_allocated} a pixel"
        )
    if pixels.encapsulated:
        with opened.stream() as stream:
            offsets, fragments = pixel_data.fragments(stream, pixels)
            return layout, syntax, pixel_data.of_frames(stream, offsets, fragments, layout.frames)
    if syntax == ExplicitVRBigEndian and layout.bits_allocated == 8:
        raise Unreadable(Reason.UNSUPPORTED_CODING, "big endian of 8 bits")  # two pixels swapped in a word
    size = layout.frame_bytes
    if pixels.length >= (layout.frames + 1) * size:
        raise Unreadable(
            Reason.CORRUPT, f"{pixels.length} bytes of pixel data, {layout.frames} frames of {size}"
        )
    return layout, syntax, [[(pixels.start + index * size, size)] for index in range(layout.frames)]


def _layout(header: Dataset) -> Layout:
    allocated = _whole(header, "BitsAllocated")
    return Layout(
        rows=_whole(header, "Rows"),
        columns=_whole(header, "Columns"),
        frames=_whole(header, "NumberOfFrames") or 1,
        bits_allocated=allocated,
        bits_stored=_whole(header, "BitsStored") or allocated,
        signed=_whole(header, "PixelRepresentation") == 1,
    )


def _whole(header: Dataset, name: str) -> int:
    return int(value_of(header, name) or 0)


def _syntax(header: Dataset) -> UID:
    """Returns the transfer syntax; of a file without meta information that which its data set is read by."""
    transfer_syntax = header.file_meta.get("TransferSyntaxUID")
    if transfer_syntax:
        return UID(str(transfer_syntax))
    is_implicit, is_little_endian = header.original_encoding
    plain = ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian
    return plain if is_little_endian else ExplicitVRBigEndian


def _check_claim(data: bytes, layout: Layout) -> None:
    claimed = claimed_size(data)
    if claimed is None:
        raise Unreadable(Reason.CORRUPT, "pixel data that do not begin like a picture")
    if claimed != (layout.rows, layout.columns, 1):
        raise Unreadable(Reason.CORRUPT, "pixel data of another size than the header's")
    if not is_whole(data):
        raise Unreadable(Reason.TRUNCATED, "pixel data that end before their end marker, or lack tiles")
