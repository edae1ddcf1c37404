"""Phantoms on disk, and the whole pipeline on them."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from components.slices.errors import DataError
from pipeline.settings.loading import load


def write_phantoms(out: Path, params: PhantomFolderParams, masks: Path | None = None) -> str:
    """Writes a folder of phantoms, and masks of their bleeds if asked to; returns what is in it, in words.

    Raises:
      DataError: `masks` lies in `out`.
      FileExistsError: `out` or `masks` is not empty.
    """
    try:
        made = write_dataset(out, params, progress=_progress, masks=masks)
    except ValueError as error:
        raise DataError(str(error)) from error
    kinds = ", ".join(f"{count} {kind}" for kind, count in made.kinds.items())
    return (
        f"{made.slices} slices of {made.patients} phantoms; {made.hemorrhage} slices of "
        f"{made.bleeding_patients} phantoms show a hemorrhage ({kinds})"
    )


def run_demo() -> int:
    """Runs the demo preset on its phantoms, which are made when missing; returns the exit status.

    A settings file is not read: it speaks of other data.
    """
    key = Path("demo", "phantoms.key")
    config = load("demo", [f"ingest.key_file={key}"], read_file=False).config
    data = Path(config.run.data)
    if not data.exists():
        unfinished = data.with_name(f"{data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        said = write_phantoms(unfinished, config.phantoms)
        unfinished.rename(data)
        print(f"{data}: {said}")
    if not key.exists():
        # Phantoms are nobody: the same key everywhere gives the same split everywhere.
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(hashlib.sha256(b"ichor phantoms").digest())
    from pipeline.commands.run import run_on_terminal

    return run_on_terminal(config)


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"phantoms: patient {done} of {total}", end="\r" if done < total else "\n", flush=True)
