"""Which DICOM slices are scored, whose they are, and that no model is given the other kind."""

import re

import pytest
from dicom_folders import set_all, study_uid, table, write_patient
from PIL import Image

from components.slices.errors import DataError
from pipeline.pushed.inputs import find_slices
from pipeline.pushed.model import trained_on
from pipeline.settings.loading import load
from schemas.accounts.model import ModelAccount
from schemas.features import TRAINED_ON_FILE

pytestmark = pytest.mark.numpy

WINDOWS = "40/80 80/200 600/2800"


@pytest.fixture
def params():
    return load(read_file=False).config.ingest


@pytest.fixture
def folder(tmp_path):
    """Two patients, a localizer, and an exported picture."""
    for patient in "AB":
        write_patient(tmp_path, patient)
    write_patient(
        tmp_path, "A", name="scout", slices=1, change=set_all(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    )
    Image.new("L", (40, 40)).save(tmp_path / "preview.png")
    return tmp_path


def rows_of(slices, folder):
    return [(source.path.relative_to(folder).as_posix(), source.patient, source.reason) for source in slices]


def test_slices_come_series_by_series_and_what_is_none_has_its_reason(folder, params):
    assert rows_of(find_slices([str(folder)], WINDOWS, params), folder) == [
        *((f"{patient}/axial/IM000{number}", patient, "") for patient in "AB" for number in (1, 2, 3)),
        ("A/scout/IM0001", "", "localizer"),
    ]


def test_a_file_is_named_by_itself(folder, params):
    (source,) = find_slices([str(folder / "B" / "axial" / "IM0002")], WINDOWS, params)
    assert (source.path.name, source.frame, source.patient) == ("IM0002", 0, "B")


def test_patients_come_from_the_table_else_from_the_pattern_else_from_the_header(folder, params):
    pattern = params.model_copy(update={"patient_pattern": "^(?P<patient>.)/axial"})
    table(folder, "StudyInstanceUID", {study_uid("A"): 1}, patient={study_uid("A"): "one"})
    sound = [source for source in find_slices([str(folder)], WINDOWS, pattern) if not source.reason]
    assert [source.patient for source in sound] == ["one"] * 3 + ["B"] * 3


def test_a_model_of_hounsfield_units_is_given_no_images(folder, params, tmp_path_factory):
    image = folder / "preview.png"
    message = (
        f"{image}: the model was trained on DICOM slices in Hounsfield units (windows {WINDOWS}); an exported"
    )
    with pytest.raises(DataError, match="^" + re.escape(message)):
        find_slices([str(image), str(folder)], WINDOWS, params)
    images = tmp_path_factory.mktemp("images")
    Image.new("L", (40, 40)).save(images / "1.png")
    with pytest.raises(DataError, match=f"^all of {images}: the model was trained on DICOM slices"):
        find_slices([str(images)], WINDOWS, params)


def test_a_model_of_images_is_given_no_dicom(folder, params):
    file = folder / "A" / "axial" / "IM0001"
    with pytest.raises(
        DataError, match=f"^{file}: the model was trained on exported grey images; a DICOM slice"
    ):
        find_slices([str(file)], "", params)
    with pytest.raises(
        DataError, match=f"^all of {folder / 'A'}: the model was trained on exported grey images"
    ):
        find_slices([str(folder / "A")], "", params)
    assert [source.path.name for source in find_slices([str(folder)], "", params)] == ["preview.png"]


def test_a_model_says_what_it_was_trained_on(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"is not a SavedModel: it has no saved_model.pb"):
        trained_on(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    assert trained_on(tmp_path) == ""
    (tmp_path / TRAINED_ON_FILE).parent.mkdir()
    (tmp_path / TRAINED_ON_FILE).write_text("{")
    with pytest.raises(DataError, match=r"ichor.json: does not say what the model was trained on; copy"):
        trained_on(tmp_path)
    model_account = ModelAccount(
        windows=WINDOWS, image_side=96, channels=3, threshold=0.5, temperature=1.0, version="v"
    )
    (tmp_path / TRAINED_ON_FILE).write_text(model_account.to_json())
    assert trained_on(tmp_path) == WINDOWS


def test_files_without_preamble_and_ending_are_scored_too_and_none_twice(folder, params):
    file = folder / "B" / "axial" / "IM0002"
    file.write_bytes(file.read_bytes()[132:])
    again = [str(folder), str(folder / "A"), str(folder / "B" / "axial" / "IM0001")]
    sound = [source for source in find_slices(again, WINDOWS, params) if not source.reason]
    assert len(sound) == len({(source.path, source.frame) for source in sound}) == 6
    assert file in {source.path for source in sound}
