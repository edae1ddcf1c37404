"""Which slices of a folder without labels are looked at, and what is said of the others."""

import io
from pathlib import Path

import numpy as np
import pytest
from dicom_folders import write_patient
from PIL import Image

from components.imaging.content import measure
from components.ingest.params import IngestParams
from pipeline.pushed import folder_slices
from pipeline.pushed.folder_slices import Look, find_slices, look_at_all
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

PARAMS = IngestParams(**DEFAULTS["ingest"])
WINDOWS = "40/80 80/200 600/2800"


def picture(brain: int) -> np.ndarray:
    down, right = np.mgrid[:96, :96] - 47.5
    radius = np.hypot(down, right)
    return np.select([radius < brain, radius < brain + 5], [120, 255], 0).astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Five pictures at all depths, three of which cannot be read, and what is no picture."""
    folder = tmp_path / "new"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "1.png").write_bytes(png(picture(30)))
    (folder / "a" / "b" / "2.PNG").write_bytes(png(picture(20)))
    (folder / "a" / "cut.png").write_bytes(png(picture(30))[:-40])
    (folder / "a" / "empty.jpg").touch()
    (folder / "a" / "text.jpeg").write_text("no picture")
    (folder / "labels.csv").write_text("this,is\nno,table,of,labels\n")
    (folder / ".hidden.png").write_bytes(png(picture(30)))
    return folder


def looked(folder: Path, dicom: bool = False) -> dict[str, Look]:
    in_folder = find_slices(folder, dicom, PARAMS)
    looks = look_at_all(in_folder.slices, WINDOWS if dicom else "", PARAMS, lambda done: None)
    return {path.name: look for (path, _), look in zip(in_folder.slices, looks, strict=True)}


def test_pictures_at_any_depth_are_measured_and_labels_are_not_needed(images: Path):
    looks = looked(images)
    assert set(looks) == {"1.png", "2.PNG", "cut.png", "empty.jpg", "text.jpeg"}
    assert looks["1.png"] == Look((96, 96), measure(picture(30)))
    assert looks["2.PNG"] == Look((96, 96), measure(picture(20)))


def test_what_cannot_be_read_has_a_reason(images: Path):
    reasons = {name: look.reason for name, look in looked(images).items() if look.reason}
    assert reasons == {"cut.png": "truncated", "empty.jpg": "empty", "text.jpeg": "not_an_image"}
    broken = bytearray(png(picture(30)))
    pixels = broken.index(b"IDAT") + 4
    broken[pixels : pixels + 8] = bytes(8)
    (images / "broken.png").write_bytes(broken)
    assert looked(images)["broken.png"].reason == "corrupt"


def test_progress_is_reported_slice_by_slice(images: Path):
    calls: list[int] = []
    look_at_all(find_slices(images, False, PARAMS).slices, "", PARAMS, calls.append)
    assert calls == [1, 2, 3, 4, 5]


def test_several_processes_say_the_same_in_the_same_order(images: Path, monkeypatch: pytest.MonkeyPatch):
    slices = find_slices(images, False, PARAMS).slices * 8
    alone = look_at_all(slices, "", PARAMS, lambda done: None)
    monkeypatch.setattr(folder_slices, "FEW_SLICES", 0)
    calls: list[int] = []
    assert look_at_all(slices, "", PARAMS, calls.append) == alone
    assert calls == list(range(1, 41))


@pytest.fixture
def dicom(tmp_path: Path) -> Path:
    folder = tmp_path / "dicom"
    write_patient(folder, "p1", slices=3)
    write_patient(folder, "p1", "sharp", slices=3, kernel="BONE")
    write_patient(folder, "p2", slices=2)
    (folder / "p2" / "cut.dcm").write_bytes((folder / "p2" / "axial" / "IM0001").read_bytes()[:300])
    (folder / "notes.txt").write_text("hello")
    return folder


def test_of_dicom_files_those_are_looked_at_that_a_run_would_read(dicom: Path):
    """The sharp series shows the same head again; ingest leaves it out, and so does this."""
    in_folder = find_slices(dicom, True, PARAMS)
    assert [path.parent.name for path, _ in in_folder.slices] == ["axial"] * 5
    assert in_folder.left_out == {"other_series": 3, "truncated": 1}
    every = find_slices(dicom, True, PARAMS.model_copy(update={"series": "all"}))
    assert len(every.slices) == 8


def test_dicom_slices_are_measured_on_their_hu(dicom: Path):
    looks = look_at_all(find_slices(dicom, True, PARAMS).slices, WINDOWS, PARAMS, lambda done: None)
    assert not any(look.reason for look in looks)
    for look in looks:
        assert look.measures is not None
        assert look.measures.high_hu is not None
        assert look.measures.high_hu > 500  # bone


def test_the_other_kind_is_counted(images: Path, dicom: Path):
    assert find_slices(images, True, PARAMS).others == 5
    assert find_slices(dicom, False, PARAMS).others == 9
    assert find_slices(dicom, False, PARAMS).slices == ()
