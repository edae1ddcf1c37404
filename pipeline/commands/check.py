"""`ichor check`: a new folder of slices against what a pushed model was trained on."""

import argparse
import datetime
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from components import fingerprint
from components.ingest.params import IngestParams
from components.slices.errors import DataError
from pipeline import exit_codes
from pipeline.commands.arguments import add_json, add_model, add_output, add_settings, load_settings
from pipeline.pushed.folder_slices import Look, find_slices, look_at_all
from pipeline.pushed.model import latest_pushed, trained_on, wrong_kind
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, absolute
from pipeline.terminal.console import NOWHERE, ProgressLine, chatter_to
from schemas.features import SCHEMA_FILE, TRAINING_STATISTICS_FILE

if TYPE_CHECKING:
    from components.drift.verdict import Comparison

SHOWN_EACH = 50  # slices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "folder", metavar="DIR", help="folder or zip archive of slices; labels are not needed"
    )
    add_model(parser)
    add_output(parser)
    parser.add_argument("--html", metavar="FILE", help="page to write; in the results' folder by default")
    add_json(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Compares, prints the verdict and writes the page; returns an exit status.

    Raises:
      DataError: The folder holds no slices, or slices of the kind that the model was not trained on.
      FileNotFoundError: There is no such model, or it does not say what it was trained on.
    """
    config = load_settings(parsed, run__output=parsed.output).config
    layout = Layout.of(config.run)
    model_dir = Path(parsed.model) if parsed.model else latest_pushed(layout)
    windows = trained_on(model_dir)
    training = _statistics_of(model_dir)
    looks, left_out = _look(absolute(parsed.folder), windows, config.ingest)
    with chatter_to(NOWHERE):
        comparison = _compare(training, looks, windows, config)
    rejected = left_out + Counter(look.reason for look in looks if look.reason)
    name = f"{datetime.datetime.now():%Y%m%d-%H%M%S}.html"
    page = absolute(parsed.html) if parsed.html else layout.checks / name
    page.parent.mkdir(parents=True, exist_ok=True)
    from components.drift.page import render

    page.write_text(render(comparison, model_dir.name, rejected), encoding="utf-8")
    if parsed.json:
        head = {
            "model": str(model_dir), "folder": parsed.folder, "rejected": rejected, "page": str(page),
        }  # fmt: skip
        print(json.dumps({**head, **comparison.to_dict()}, indent=2))
    else:
        _print(comparison, model_dir, parsed.folder, rejected)
        print(f"page: {page}")
    return exit_codes.DRIFT if comparison.moved else exit_codes.OK


def _statistics_of(model_dir: Path) -> Path:
    file = model_dir / TRAINING_STATISTICS_FILE
    if not file.is_file():
        raise FileNotFoundError(
            f"{model_dir} does not say what it was trained on: {TRAINING_STATISTICS_FILE} is missing; "
            "a model of an earlier version has none: run the pipeline again"
        )
    return file


def _look(folder: Path, windows: str, params: IngestParams) -> tuple[list[Look], Counter[str]]:
    contents = find_slices(folder, bool(windows), params)
    if not contents.slices:
        if contents.others:
            raise DataError(wrong_kind(str(folder), windows))
        kind = "DICOM slices" if windows else "PNG or JPEG files"
        left_out = f"; left out: {_counts(contents.left_out)}" if contents.left_out else ""
        raise DataError(f"{folder}: no {kind} in it{left_out}")
    line = ProgressLine(sys.stderr, "looked at {} of {} slices", SHOWN_EACH)
    looks = look_at_all(contents.slices, windows, params, lambda done: line(done, len(contents.slices)))
    if all(look.reason for look in looks):
        reasons = Counter(look.reason for look in looks)
        raise DataError(f"{folder}: none of its {len(looks)} slices can be read: {_counts(reasons)}")
    return looks, contents.left_out


def _compare(training: Path, looks: list[Look], windows: str, config: Config) -> "Comparison":
    from components.drift.comparison import compare, read_schema
    from components.slice_filter import training_statistics
    from components.slice_filter.profile import Profile
    from components.slice_filter.rules import judge

    try:
        before = training_statistics.read(training.read_bytes())
    except ValueError as error:
        raise DataError(f"{training}: {error}") from None
    least = training_statistics.min_brain_share_of(before)
    profile = Profile()
    for look in looks:
        if look.measures is not None:
            profile.add(look.shape, windows, look.measures, judge(look.measures, least, bool(windows)))
    now = training_statistics.statistics(profile, least, like=before)
    schema = read_schema((fingerprint.ROOT / SCHEMA_FILE).read_text(encoding="utf-8"))
    return compare(before, now, schema, config.drift.min_slices)


def _print(comparison: "Comparison", model_dir: Path, folder: str, rejected: Mapping[str, int]) -> None:
    for who, where, slices, fit in (
        ("model", model_dir, comparison.training_slices, comparison.training_fit),
        ("new", folder, comparison.new_slices, comparison.new_fit),
    ):
        print(f"{who:<6} {where}: {slices} slices, {fit} of them with enough brain to be compared")
    if rejected:
        print(f"       not read: {_counts(rejected)}")
    width = max(
        len(side.summary) for feature in comparison.features for side in (feature.training, feature.new)
    )
    print(f"\n{'apart':>6}  {'limit':>6}  {'':<5}  {'feature':<17}  {'training':>{width}}  {'new':>{width}}")
    for feature in comparison.features:
        moved = "MOVED" if feature.moved else ""
        print(
            f"{feature.value:6.3f}  {feature.threshold:6.3f}  {moved:<5}  {feature.name:<17}  "
            f"{feature.training.summary:>{width}}  {feature.new.summary:>{width}}"
        )
    print()
    for warning in comparison.warnings():
        print(f"WARNING: {warning}")
    print(comparison.verdict)


def _counts(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))
