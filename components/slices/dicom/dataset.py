"""Opening an untrusted DICOM file: bounded in memory, every failure raised as one type."""

import contextlib
import dataclasses
import functools
import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian

from components.slices.dicom.bounded import Bounded
from components.slices.dicom.unreadable import Unreadable, as_unreadable
from components.slices.files import open_regular, size_of
from components.slices.header import Reason

PREAMBLE_BYTES = 128
MAGIC = b"DICM"
HEAD_BYTES = 1024  # hold the transfer syntax
# Files without preamble begin with a tag of group 0002 or 0008, in either byte order.
BARE_BEGINNINGS = (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08")
DEFLATED = b"1.2.840.10008.1.2.1.99"
META_LENGTH = struct.Struct("<HH2sHI")  # the element that says how long the rest of the meta information is
PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})  # float, double and plain pixel data
ELEMENT_HEAD_BYTES = 12  # at most: tag, VR, length
ITEM_TAGS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")  # in either byte order
MOST_BYTES = 2**31  # of a file; an enhanced CT of 2,000 frames has 1 GB
MOST_INFLATED = 2**27  # of a deflated data set: an enhanced CT of 250 frames
MOST_VALUE_BYTES = 2**17  # of an element that is no sequence: a lookup table of 65,536 entries
MOST_ITEMS = 2**17  # of a sequence and those in it; each takes 1.2 kB of memory


@dataclasses.dataclass(frozen=True)
class Opened:
    """A DICOM file whose header is read and whose pixels are not.

    Attributes:
      path: Of the file.
      header: The elements requested, with `file_meta`; elements are parsed on access, which may fail
        then.
      size: Bytes of the file, or of what was deflated in it.
      pixels_at: Where the pixel data's element begins, or None where there is none.
      pixels_head: The first bytes of that element.
      inflated: What was deflated, or None.
    """

    path: Path
    header: Dataset
    size: int
    pixels_at: int | None
    pixels_head: bytes
    inflated: bytes | None = None

    def stream(self) -> BinaryIO:
        """Opens the bytes that `size` counts."""
        return open_regular(self.path) if self.inflated is None else io.BytesIO(self.inflated)


def looks_like_dicom(path: Path) -> bool:
    """Returns whether a file has DICOM's magic number behind the preamble."""
    try:
        with open_regular(path) as file:
            return file.read(PREAMBLE_BYTES + len(MAGIC))[PREAMBLE_BYTES:] == MAGIC
    except OSError:
        return False


def frames_of(path: Path) -> int:
    """Returns how many frames a file's header states; 1 where it is no DICOM file or does not say."""
    if not looks_like_dicom(path):
        return 1
    try:
        with as_unreadable():
            return int(value_of(open_header(path, ("NumberOfFrames",)).header, "NumberOfFrames") or 1)
    except Unreadable:
        return 1


def open_header(path: Path, tags: Iterable[str]) -> Opened:
    """Reads what is wanted of a file's header; to be called within `as_unreadable`.

    Args:
      path: Of the file.
      tags: Keywords of what is wanted.
    Raises:
      Unreadable: It is no DICOM file.
    """
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    wanted: list[BaseTag | int] = [_tag_of(tag) for tag in tags]
    with open_regular(path) as file:
        head, size = file.read(HEAD_BYTES), size_of(file)
        _check_beginning(head, size)
        if DEFLATED in head:
            return _open_deflated(path, file, wanted)
        file.seek(0)
        stream = Bounded(file, size)
        with _in_measure(stream):
            header = pydicom.dcmread(
                stream,  # type: ignore[arg-type]
                force=True,
                stop_before_pixels=True,
                specific_tags=wanted,
            )
        return Opened(path, header, size, *_pixels_at(stream))


@contextlib.contextmanager
def _in_measure(stream: Bounded) -> Iterator[None]:
    try:
        yield
    except Exception:
        stream.require_measure()
        raise


def value_of(dataset: Dataset, name: str) -> Any:
    """Returns the value of an element that is no sequence, or None.

    Raises:
      Unreadable: It is too long to be meant.
    """
    tag, raw = _raw(dataset, name)
    if len(raw) > MOST_VALUE_BYTES:
        raise Unreadable(Reason.TOO_LARGE, f"an element of {len(raw)} bytes")
    return dataset[tag].value if tag in dataset else None


