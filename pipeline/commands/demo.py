"""`ichor demo`: phantoms, and the whole pipeline on them."""

import argparse
import hashlib
import os
import shutil
import sys
from pathlib import Path

from components.phantoms.dataset import write_dataset
from pipeline.session import run_on_terminal
from pipeline.settings.loading import load
from pipeline.terminal.console import ProgressLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds nothing: the demo is the same everywhere."""


def run(parsed: argparse.Namespace) -> int:
    """Runs the demo preset on its phantoms, which are made when missing; returns a `verdict.Status`.

    A settings file is not read: it speaks of other data.
    """
    key = Path("demo", "phantoms.key")
    config = load("demo", [f"ingest.key_file={key}"], read_file=False).config
    data = Path(config.run.data)
    if not data.exists():
        unfinished = data.with_name(f"{data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        line = ProgressLine(sys.stdout, "phantoms: patient {} of {}", stays=True)
        written = write_dataset(unfinished, config.phantoms, line)
        unfinished.rename(data)
        print(f"{data}: {written}")
    if not key.exists():
        # Phantoms are nobody: the same key everywhere gives the same split everywhere.
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(hashlib.sha256(b"ichor phantoms").digest())
    return run_on_terminal(config)
