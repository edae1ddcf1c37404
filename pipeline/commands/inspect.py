"""`ichor inspect` as a person sees it."""

import contextlib
import dataclasses
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.inspection.folder import Watch, inspect
from pipeline.inspection.page import page
from pipeline.inspection.sheet import ContactSheet
from pipeline.settings.config import Config
from pipeline.settings.layout import absolute
from pipeline.settings.loading import ConfigError
from pipeline.terminal.console import CLEAR_LINE

STARTS, REFUSED = 0, 1
SHOWN_EACH = 100  # slices


def inspect_on_terminal(config: Config, look_at_all: bool, as_json: bool, contact_sheet: str | None) -> int:
    """Inspects a folder and tells what was found; returns the exit status.

    Args:
      config: Of the run that is thought of.
      look_at_all: Whether every slice is decoded.
      as_json: Whether JSON is printed.
      contact_sheet: PNG file to write; None for none.
    Returns:
      0 where a run could start, 1 where it would be refused or stop at the data.
    Raises:
      DataError: There is no folder to look at.
      ConfigError: The contact sheet cannot be written there.
    """
    target = _target(contact_sheet, config)
    sheet = ContactSheet(config.filter.contact_sheet_slices)
    with _progress() as watch:
        found = inspect(
            config, look_at_all, dataclasses.replace(watch, show=sheet.offer) if target else watch
        )
    said = "--contact-sheet FILE.png writes one: slices at random, and those that would be dropped"
    if target and sheet.shows_any:
        target.write_bytes(sheet.png())
        said = f"{contact_sheet}; it shows slices: treat it as patient data"
    elif target:
        said = "not written: no slice can be shown"
    print(json.dumps(dataclasses.asdict(found), indent=2) if as_json else page(found, config, said))
    return REFUSED if found.refusals else STARTS


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
    """Yields a watch that tells a terminal how far it is, and what ingest logs meanwhile; no line stays."""
    if not sys.stderr.isatty():
        yield Watch()
        return
    handler = _Line()
    log = logging.getLogger("ichor.ingest")
    before = log.level, log.propagate
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield Watch(progress=_tell)
    finally:
        log.removeHandler(handler)
        log.setLevel(before[0])
        log.propagate = before[1]
        _line("")


def _tell(number: int, of: int) -> None:
    if number % SHOWN_EACH == 0:
        _line(f"looked at {number:,} of {of:,} slices")


class _Line(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _line(record.getMessage())


def _line(text: str) -> None:
    print(f"{CLEAR_LINE}{text}", end="", file=sys.stderr, flush=True)
