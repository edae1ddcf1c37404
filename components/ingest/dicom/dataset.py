"""Opening a DICOM file that nobody vouches for: bounded in memory, every failure told in one way."""

import io
import logging
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_file_meta_info
from pydicom.uid import ExplicitVRLittleEndian

from components.ingest.header import Reason, Rejection

PREAMBLE_BYTES = 128
MAGIC = b"DICM"
HEAD_BYTES = 1024  # hold the transfer syntax
# Files without preamble begin with a tag of group 0002 or 0008, in either byte order.
BARE_BEGINNINGS = (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08")
DEFLATED = b"1.2.840.10008.1.2.1.99"
META_LENGTH_BYTES = 12  # of the element that says how long the rest of the file meta information is
MOST_BYTES = 2**31  # of a file; an enhanced CT of 2,000 frames has 1 GB
MOST_INFLATED = 2**28  # of a deflated data set: an enhanced CT of 500 frames


class Unreadable(ValueError):
    """A file is no sound DICOM data set, or none of a CT slice; holds the rejection."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(str(reason))
        self.rejection = Rejection(reason, detail)


def looks_like_dicom(path: Path) -> bool:
    """Returns whether a file has DICOM's magic number behind the preamble."""
    try:
        with path.open("rb") as file:
            return file.read(PREAMBLE_BYTES + len(MAGIC))[PREAMBLE_BYTES:] == MAGIC
    except OSError:
        return False


def frames_of(path: Path) -> int:
    """Returns how many frames a file's header tells of; 1 where it is no DICOM file or does not say."""
    if not looks_like_dicom(path):
        return 1
    try:
        return int(open_dataset(path, ("NumberOfFrames",)).get("NumberOfFrames") or 1)
    except (Unreadable, ValueError):
        return 1


def open_dataset(path: Path, tags: Iterable[str] | None = None) -> Dataset:
    """Reads a data set.

    Args:
      path: Of the file.
      tags: Keywords of what is wanted, without the pixels; None reads all.
    Returns:
      The data set with its `file_meta`. Elements are parsed only when they are asked for, and may fail then.
    Raises:
      Unreadable: It cannot be read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise Unreadable(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__) from error
    _check_beginning(head, size)
    # pydicom quotes values in what it logs and warns of; they may be a patient's.
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    wanted = [tag_for_keyword(tag) or 0 for tag in tags] if tags is not None else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if DEFLATED in head:
                return _inflated(path, wanted)
            return pydicom.dcmread(
                path, force=True, stop_before_pixels=wanted is not None, specific_tags=wanted
            )
    except Unreadable:
        raise
    except OSError as error:
        raise Unreadable(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__) from error
    except Exception as error:
        raise damaged(error) from error


def damaged(error: Exception) -> Unreadable:
    """Returns what to raise for whatever a parser or a decoder stumbles over.

    They raise nearly anything on damaged files, and their messages quote values: the type's name alone is
    told.
    """
    reason = Reason.TRUNCATED if isinstance(error, EOFError) else Reason.CORRUPT
    return Unreadable(reason, type(error).__name__)


def _check_beginning(head: bytes, size: int) -> None:
    if not size:
        raise Unreadable(Reason.EMPTY)
    if size > MOST_BYTES:
        raise Unreadable(Reason.TOO_LARGE, f"{size} bytes, at most {MOST_BYTES} are read")
    if head[PREAMBLE_BYTES:].startswith(MAGIC) or head.startswith(BARE_BEGINNINGS):
        return
    if size < PREAMBLE_BYTES + len(MAGIC) and not head.strip(b"\0"):
        raise Unreadable(Reason.TRUNCATED, f"ends at byte {size}, within the preamble")
    raise Unreadable(Reason.NOT_AN_IMAGE, "begins unlike a DICOM file")


def _inflated(path: Path, wanted: list[int] | None) -> Dataset:
    meta = read_file_meta_info(path)
    start = PREAMBLE_BYTES + len(MAGIC) + META_LENGTH_BYTES + int(meta.FileMetaInformationGroupLength)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflater.decompress(path.read_bytes()[start:], MOST_INFLATED)
    if inflater.unconsumed_tail:
        raise Unreadable(Reason.TOO_LARGE, f"inflates to more than {MOST_INFLATED} bytes")
    if not inflater.eof:
        raise Unreadable(Reason.TRUNCATED, "ends within the deflated data set")
    dataset = read_dataset(io.BytesIO(data), False, True, specific_tags=wanted)
    dataset.file_meta = meta
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset
