"""Runs of the whole graph on small phantoms, as a user starts them."""

import contextlib
import dataclasses
import os
import shutil
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.past_runs.history import Run, read_run
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load

SMALL = (
    "phantoms.patients=12",
    "phantoms.side=96",
    "phantoms.slices_per_series=10",
    "phantoms.hemorrhage_share=0.6",
)
QUICK = (
    "trainer.trunk=tiny",
    "trainer.epochs=2",
    "transform.image_side=48",
    "gate.min_binary_accuracy=0.01",
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a user sees of one command."""

    status: int
    text: str


def ichor(folder: Path, *arguments: str) -> Outcome:
    """Calls the command line in this process, from a folder, and returns what the terminal showed."""
    shown = folder / "terminal.txt"
    with shown.open("w+b") as file, contextlib.chdir(folder):
        sys.stdout.flush()
        kept = os.dup(1), os.dup(2)
        try:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            # pytest has replaced sys.stdout; the command must write to the terminal's own descriptor.
            with (
                os.fdopen(os.dup(1), "w", buffering=1) as out,
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(out),
            ):
                status = main(list(arguments))
        finally:
            for number, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, number)
                os.close(copy)
    return Outcome(status, shown.read_text())


class Workplace:
    """A folder with phantoms, a key and an output folder, and the commands on them."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "ichor.toml").write_text(
            '[run]\ndata = "phantoms"\n[ingest]\nkey_file = "key"\n[trainer]\nweights = "none"\n'
        )
        (folder / "key").write_bytes(bytes(range(32)))
        (folder / "key").chmod(0o600)

    @property
    def config(self) -> Config:
        with contextlib.chdir(self.folder):
            return load(environment={}).config

    @property
    def layout(self) -> Layout:
        with contextlib.chdir(self.folder):
            return Layout.of(self.config.run)

    def ichor(self, *arguments: str) -> Outcome:
        return ichor(self.folder, *arguments)

    def run(self, *settings: str) -> tuple[Outcome, Run]:
        assignments = [part for setting in (*QUICK, *settings) for part in ("--set", setting)]
        outcome = self.ichor("run", *assignments)
        return outcome, read_run(self.layout)

    def pushed(self) -> list[str]:
        return sorted(path.name for path in self.layout.pushed.glob("*"))

    def copy(self, folder: Path) -> "Workplace":
        """Returns a workplace with the same phantoms and no runs."""
        shutil.copytree(self.folder / "phantoms", folder / "phantoms")
        return Workplace(folder)


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory) -> Workplace:
    """A workplace with phantoms on which nothing may run; tests take a `copy`."""
    place = Workplace(tmp_path_factory.mktemp("phantoms"))
    settings = [part for setting in SMALL for part in ("--set", setting)]
    assert place.ichor("phantoms", "--out", "phantoms", *settings).status == 0
    return place


@pytest.fixture(scope="module")
def workplace(tmp_path_factory) -> Workplace:
    """An empty workplace of its own for each module."""
    return Workplace(tmp_path_factory.mktemp("workplace"))


@pytest.fixture(scope="module")
def place(phantoms, tmp_path_factory) -> Workplace:
    """A workplace of its own for each module."""
    return phantoms.copy(tmp_path_factory.mktemp("place"))
