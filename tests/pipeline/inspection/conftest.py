"""Folders of phantoms, and `ichor inspect` called as a person calls it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.phantoms.companions import Extra
from components.phantoms.dataset import DatasetSummary, write_dataset
from components.phantoms.params import PhantomFolderParams
from pipeline.cli import main

PATIENTS, SLICES = 20, 8  # a patient
BESIDE = (Extra.LOCALIZER, Extra.BONE_KERNEL, Extra.DOSE_REPORT)
CONTINUED = "\n" + " " * 16


class Page(str):
    """What the command prints, each entry on one line."""

    def entries(self, name: str) -> list[str]:
        """Returns what stands under a name."""
        return [line[len(name) :].strip() for line in self.splitlines() if line.startswith(f"{name} ")]

    def entry(self, name: str) -> str:
        """Returns the only thing that stands under a name."""
        (text,) = self.entries(name)
        return text


Said = Callable[..., tuple[int, Page]]


def _made(folder: Path, kind: str, extras: Sequence[Extra] = ()) -> tuple[Path, DatasetSummary]:
    params = PhantomFolderParams(
        patients=PATIENTS, seed=0, side=96, slices_per_series=SLICES, hemorrhage_share=0.55, format=kind
    )
    return folder, write_dataset(folder, params, extras=extras)


@pytest.fixture(scope="session")
def png(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetSummary]:
    """Phantoms as images, and what is known of them. Not to be changed."""
    return _made(tmp_path_factory.mktemp("png") / "slices", "png")


@pytest.fixture(scope="session")
def dicom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetSummary]:
    """The same as DICOM, with what else a study holds. Not to be changed."""
    return _made(tmp_path_factory.mktemp("dicom") / "series", "dicom", BESIDE)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key, so that the split is known before the first run."""
    path = tmp_path / "fixed.key"
    path.write_bytes(b"0123456789abcdef0123456789abcdef")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ICHOR_CONFIG", raising=False)


@pytest.fixture
def inspected(capsys: pytest.CaptureFixture[str]) -> Said:
    """Calls the command; returns its exit status and its page, each entry on one line."""

    def call(folder: Path, *arguments: str) -> tuple[int, Page]:
        status = main(["inspect", str(folder), *arguments])
        said = capsys.readouterr()
        assert said.err == ""
        return status, Page(said.out.replace(CONTINUED, " "))

    return call


@pytest.fixture
def facts(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Calls the command with --json and returns what it says."""

    def call(folder: Path, *arguments: str) -> dict[str, Any]:
        main(["inspect", str(folder), "--json", *arguments])
        return json.loads(capsys.readouterr().out)

    return call
