"""`ichor import`: the settings that it needs, its progress, and what to run next."""

import functools
import math
import shlex
import sys
from pathlib import Path

from components.public_sets.importer import Imported, import_set
from components.public_sets.rules import FolderRules
from components.slices.labels import patient_of
from pipeline.settings.config import Config

EXIT_OK = 0
UNEVEN = 2 / 3  # share of the larger class from which the classes are weighed


def import_on_terminal(config: Config, name: str, src: str, out: str) -> int:
    """Imports a set, prints its account and the run to start next, and returns the exit status."""
    ingest = config.ingest
    pattern = functools.partial(patient_of, params=ingest) if ingest.patient_pattern else None
    rules = FolderRules(ingest.hemorrhage_folders, ingest.normal_folders, pattern)
    made = import_set(name, Path(src).expanduser(), Path(out).expanduser(), rules, _progress)
    print("\n".join(made.account))
    print(f"next: {next_command(config, out, made)}")
    return EXIT_OK


def next_command(config: Config, out: str, made: Imported) -> str:
    """Returns the command that learns from the folder, with the settings that its classes ask for."""
    words = ["ichor", "run", "--data", out, "--output", f"{out.rstrip('/')}-results"]
    if made.larger_share > UNEVEN:
        words += ["--set", "trainer.class_weights=balanced"]
    if made.larger_share >= config.gate.min_binary_accuracy:
        bar = math.floor(100 * made.larger_share + 1) / 100  # above what calling all of them the same gets
        words += ["--set", f"gate.min_binary_accuracy={min(bar, 0.99):g}"]
    return shlex.join(words)


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"headers: {done:,} of {total:,}", end="\r" if done < total else "\n", flush=True)
