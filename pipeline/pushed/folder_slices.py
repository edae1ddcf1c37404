"""The slices of a folder without labels: which there are, and what each shows."""

import dataclasses
import functools
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from components.imaging.content import SliceMeasures
from components.imaging.decode import UndecodableImage
from components.slices.errors import DataError
from components.slices.formats import read_slice
from components.slices.header import Reason, Rejection
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.source import Source
from pipeline.pushed.inputs import UNDECODABLE

__all__ = ["Look", "find_slices", "look_at_all"]

MOST_PROCESSES = 4  # more would wait for the disk
FEW_SLICES = 300  # are read sooner than processes are started
CHUNK = 16  # slices handed to a process at once


@dataclasses.dataclass(frozen=True)
class FolderSlices:
    """What lies in a folder.

    Attributes:
      slices: Path of the file, and the frame's index in a DICOM file, None in an image.
      left_out: How many files hold no slice to look at, by reason.
      others: How many files are of the kind that was not requested.
    """

    slices: tuple[tuple[Path, int | None], ...]
    left_out: Counter[str]
    others: int


@dataclasses.dataclass(frozen=True)
class Look:
    """What one slice shows, or why it could not be looked at.

    Attributes:
      shape: Rows and columns.
      measures: Of it; None where it cannot be read.
      reason: Why not; "" where it can.
    """

    shape: tuple[int, ...] = ()
    measures: SliceMeasures | None = None
    reason: str = ""


def find_slices(folder: Path, dicom: bool, params: ReadingParams) -> FolderSlices:
    """Finds the slices of one kind in a folder, at any depth; labels are not looked at.

    Of DICOM files the slices are those that a run would read: axial CT, each once, of each study one
    series where `ingest.series` says so.

    Args:
      folder: To look in.
      dicom: Whether DICOM slices are wanted, or else PNG and JPEG files.
      params: Of ingest.
    Raises:
      DataError: The folder cannot be read.
    """
    source = Source(folder, params)
    kind, other = (DICOM, IMAGE) if dicom else (IMAGE, DICOM)
    slices = source.slices(kind)
    reasons = [why.reason for why in slices.rejections.values() if why.reason is not Reason.OTHER_FILE]
    return FolderSlices(
        tuple((folder / ref.path, ref.frame) for ref in slices.refs),
        Counter(map(str, reasons)),
        source.number_of(other),
    )


def look_at_all(
    slices: Sequence[tuple[Path, int | None]],
    windows: str,
    params: ReadingParams,
    progress: Callable[[int], None],
) -> list[Look]:
    """Looks at slices, in a few processes where there are many; returns them in the order given.

    Args:
      slices: As `FolderSlices` has them.
      windows: Of HU that a DICOM slice is shown in.
      params: Allowed sides.
      progress: Called with how many are done.
    Raises:
      DataError: A process died, most likely for want of memory.
    """
    reading = params.model_copy(update={"windows": windows}) if windows else params
    look = functools.partial(look_at, params=reading)
    looks: list[Look] = []
    if len(slices) <= FEW_SLICES:
        for place in slices:
            looks.append(look(place))
            progress(len(looks))
        return looks
    workers = min(MOST_PROCESSES, os.cpu_count() or 1)
    # A fork would copy the threads of whatever is loaded by now, without their locks' owners.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        try:
            for done in pool.map(look, slices, chunksize=CHUNK):
                looks.append(done)
                progress(len(looks))
        except BrokenProcessPool:
            raise DataError(
                f"a process died while {len(looks)} of {len(slices)} slices were looked at, most likely for "
                "want of memory; free some, or check a part of the folder"
            ) from None
    return looks


def look_at(place: tuple[Path, int | None], params: ReadingParams) -> Look:
    """Reads and measures one slice."""
    pixels = read_slice(*place, params)
    if isinstance(pixels, Rejection):
        return Look(reason=str(pixels.reason))
    try:
        measures, grey = pixels.look()
    except UndecodableImage:
        return Look(reason=UNDECODABLE)
    return Look(grey.shape, measures)
