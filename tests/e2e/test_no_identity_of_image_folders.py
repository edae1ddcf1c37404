"""Nothing that identifies a patient is in what runs on image folders leave, of each form of such a folder."""

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest
from planted_identities import COLUMN, DATE, FILE, NAME, found_in
from planted_images import CLASS_FOLDERS, TABLE, plant_images

pytestmark = pytest.mark.e2e

PATTERN = 'ingest.patient_pattern="(?P<patient>[A-Z][a-z]+[0-9]+)/"'


@dataclasses.dataclass(frozen=True)
class Planted:
    """A workplace, the patients that its phantoms name, and where its runs put temporary files."""

    place: object
    patients: list[str]
    temporary: Path

    @property
    def data(self) -> Path:
        return self.place.folder / "phantoms"

    def identities(self) -> list[str]:
        return found_in([self.place.layout.root, self.temporary], [NAME, FILE, DATE, COLUMN, *self.patients])

    def copy_to_the_other_class(self) -> None:
        """Makes one picture a hemorrhage and none."""
        bleeding = sorted((self.data / "hemorrhage").rglob("*.png"))[0]
        shutil.copy(bleeding, sorted((self.data / "normal").iterdir())[-1])


@pytest.fixture
def planted(phantoms, tmp_path, monkeypatch):
    """Plants identities in a copy of the phantoms."""

    def make(form: str) -> Planted:
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr(tempfile, "tempdir", None)
        place = phantoms.copy(tmp_path / "place")
        return Planted(place, plant_images(place.folder / "phantoms", form), temporary)

    return make


def test_a_whole_run_on_a_label_table_leaves_no_identity(planted):
    planted = planted(TABLE)
    outcome, run = planted.place.run("trainer.epochs=1")
    assert outcome.status == 0, outcome.text
    assert run.nodes["Pusher"].state == "ran"
    assert planted.identities() == []
    for suffix, marks in ((".png", (b"tEXt", b"eXIf")), (".jpg", (b"Exif", b"ICC_PROFILE"))):
        file = next(planted.data.rglob(f"*{suffix}")).read_bytes()
        assert all(mark in file for mark in (*marks, NAME.encode(), b"after the end of"))


@pytest.mark.parametrize("settings", [(PATTERN,), ()], ids=["patients in names", "patients not known"])
def test_a_run_on_class_folders_that_leaks_leaves_no_identity(planted, settings):
    planted = planted(CLASS_FOLDERS)
    planted.copy_to_the_other_class()
    outcome, run = planted.place.run(*settings)
    assert outcome.status == 1
    assert "the splits leak" in outcome.text
    assert run.nodes["LeakageGate"].state == "failed"
    assert planted.identities() == []
