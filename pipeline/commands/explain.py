"""`ichor explain`: where a pushed model looked, and by masks what that is worth; needs no TFX."""

import argparse
import csv
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from components.imaging.overlay import Grey, overlay, with_colour_bar
from components.slices.errors import DataError
from components.slices.header import LEFT_OUT
from pipeline import exit_codes
from pipeline.commands.arguments import (
    add_model,
    add_output,
    add_settings,
    count,
    load_settings,
)
from pipeline.pushed.maps import ExplainRequest, SliceMap, explain_request, explain_slices, slices_of
from pipeline.pushed.maps_against_masks import measure_worth, worth_text
from pipeline.settings.config import Config
from pipeline.settings.loading import ConfigError
from pipeline.terminal.console import NOWHERE, chatter_to, shown

TABLE = "explain.csv"
NOTE = (
    "A map shows what spoke for a hemorrhage to this model. 1 is its own peak: a normal slice has one, too.\n"
    "Maps are for research, not for diagnosis."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("paths", nargs="+", metavar="FILE|DIR", help="slices, as `ichor predict` takes them")
    add_model(parser)
    parser.add_argument("--out", metavar="DIR", help="folder for a picture a slice; must be new or empty")
    parser.add_argument(
        "--method", choices=["gradcam", "integrated-gradients"], default="gradcam", help="gradcam by default"
    )
    parser.add_argument("--limit", type=count, default=0, metavar="N", help="at most so many slices")
    parser.add_argument(
        "--masks", metavar="DIR", help="measure how maps lie to masks: PNG files named as their slices"
    )
    parser.add_argument("--json", action="store_true", help="print the comparison with masks as JSON")
    add_output(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Draws maps, or measures them by masks, or both; returns 0, or 1 where a file could not be read."""
    if not parsed.out and not parsed.masks:
        raise ConfigError("explain: give --out DIR for pictures, --masks DIR to measure maps, or both")
    if parsed.json and (parsed.out or not parsed.masks):
        raise ConfigError("explain: --json prints what --masks measures, and goes without --out")
    config = load_settings(parsed, run__output=parsed.output).config
    request = explain_request(config, parsed.paths, parsed.model, parsed.method, parsed.limit)
    status = _draw(request, config, Path(parsed.out)) if parsed.out else exit_codes.OK
    if parsed.masks:
        worth = measure_worth(request, config, Path(parsed.masks))
        head = {
            "model": str(request.model), "method": request.method, "tolerance": config.explain.tolerance,
        }  # fmt: skip
        as_json = json.dumps({**head, **dataclasses.asdict(worth)}, indent=2)
        print(as_json if parsed.json else worth_text(worth, request, config.explain.tolerance))
    return status


def _draw(request: ExplainRequest, config: Config, out: Path) -> int:
    """Writes an overlay a slice and a table; returns 0, or 1 where a file could not be read.

    Raises:
      FileExistsError: `out` holds something.
      DataError: `out` lies among the slices.
    """
    _check_out(out, request.paths)
    slices, reading = slices_of(request, config)
    out.mkdir(parents=True, exist_ok=True)
    digits = max(len(str(len(slices))), 4)
    rows, unread, gaps = [], 0, []
    print(f"model {request.model}, {request.method}\n")
    print(f"{'score':>6}  {'label':<12}  {'picture':<{digits + 4}}  slice")
    with chatter_to(NOWHERE) as terminal:
        for number, drawn in enumerate(explain_slices(request, slices, reading, config.explain), start=1):
            picture = "" if drawn.grey is None or drawn.heat is None else f"{number:0{digits}}.png"
            if drawn.grey is not None and drawn.heat is not None:
                Image.fromarray(_picture(drawn.grey, drawn.heat)).save(out / picture)
                gaps.append((drawn.gap, abs(drawn.rise)))
            unread += bool(drawn.reason) and drawn.reason not in LEFT_OUT
            rows.append((picture, drawn.slice.name, drawn.probability, drawn.hemorrhage, drawn.reason))
            print(
                _line(drawn, picture or "-" * digits, digits, number, len(slices)), file=terminal, flush=True
            )
    with (out / TABLE).open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(["picture", "file", "probability", "hemorrhage", "reason"])
        writer.writerows(rows)
    if request.method != "gradcam" and gaps:
        off, rise = max(gaps)
        print(f"\nattributions sum up to what they ought to within {off:.2g} of {rise:.2g} logits or less")
    print(f"\n{out}: {sum(bool(row[0]) for row in rows)} pictures and {TABLE}\n{NOTE}")
    if unread:
        print(f"ichor: {unread} of {len(slices)} files could not be explained", file=sys.stderr)
    return exit_codes.ERROR if unread else exit_codes.OK


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


def _line(drawn: SliceMap, picture: str, digits: int, number: int, of: int) -> str:
    score = f"{'-':>6}" if drawn.probability is None else f"{drawn.probability:6.3f}"
    label = drawn.reason or ("hemorrhage" if drawn.hemorrhage else "normal")
    return f"{score}  {label:<12}  {picture:<{digits + 4}}  {shown(drawn.slice.name)}  ({number} of {of})"
