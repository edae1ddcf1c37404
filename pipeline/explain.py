"""Draws where a pushed model looked, and measures by masks what that is worth; needs no TFX."""

import csv
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from components.explanations.params import ExplainParams
from components.imaging.decode import decode_seen
from components.imaging.overlay import Grey, overlay, with_colour_bar
from components.ingest.errors import DataError
from components.ingest.header import LEFT_OUT
from components.ingest.params import IngestParams
from pipeline.config import Config
from pipeline.console import NOWHERE, chatter_to, shown
from pipeline.inputs import Input, read_slice
from pipeline.layout import Layout
from pipeline.predict import find_slices, latest_pushed, trained_on

BATCH = 8  # slices a call of the model: maps are as large as their images
TABLE = "explain.csv"
UPPER_BYTE = 8  # bits to shift 16-bit grey by
NOTE = (
    "A map shows what spoke for a hemorrhage to this model. 1 is its own peak: a normal slice has one, too.\n"
    "Maps are for research, not for diagnosis."
)


@dataclasses.dataclass(frozen=True)
class Asked:
    """What to explain, and how.

    Attributes:
      model: Folder of the SavedModel.
      paths: Files and folders that the user named.
      method: One of `METHODS`.
      limit: At most so many slices; 0 for all.
    """

    model: Path
    paths: Sequence[str]
    method: str
    limit: int


@dataclasses.dataclass(frozen=True)
class SliceMap:
    """A slice with its map.

    Attributes:
      slice: Where it came from.
      grey: uint8 (rows, columns), as a person sees it; None where the slice cannot be read.
      heat: uint8 of the same size; None likewise.
      probability: 0..1; None likewise.
      hemorrhage: 0 or 1; None likewise.
      reason: Why it cannot be read; "" where it can.
      gap: By integrated gradients: how far their sum is from `rise`, in logits.
      rise: The slice's logit less that of black.
    """

    slice: Input
    grey: Grey | None
    heat: Grey | None
    probability: float | None
    hemorrhage: int | None
    reason: str
    gap: float = 0.0
    rise: float = 0.0


def asked(config: Config, paths: Sequence[str], model: str | None, method: str, limit: int) -> Asked:
    """Returns what to explain, by the latest pushed model where none is named."""
    return Asked(Path(model) if model else latest_pushed(Layout.of(config.run)), paths, method, limit)


def slices_of(asked: Asked, config: Config) -> tuple[list[Input], IngestParams]:
    """Returns the slices to explain, and how they are read.

    Raises:
      DataError: They are not of the kind that the model was trained on.
      OSError: There are none, or no model.
    """
    windows = trained_on(asked.model)
    params = config.ingest.model_copy(update={"windows": windows}) if windows else config.ingest
    slices = find_slices(asked.paths, windows, params)
    return slices[: asked.limit or None], params


def explain_slices(
    asked: Asked,
    slices: Sequence[Input],
    reading: IngestParams,
    params: ExplainParams,
    shuffle: int | None = None,
) -> Iterator[SliceMap]:
    """Explains slice by slice.

    Args:
      asked: Model and method.
      slices: What to explain.
      reading: How slices are read.
      params: How they are explained.
      shuffle: Seed to shuffle the model's weights with; None to leave them.
    Raises:
      DataError: The model cannot explain itself.
    """
    from components.explanations.explainer import Explainer

    try:
        explainer = Explainer(str(asked.model), asked.method, params)
    except ValueError as error:
        raise DataError(str(error)) from error
    if shuffle is not None:
        explainer.shuffle(shuffle)
    windows = len(trained_on(asked.model).split())
    for start in range(0, len(slices), BATCH):
        batch = [(one, *read_slice(one, reading)) for one in slices[start : start + BATCH]]
        answers = iter(explainer.explain([data for _, data, reason in batch if not reason]))
        for one, data, reason in batch:
            told = None if reason else next(answers)
            if told is None or told.error or told.heat is None:
                yield SliceMap(one, None, None, None, None, reason or (told.error if told else ""))
                continue
            grey = _eight_bits(decode_seen(data, windows))
            yield SliceMap(one, grey, told.heat, told.probability, told.hemorrhage, "", told.gap, told.rise)


def explain_on_terminal(asked: Asked, config: Config, out: Path) -> int:
    """Writes an overlay a slice and a table; returns 0, or 1 where a file could not be read.

    Raises:
      FileExistsError: `out` holds something.
      DataError: `out` lies among the slices.
    """
    _check_out(out, asked.paths)
    slices, reading = slices_of(asked, config)
    out.mkdir(parents=True, exist_ok=True)
    digits = max(len(str(len(slices))), 4)
    rows, unread, gaps = [], 0, []
    print(f"model {asked.model}, {asked.method}\n")
    print(f"{'score':>6}  {'label':<12}  {'picture':<{digits + 4}}  slice")
    with chatter_to(NOWHERE) as terminal:
        for number, one in enumerate(explain_slices(asked, slices, reading, config.explain), start=1):
            picture = "" if one.grey is None or one.heat is None else f"{number:0{digits}}.png"
            if one.grey is not None and one.heat is not None:
                Image.fromarray(_picture(one.grey, one.heat)).save(out / picture)
                gaps.append((one.gap, abs(one.rise)))
            unread += bool(one.reason) and one.reason not in LEFT_OUT
            rows.append((picture, one.slice.name, one.probability, one.hemorrhage, one.reason))
            print(_line(one, picture or "-" * digits, digits, number, len(slices)), file=terminal, flush=True)
    with (out / TABLE).open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(["picture", "file", "probability", "hemorrhage", "reason"])
        writer.writerows(rows)
    if asked.method != "gradcam" and gaps:
        off, rise = max(gaps)
        print(f"\nattributions sum up to what they ought to within {off:.2g} of {rise:.2g} logits or less")
    print(f"\n{out}: {sum(bool(row[0]) for row in rows)} pictures and {TABLE}\n{NOTE}")
    if unread:
        print(f"ichor: {unread} of {len(slices)} files could not be explained", file=sys.stderr)
    return int(unread > 0)


def _check_out(out: Path, paths: Sequence[str]) -> None:
    for path in map(Path, paths):
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise DataError(
                f"{out} lies in {path}, where pictures would be taken for slices; name another --out"
            )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is there already and is not an empty folder; nothing was written")


def _eight_bits(grey: np.ndarray) -> Grey:
    return (grey >> UPPER_BYTE).astype(np.uint8) if grey.dtype == np.uint16 else grey.astype(np.uint8)


def _picture(grey: Grey, heat: Grey) -> np.ndarray:
    """The slice as it is, the slice with its map, and the scale."""
    alone = np.repeat(grey[..., np.newaxis], 3, axis=2)
    return np.concatenate([alone, with_colour_bar(overlay(grey, heat))], axis=1)


def _line(one: SliceMap, picture: str, digits: int, number: int, of: int) -> str:
    score = f"{'-':>6}" if one.probability is None else f"{one.probability:6.3f}"
    label = one.reason or ("hemorrhage" if one.hemorrhage else "normal")
    return f"{score}  {label:<12}  {picture:<{digits + 4}}  {shown(one.slice.name)}  ({number} of {of})"
