"""What the headers of many DICOM files say about whose they are; no pixel is read."""

import dataclasses
import io
import itertools
import logging
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag

from components.public_sets.contents import Progress

# Threads wait for the disk, but parsing holds the interpreter lock: in several threads it costs more.
READERS = 8
FILES_A_TASK = 100
FILES_A_BLOCK = 1000  # read ahead of the parser, which bounds what is held of them
HEAD_BYTES = 4096  # hold the elements needed, unless a header is unusual
SOP, PATIENT, STUDY = 0x00080018, 0x00100020, 0x0020000D
WANTED: list[BaseTag | int] = [Tag(SOP), Tag(PATIENT), Tag(STUDY)]


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself; "" where it does not say.

    Attributes:
      sop: SOPInstanceUID.
      patient: PatientID.
      study: StudyInstanceUID.
      fault: Why it cannot be read, or "".
    """

    sop: str = ""
    patient: str = ""
    study: str = ""
    fault: str = ""


def read_headers(src: Path, paths: Sequence[str], progress: Progress | None = None) -> list[Header]:
    """Reads the headers of files up to the last element that is needed.

    Args:
      src: Folder of the files.
      paths: Below it.
      progress: Called every thousand files and at the end.
    Returns:
      A header for each path.
    """
    # pydicom warns of UIDs such as ID_0123abcd, in each file, and quotes values.
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    headers: list[Header] = []
    with warnings.catch_warnings(), ThreadPoolExecutor(READERS) as pool:
        warnings.simplefilter("ignore")
        for block in _read_ahead(pool, [src / path for path in paths]):
            headers += itertools.starmap(_header, block)
            if progress is not None:
                progress(len(headers), len(paths))
    return headers


Head = tuple[Path, bytes | OSError]


def _read_ahead(pool: ThreadPoolExecutor, paths: list[Path]) -> Iterator[Iterator[Head]]:
    """Yields the beginnings of files in blocks, while those of the next block are being read."""
    ahead: Iterator[list[Head]] | None = None
    for start in range(0, len(paths) + FILES_A_BLOCK, FILES_A_BLOCK):
        block = paths[start : start + FILES_A_BLOCK]
        tasks = [block[first : first + FILES_A_TASK] for first in range(0, len(block), FILES_A_TASK)]
        ready, ahead = ahead, pool.map(_heads, tasks)
        if ready is not None:
            yield itertools.chain.from_iterable(ready)


def _heads(paths: list[Path]) -> list[Head]:
    return [(path, _head(path)) for path in paths]


def _head(path: Path) -> bytes | OSError:
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        return error


def _header(path: Path, head: bytes | OSError) -> Header:
    if isinstance(head, OSError):
        return Header(fault=head.strerror or type(head).__name__)
    header, is_whole = _parsed(io.BytesIO(head))
    if is_whole or len(head) < HEAD_BYTES:
        return header
    try:
        with path.open("rb") as file:
            return _parsed(file)[0]
    except OSError as error:
        return Header(fault=error.strerror or type(error).__name__)


def _parsed(file: BinaryIO) -> tuple[Header, bool]:
    """Returns a header, and whether more of the file could not change it."""
    passed: list[int] = []

    def is_behind(tag: int, *_: object) -> bool:
        passed.extend([tag] * (tag > STUDY))
        return tag > STUDY

    try:
        dataset = read_partial(file, stop_when=is_behind, specific_tags=WANTED)
        sop, patient, study = (
            str(dataset[tag].value or "").strip() if tag in dataset else "" for tag in (SOP, PATIENT, STUDY)
        )
    except InvalidDicomError:
        return Header(fault="does not begin like a DICOM file"), True
    except Exception as error:  # a parser of damaged bytes raises nearly anything, and quotes values
        return Header(fault=f"damaged ({type(error).__name__})"), False
    return Header(sop, patient, study, "" if sop else "has no SOPInstanceUID"), bool(passed)
