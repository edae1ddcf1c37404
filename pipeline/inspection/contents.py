"""Reads and measures slices, all or some at random: what is rejected, what the slice filter drops."""

import collections
import dataclasses
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from components.imaging.content import SliceMeasures
from components.imaging.decode import Grey, UndecodableImage
from components.leakage.prints import pixel_digest
from components.slice_filter.rules import EMPTY_CONTRAST, Reason, judge
from components.slices.formats import read_slice
from components.slices.header import Header, Rejection
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
      content: What its file says, or why it is rejected.
      has_hu: Whether its HU are known.
      size: Bytes of it in a record.
      measures: None where it is rejected or does not decode.
      judged: What the slice filter thinks of it; None where it is rejected.
      problem: Why it does not decode.
      pixels: Hash of what it shows; none where that is nothing, or it does not decode.
    """

    slice: Candidate
    rank: int
    content: Header | Rejection
    has_hu: bool = False
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
      progress: Called before each slice with how many were looked at, and of how many.
    """
    drawn = list(enumerate(random.Random(SEED).sample(slices, min(most, len(slices)))))
    # A file is opened once.
    in_order = sorted(drawn, key=lambda ranked: (ranked[1].path, ranked[1].frame or 0))
    seen = []
    seconds = 0.0
    for number, (rank, candidate) in enumerate(in_order):
        progress(number, len(in_order))
        started = time.perf_counter()
        looked_at, grey = _look(data_dir / candidate.path, candidate, rank, config)
        seconds += time.perf_counter() - started
        seen.append(looked_at)
        if grey is not None:
            show(looked_at, grey)
    return Contents(seen, len(slices), MILLISECONDS * seconds / max(1, len(seen)))


def _look(path: Path, candidate: Candidate, rank: int, config: Config) -> tuple[Seen, Grey | None]:
    pixels = read_slice(path, candidate.frame, config.ingest)
    if isinstance(pixels, Rejection):
        return Seen(candidate, rank, pixels), None
    seen = Seen(candidate, rank, pixels.header, bool(pixels.windows), len(pixels.encoded()))
    try:
        measures, grey = pixels.look()
    except UndecodableImage as error:
        return dataclasses.replace(seen, judged=Reason.UNREADABLE, problem=str(error)), None
    judged = judge(measures, config.filter.min_brain_share, seen.has_hu)
    digest = b"" if grey.min() == grey.max() else pixel_digest(grey)
    return dataclasses.replace(seen, measures=measures, judged=judged, pixels=digest), grey


def summarise(contents: Contents, unreadable_files: Iterable[tuple[str, Rejection]]) -> Looks:
    """Counts what was seen.

    Args:
      contents: What was seen.
      unreadable_files: Files that are rejected by their header already; for examples.
    """
    rejected = [
        (seen.slice.path, seen.content) for seen in contents.seen if isinstance(seen.content, Rejection)
    ]
    read = [(seen, seen.content) for seen in contents.seen if isinstance(seen.content, Header)]
    dropped = [seen for seen, _ in read if seen.judged is not Reason.KEEP]
    decoded = [seen.measures for seen, _ in read if seen.measures]
    labelled = bool(contents.seen) and contents.seen[0].slice.hemorrhage is not None
    bright = [
        seen.measures.bright_intensity for seen, _ in read if seen.judged is Reason.KEEP and seen.measures
    ]
    examples = [*unreadable_files, *rejected][:EXAMPLES]
    return Looks(
        slices=len(contents.seen),
        of=contents.of,
        rejected=_counted(str(why.reason) for _, why in rejected),
        examples=tuple(Example(path, str(why.reason), why.detail) for path, why in examples),
        sizes=_counted(_words(header, seen.has_hu) for seen, header in read),
        not_square=sum(header.height != header.width for _, header in read),
        would_drop=_counted(str(seen.judged) for seen in dropped),
        hemorrhages=sum(seen.slice.hemorrhage or 0 for seen, _ in read if seen.measures)
        if labelled
        else None,
        hemorrhages_lost=sum(seen.slice.hemorrhage or 0 for seen in dropped if seen.measures)
        if labelled
        else None,
        even=sum(measures.contrast < EMPTY_CONTRAST for measures in decoded),
        bright=statistics.median(bright) if bright else None,
        mean_bytes=statistics.fmean(seen.size for seen, _ in read) if read else 0.0,
        milliseconds=contents.milliseconds,
    )


def _words(header: Header, has_hu: bool) -> str:
    size = f"{header.height} x {header.width}"
    return size if has_hu else f"{size}, {header.bit_depth} bit, {COLOURS[header.channels]}"


def _counted(texts: Iterable[str]) -> dict[str, int]:
    return dict(collections.Counter(texts).most_common())
