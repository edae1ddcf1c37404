"""`ichor inspect`: what is in a folder of slices, and what a run would make of it."""

import argparse
import contextlib
import dataclasses
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline import exit_codes
from pipeline.commands.arguments import add_json, add_output, add_settings, load_settings
from pipeline.inspection.folder import Watch, inspect
from pipeline.inspection.page import page
from pipeline.inspection.sheet import ContactSheet
from pipeline.settings.config import Config
from pipeline.settings.layout import absolute
from pipeline.settings.loading import ConfigError
from pipeline.terminal.console import ProgressLine

SHOWN_EACH = 100  # slices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "data", nargs="?", metavar="DIR", help="folder or zip archive of slices; run.data by default"
    )
    parser.add_argument("--all", action="store_true", help="decode every slice, however many there are")
    add_json(parser)
    parser.add_argument(
        "--contact-sheet", metavar="FILE", help="PNG file to write: slices at random, and those to be dropped"
    )
    add_output(parser, "folder that the run would write to")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Inspects a folder and prints what is in it.

    Returns:
      0 where a run could start, 1 where it would be refused or stop at the data.
    Raises:
      DataError: There is no folder to look at.
      ConfigError: The contact sheet cannot be written there.
    """
    config = load_settings(parsed, run__data=parsed.data, run__output=parsed.output).config
    target = _target(parsed.contact_sheet, config)
    sheet = ContactSheet(config.filter.contact_sheet_slices)
    with _progress() as watch:
        findings = inspect(
            config, parsed.all, dataclasses.replace(watch, show=sheet.offer) if target else watch
        )
    sheet_line = "--contact-sheet FILE.png writes one: slices at random, and those that would be dropped"
    if target and sheet.shows_any:
        target.write_bytes(sheet.png())
        sheet_line = f"{parsed.contact_sheet}; it shows slices: treat it as patient data"
    elif target:
        sheet_line = "not written: no slice can be shown"
    as_json = json.dumps(dataclasses.asdict(findings), indent=2) if parsed.json else ""
    print(as_json or page(findings, config, sheet_line))
    return exit_codes.ERROR if findings.refusals else exit_codes.OK


def _target(contact_sheet: str | None, config: Config) -> Path | None:
    if contact_sheet is None:
        return None
    target, data_dir = absolute(contact_sheet), absolute(config.run.data)
    if target.suffix.lower() != ".png":
        raise ConfigError(f"--contact-sheet {contact_sheet}: expected the name of a .png file")
    if target.is_relative_to(data_dir):
        raise ConfigError(
            f"--contact-sheet {contact_sheet}: lies in the data folder, and a run would take it for a slice; "
            "write outside of it"
        )
    if not target.parent.is_dir():
        raise ConfigError(f"--contact-sheet {contact_sheet}: no such folder {target.parent}; make it first")
    return target


@contextlib.contextmanager
def _progress() -> Iterator[Watch]:
    """Yields a watch that shows how far it is and what ingest logs, on a terminal; no line stays."""
    if not sys.stderr.isatty():
        yield Watch()
        return
    line = ProgressLine(sys.stderr, "looked at {:,} of {:,} slices", SHOWN_EACH)
    handler = _Lines(line)
    log = logging.getLogger("ichor.ingest")
    before = log.level, log.propagate
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield Watch(progress=line)
    finally:
        log.removeHandler(handler)
        log.setLevel(before[0])
        log.propagate = before[1]
        line.write("")


class _Lines(logging.Handler):
    def __init__(self, line: ProgressLine):
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        self._line.write(record.getMessage())