def items_of(dataset: Dataset, name: str) -> Sequence[Dataset]:
    """Returns the items of a sequence, none where there is no such sequence.

    Raises:
      Unreadable: They are too many to be meant.
    """
    tag, raw = _raw(dataset, name)
    if max(map(raw.count, ITEM_TAGS)) > MOST_ITEMS:
        raise Unreadable(Reason.TOO_LARGE, f"a sequence of more than {MOST_ITEMS} items")
    return (dataset[tag].value if tag in dataset else None) or ()


def _raw(dataset: Dataset, name: str) -> tuple[BaseTag, bytes]:
    """Returns an element's tag, and its bytes where it has not been parsed yet."""
    tag = _tag_of(name)
    element = dataset.get_item(tag) if tag in dataset else None
    return tag, (element.value if isinstance(element, RawDataElement) else None) or b""


@functools.cache
def _tag_of(keyword: str) -> BaseTag:
    return BaseTag(tag_for_keyword(keyword) or 0)


def _check_beginning(head: bytes, size: int) -> None:
    if not size:
        raise Unreadable(Reason.EMPTY)
    if size > MOST_BYTES:
        raise Unreadable(Reason.TOO_LARGE, f"{size} bytes, at most {MOST_BYTES} are read")
    if head[PREAMBLE_BYTES:].startswith(MAGIC) or head.startswith(BARE_BEGINNINGS):
        return
    if not head[:PREAMBLE_BYTES].strip(b"\0") and MAGIC.startswith(head[PREAMBLE_BYTES:]):
        raise Unreadable(Reason.TRUNCATED, f"ends at byte {size}, within the preamble")
    raise Unreadable(Reason.NOT_AN_IMAGE, "begins unlike a DICOM file")


def _pixels_at(stream: Bounded) -> tuple[int | None, bytes]:
    """Returns where the parser stopped, if that is before pixels, and what stands there."""
    at = stream.tell()
    if stream.is_short:
        raise Unreadable(Reason.TRUNCATED, f"ends within an element that begins before byte {at}")
    head = stream.read(ELEMENT_HEAD_BYTES)
    return (at if {_tag(head[:4], "<"), _tag(head[:4], ">")} & PIXELS else None), head


def _tag(data: bytes, order: str) -> int:
    group, element = struct.unpack(f"{order}HH", data) if len(data) == 4 else (0, 0)
    return int(group) << 16 | int(element)


def _open_deflated(path: Path, file: BinaryIO, wanted: list[BaseTag | int]) -> Opened:
    file.seek(PREAMBLE_BYTES + len(MAGIC))
    *_, length = META_LENGTH.unpack(file.read(META_LENGTH.size))
    meta = FileMetaDataset(read_dataset(io.BytesIO(file.read(min(length, MOST_VALUE_BYTES))), False, True))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = _inflated(file)
    stream = Bounded(io.BytesIO(data), len(data))
    with _in_measure(stream):
        header = read_dataset(
            stream,  # type: ignore[arg-type]
            is_implicit_VR=False,
            is_little_endian=True,
            stop_when=lambda tag, *_: tag in PIXELS,
            specific_tags=wanted,
        )
    header.file_meta = meta
    header.set_original_encoding(False, True)
    return Opened(path, header, len(data), *_pixels_at(stream), data)


def _inflated(file: BinaryIO) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = io.BytesIO()
    while not inflater.eof:
        deflated = inflater.unconsumed_tail or file.read(HEAD_BYTES)
        inflated = inflater.decompress(deflated, 2 * HEAD_BYTES * HEAD_BYTES)
        if not deflated and not inflated:
            raise Unreadable(Reason.TRUNCATED, "ends within the deflated data set")
        if data.tell() + len(inflated) > MOST_INFLATED:
            raise Unreadable(Reason.TOO_LARGE, f"inflates to more than {MOST_INFLATED} bytes")
        data.write(inflated)
    return data.getvalue()
