"""`ichor import`: links to a public set, its label table, and what to run next."""

import argparse
import functools
import math
import shlex
import sys
from pathlib import Path

from components.public_sets.importer import Imported, import_set
from components.public_sets.rules import FolderRules
from components.slices.labels import patient_of
from pipeline import exit_codes
from pipeline.commands.arguments import add_settings, load_settings
from pipeline.settings.config import Config
from pipeline.terminal.console import ProgressLine

UNEVEN = 2 / 3  # share of the larger class from which the classes are weighed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("name", metavar="NAME", help="rsna-2019, cq500, ct-ich or folders")
    parser.add_argument("src", metavar="SRC", help="the set's own folder; it is only read")
    parser.add_argument(
        "--out", metavar="DIR", required=True, help="folder of links and labels.csv; must be new or empty"
    )
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Imports a set, prints its account and the run to start next."""
    config = load_settings(parsed).config
    ingest = config.ingest
    pattern = functools.partial(patient_of, params=ingest) if ingest.patient_pattern else None
    rules = FolderRules(ingest.hemorrhage_folders, ingest.normal_folders, pattern)
    src, out = Path(parsed.src).expanduser(), Path(parsed.out).expanduser()
    line = ProgressLine(sys.stdout, "headers: {:,} of {:,}", stays=True)
    imported = import_set(parsed.name, src, out, rules, line)
    print("\n".join(imported.account))
    print(f"next: {next_command(config, parsed.out, imported)}")
    return exit_codes.OK


def next_command(config: Config, out: str, imported: Imported) -> str:
    """Returns the command that learns from the folder, with the settings that its classes need."""
    words = ["ichor", "run", "--data", out, "--output", f"{out.rstrip('/')}-results"]
    if imported.larger_share > UNEVEN:
        words += ["--set", "trainer.class_weights=balanced"]
    if imported.larger_share >= config.gate.min_binary_accuracy:
        bar = (
            math.floor(100 * imported.larger_share + 1) / 100
        )  # above what calling all of them the same gets
        words += ["--set", f"gate.min_binary_accuracy={min(bar, 0.99):g}"]
    return shlex.join(words)
