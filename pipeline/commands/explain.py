"""Draws where a pushed model looked, and measures by masks what that is worth; needs no TFX."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from components.imaging.overlay import Grey, overlay, with_colour_bar
from components.slices.errors import DataError
from components.slices.header import LEFT_OUT
from pipeline.pushed.maps import Asked, SliceMap, explain_slices, slices_of
from pipeline.settings.config import Config
from pipeline.terminal.console import NOWHERE, chatter_to, shown

TABLE = "explain.csv"
NOTE = (
    "A map shows what spoke for a hemorrhage to this model. 1 is its own peak: a normal slice has one, too.\n"
    "Maps are for research, not for diagnosis."
)


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


def _picture(grey: Grey, heat: Grey) -> np.ndarray:
    """The slice as it is, the slice with its map, and the scale."""
    alone = np.repeat(grey[..., np.newaxis], 3, axis=2)
    return np.concatenate([alone, with_colour_bar(overlay(grey, heat))], axis=1)


def _line(one: SliceMap, picture: str, digits: int, number: int, of: int) -> str:
    score = f"{'-':>6}" if one.probability is None else f"{one.probability:6.3f}"
    label = one.reason or ("hemorrhage" if one.hemorrhage else "normal")
    return f"{score}  {label:<12}  {picture:<{digits + 4}}  {shown(one.slice.name)}  ({number} of {of})"
