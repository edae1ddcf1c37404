"""A zip archive is a path to inspect, check and predict, and may lie in a run's data folder."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from dicom_folders import table, write_patient
from PIL import Image

from components.ingest.identity import load_key, locate, slice_id
from components.ingest.plan import UNREAD, plan
from components.slices.errors import DataError
from pipeline.inspection.folder import Watch, inspect
from pipeline.pushed.folder_slices import find_slices as find_to_check
from pipeline.pushed.folder_slices import look_at_all
from pipeline.pushed.inputs import find_slices, read_slice
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy

WINDOWS = "40/80 80/200 600/2800"


def pack(folder: Path) -> Path:
    """Replaces a folder by a zip archive of it."""
    archive = Path(shutil.make_archive(str(folder), "zip", folder))
    shutil.rmtree(folder)
    return archive


def config(folder: Path, **settings: str):
    assignments = [f"run.data='{folder}'", f"run.output='{folder.parent / 'output'}'"]
    assignments += [f"ingest.{name}='{value}'" for name, value in settings.items()]
    return load(assignments=assignments, read_file=False).config


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A patient's DICOM files in a folder."""
    write_patient(tmp_path / "study", "A")
    return tmp_path / "study"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Class folders with twelve patients."""
    draw = np.random.default_rng(0)
    for kind in ("hemorrhage", "normal"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        for patient in range(12):
            pixels = draw.integers(0, 256, (40, 40), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / kind / f"P{patient}_1.png")
    return tmp_path / "data"


def test_a_zipped_study_is_predicted_as_its_folder(study):
    params = config(study).ingest.model_copy(update={"windows": WINDOWS})
    before = find_slices([str(study)], WINDOWS, params)
    expected = [(source.patient, read_slice(source, params)) for source in before]
    archive = pack(study)
    slices = find_slices([str(archive)], WINDOWS, params)
    assert [(source.patient, read_slice(source, params)) for source in slices] == expected
    assert [source.path.relative_to(archive) for source in slices] == [
        source.path.relative_to(study) for source in before
    ]
    (again,) = find_slices([slices[1].name], WINDOWS, params)  # as it was printed
    assert read_slice(again, params) == expected[1][1]


def test_a_zip_of_the_wrong_kind_is_said_to_be_so(study):
    archive = pack(study)
    with pytest.raises(DataError, match=f"^all of {archive}: the model was trained on exported grey images"):
        find_slices([str(archive)], "", config(study).ingest)


def test_what_cannot_be_read_of_a_zip_has_its_reason_among_the_scores(images):
    with zipfile.ZipFile(images / "more.zip", "w") as archive:
        archive.writestr("inner.zip", b"")
    (images / "broken.zip").write_bytes(b"no archive")
    slices = find_slices([str(images)], "", config(images).ingest)
    reasons = {
        source.path.relative_to(images).as_posix(): source.reason for source in slices if source.reason
    }
    assert reasons == {"broken.zip": "corrupt", "more.zip/inner.zip": "unsupported_coding"}
    assert len(slices) == 24 + 2


def test_a_zip_is_checked_as_its_folder(study):
    params = config(study).ingest
    before = look_at_all(find_to_check(study, True, params).slices, WINDOWS, params, lambda done: None)
    zipped = find_to_check(pack(study), True, params)
    assert look_at_all(zipped.slices, WINDOWS, params, lambda done: None) == before
    assert all(look.measures for look in before)


def test_a_zip_is_inspected_as_its_folder(images):
    plain = inspect(config(images), True, Watch())
    zipped = inspect(config(pack(images)), True, Watch())
    for name in ("source", "form", "files", "classes", "patients", "not_slices", "refusals"):
        assert getattr(zipped, name) == getattr(plain, name), name
    assert zipped.looks.sizes == plain.looks.sizes
    assert zipped.looks.slices == 24


def test_a_run_plans_zips_in_its_data_folder_by_class_folder_pattern_and_table(images):
    params = config(images, patient_pattern=r"(?P<patient>P\d+)_").ingest
    plain = plan(images, params)
    pack(images / "hemorrhage").rename(images / "some.zip")
    (images / "hemorrhage").mkdir()
    (images / "some.zip").rename(images / "hemorrhage" / "some.zip")
    zipped = plan(images, params)
    assert [(row.patient, row.hemorrhage) for row in zipped.slices] == [
        (row.patient, row.hemorrhage) for row in plain.slices
    ]
    assert zipped.slices[0].path == "hemorrhage/some.zip/P0_1.png"
    rows = "hemorrhage/some.zip/P0_1.png,1,A\nnormal/P1_1.png,0,B\n"
    (images / "labels.csv").write_text(f"file,hemorrhage,patient\n{rows}")
    assert [row.patient for row in plan(images, params).slices] == ["A", "B"]


def test_a_run_plans_zipped_studies_as_their_folders_and_an_id_leads_to_the_file_in_the_zip(tmp_path):
    data = tmp_path / "data"
    for patient in "AB":
        write_patient(data / patient, patient)
    table(data, "patient", {"A": 1, "B": 0})
    params = config(data, key_file=str(tmp_path / "key")).ingest
    plain = plan(data, params)
    for patient in "AB":
        pack(data / patient)
    zipped = plan(data, params)
    assert list(map(but_for_path, zipped.slices)) == list(map(but_for_path, plain.slices))
    key = load_key(tmp_path / "key")
    path = zipped.slices[0].path
    assert path.startswith("A.zip/")
    assert locate(data, params, [slice_id(key, path)]) == {slice_id(key, path): path}


def but_for_path(row):
    return row.patient, row.hemorrhage, row.slice_index, row.frame, row.attributes


def test_an_archive_that_cannot_be_read_is_counted_and_warned_of(images):
    (images / "broken.zip").write_bytes(b"no archive")
    planned = plan(images, config(images).ingest)
    assert str(planned.rejections["broken.zip"].reason) == "corrupt"
    assert f"{UNREAD}: 1" in planned.warnings
