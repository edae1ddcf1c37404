"""Reads and measures slices, all or some at random: what is rejected, what the slice filter drops."""

import collections
import dataclasses
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from components.imaging import windows
from components.imaging.content import SliceMeasures, measure
from components.imaging.content_hu import measure_channels
from components.imaging.decode import Grey, UndecodableImage, decode_grey
from components.ingest.params import IngestParams
from components.leakage.prints import pixel_digest
from components.slice_filter.rules import EMPTY_CONTRAST, Reason, judge
from components.slices.dicom.pixels import encode, read_hu
from components.slices.header import Header, Rejection
from components.slices.structure import inspect_file
from pipeline.inspection.findings import Example, Looks
from pipeline.inspection.slices import Candidate
from pipeline.settings.config import Config

SEED = 0  # of the choice: the same slices each time
EXAMPLES = 5  # of rejected files
COLOURS = {1: "grey", 2: "grey with alpha", 3: "colour", 4: "colour with alpha"}
MILLISECONDS = 1000.0  # a second


@dataclasses.dataclass(frozen=True)
class Seen:
    """One slice that was looked at.

    Attributes:
      slice: Which.
      rank: Its place in the random choice.
      found: What its file says, or why it is rejected.
      size: Bytes of it in a record.
      measures: None where it is rejected or does not decode.
      judged: What the slice filter thinks of it; None where it is rejected.
      problem: Why it does not decode.
      pixels: Hash of what it shows; none where that is nothing, or it does not decode.
    """

    slice: Candidate
    rank: int
    found: Header | Rejection
    size: int = 0
    measures: SliceMeasures | None = None
    judged: Reason | None = None
    problem: str = ""
    pixels: bytes = b""


@dataclasses.dataclass(frozen=True)
class Contents:
    """What was seen, of how many slices, and how long one took."""

    seen: list[Seen]
    of: int
    milliseconds: float

    @property
    def are_whole(self) -> bool:
        """Whether all slices were looked at."""
        return len(self.seen) == self.of


def look_at(
    data_dir: Path,
    slices: Sequence[Candidate],
    most: int,
    config: Config,
    show: Callable[[Seen, Grey], None],
    progress: Callable[[int, int], None],
) -> Contents:
    """Looks at slices.

    Args:
      data_dir: Folder of the files.
      slices: To choose from.
      most: How many are looked at; chosen at random where there are more.
      config: How files are read, and what the filter drops.
      show: Is given each slice that can be decoded.
      progress: Is told before each slice how many were looked at, and of how many.
    """
    drawn = list(enumerate(random.Random(SEED).sample(slices, min(most, len(slices)))))
    in_order = sorted(drawn, key=lambda ranked: (ranked[1].path, ranked[1].frame))  # a file is opened once
    seen = []
    seconds = 0.0
    for number, (rank, one) in enumerate(in_order):
        progress(number, len(in_order))
        started = time.perf_counter()
        found, grey = _look(data_dir / one.path, one, rank, config)
        seconds += time.perf_counter() - started
        seen.append(found)
        if grey is not None:
            show(found, grey)
    return Contents(seen, len(slices), MILLISECONDS * seconds / max(1, len(seen)))


def _look(path: Path, one: Candidate, rank: int, config: Config) -> tuple[Seen, Grey | None]:
    looked = (_dicom if one.is_dicom else _image)(path, one, rank, config.ingest)
    seen, grey = looked
    if seen.measures is None or grey is None:
        return looked
    judged = judge(seen.measures, config.filter.min_brain_share, one.is_dicom)
    pixels = b"" if grey.min() == grey.max() else pixel_digest(grey)
    return dataclasses.replace(seen, judged=judged, pixels=pixels), grey


def _image(path: Path, one: Candidate, rank: int, params: IngestParams) -> tuple[Seen, Grey | None]:
    data, found = inspect_file(path, params)
    if isinstance(found, Rejection):
        return Seen(one, rank, found), None
    try:
        grey = decode_grey(data)
    except UndecodableImage as error:
        return Seen(one, rank, found, len(data), judged=Reason.UNREADABLE, problem=str(error)), None
    return Seen(one, rank, found, len(data), measure(grey)), grey


def _dicom(path: Path, one: Candidate, rank: int, params: IngestParams) -> tuple[Seen, Grey | None]:
    hu = read_hu(path, one.frame, params)
    if isinstance(hu, Rejection):
        return Seen(one, rank, hu), None
    shown = windows.parse(params.windows)
    data, header = encode(hu, shown)
    channels = windows.to_channels(hu, shown)
    return Seen(one, rank, header, len(data), measure_channels(channels, shown)), channels[..., 0]


def summarise(contents: Contents, unreadable_files: Iterable[tuple[str, Rejection]]) -> Looks:
    """Counts what was seen.

    Args:
      contents: What was seen.
      unreadable_files: Files that are rejected by their header already; for examples.
    """
    rejected = [(one.slice.path, one.found) for one in contents.seen if isinstance(one.found, Rejection)]
    read = [(one, one.found) for one in contents.seen if isinstance(one.found, Header)]
    dropped = [one for one, _ in read if one.judged is not Reason.KEEP]
    decoded = [one.measures for one, _ in read if one.measures]
    labelled = bool(contents.seen) and contents.seen[0].slice.hemorrhage is not None
    bright = [one.measures.bright_intensity for one, _ in read if one.judged is Reason.KEEP and one.measures]
    examples = [*unreadable_files, *rejected][:EXAMPLES]
    return Looks(
        slices=len(contents.seen),
        of=contents.of,
        rejected=_counted(str(why.reason) for _, why in rejected),
        examples=tuple(Example(path, str(why.reason), why.detail) for path, why in examples),
        sizes=_counted(_words(header, one.slice.is_dicom) for one, header in read),
        not_square=sum(header.height != header.width for _, header in read),
        would_drop=_counted(str(one.judged) for one in dropped),
        hemorrhages=sum(one.slice.hemorrhage or 0 for one, _ in read if one.measures) if labelled else None,
        hemorrhages_lost=sum(one.slice.hemorrhage or 0 for one in dropped if one.measures)
        if labelled
        else None,
        even=sum(measures.contrast < EMPTY_CONTRAST for measures in decoded),
        bright=statistics.median(bright) if bright else None,
        mean_bytes=statistics.fmean(one.size for one, _ in read) if read else 0.0,
        milliseconds=contents.milliseconds,
    )


def _words(header: Header, is_dicom: bool) -> str:
    size = f"{header.height} x {header.width}"
    return size if is_dicom else f"{size}, {header.bit_depth} bit, {COLOURS[header.channels]}"


def _counted(texts: Iterable[str]) -> dict[str, int]:
    return dict(collections.Counter(texts).most_common())
