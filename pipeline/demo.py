"""Phantoms on disk, and the whole pipeline on them."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomParams
from pipeline.settings import load


def write_phantoms(out: Path, params: PhantomParams) -> None:
    """Writes a folder of phantoms and says what is in it.

    Raises:
      FileExistsError: `out` is not empty.
    """
    made = write_dataset(out, params, progress=_progress)
    kinds = ", ".join(f"{count} {kind}" for kind, count in made.kinds.items())
    print(
        f"{out}: {made.slices} slices of {made.patients} phantoms; {made.hemorrhage} slices of "
        f"{made.bleeding_patients} phantoms show a hemorrhage ({kinds})"
    )


def run_demo() -> int:
    """Runs the demo preset on its phantoms, which are made when missing; returns the exit status."""
    config = load("demo", environment={}).config
    data = Path(config.run.data)
    if not (data / config.ingest.table).is_file():  # it is written last
        shutil.rmtree(data, ignore_errors=True)  # what an interrupted call left
        write_phantoms(data, config.phantoms)
    key = Path(config.ingest.key_file)
    if not key.exists():
        # Phantoms are nobody: the same key everywhere gives the same split everywhere.
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(hashlib.sha256(b"ichor phantoms").digest())
    from pipeline.session import run_on_terminal

    return run_on_terminal(config)


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"phantoms: patient {done} of {total}", end="\r" if done < total else "\n", flush=True)
