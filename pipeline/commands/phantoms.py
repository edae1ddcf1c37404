"""`ichor phantoms`: a folder of synthetic head CT with labels."""

import argparse
import sys
from pathlib import Path

from components.phantoms.dataset import write_dataset
from components.slices.errors import DataError
from pipeline import exit_codes
from pipeline.commands.arguments import add_settings, load_settings
from pipeline.terminal.console import ProgressLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "--out", metavar="DIR", required=True, help="folder to write into; must be new or empty"
    )
    parser.add_argument("--patients", type=int, metavar="N", help="short for --set phantoms.patients=N")
    parser.add_argument(
        "--format", metavar="FORMAT", help="png or dicom; short for --set phantoms.format=FORMAT"
    )
    parser.add_argument(
        "--masks", metavar="DIR", help="folder for masks of the bleeds, for `ichor explain --masks`"
    )
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Writes the phantoms, and masks of their bleeds where a folder for them is given.

    Raises:
      DataError: The folder for masks lies in the other.
      FileExistsError: One of them is not empty.
    """
    config = load_settings(parsed, phantoms__patients=parsed.patients, phantoms__format=parsed.format).config
    masks = Path(parsed.masks) if parsed.masks else None
    try:
        line = ProgressLine(sys.stdout, "phantoms: patient {} of {}", stays=True)
        written = write_dataset(Path(parsed.out), config.phantoms, line, masks=masks)
    except ValueError as error:
        raise DataError(str(error)) from error
    print(f"{parsed.out}: {written}")
    return exit_codes.OK
