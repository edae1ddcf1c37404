"""Which files are scored, and whose they are."""

import pytest
from PIL import Image

from pipeline.pushed.inputs import find_slices
from pipeline.pushed.model import latest_pushed
from pipeline.pushed.scoring import Score, by_patient
from pipeline.settings.layout import Layout
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy


@pytest.fixture
def params():
    return load(assignments=["ingest.patient_pattern='(?P<patient>[0-9]+)_'"], read_file=False).config.ingest


@pytest.fixture
def folder(tmp_path):
    """Slices of patients A and B by the table, of 17 and 18 by their names, and files that are no slices."""
    for name in ("17_1.png", "18_1.png", "below/17_2.png", ".hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (40, 40)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a slice")
    return tmp_path


def patients(paths, params):
    return {source.path: source.patient for source in find_slices(paths, "", params)}


def with_table(folder):
    (folder / "labels.csv").write_text("file,hemorrhage,patient\n17_1.png,0,A\n18_1.png,1,B\n")


def test_the_pattern_gives_the_patient_and_hidden_and_other_files_are_left_out(folder, params):
    patient_of = patients([str(folder)], params)
    assert {path.relative_to(folder).as_posix(): patient for path, patient in patient_of.items()} == {
        "17_1.png": "17", "18_1.png": "18", "below/17_2.png": "17",
    }  # fmt: skip


def test_the_table_of_a_named_folder_goes_before_the_pattern(folder, params):
    with_table(folder)
    patient_of = patients([str(folder)], params)
    assert patient_of[folder / "17_1.png"] == "A"
    assert patient_of[folder / "below" / "17_2.png"] == "17"


def test_the_table_beside_a_named_file_gives_its_patient(folder, params):
    with_table(folder)
    patient_of = patients([str(folder / "17_1.png"), str(folder / "18_1.png")], params)
    assert list(patient_of.values()) == ["A", "B"]


def test_the_table_above_a_class_folder_gives_the_patients_in_it_and_brings_no_others(folder, params):
    (folder / "labels.csv").write_text("file,hemorrhage,patient\n17_1.png,0,A\nbelow/17_2.png,1,B\n")
    expected = {folder / "below" / "17_2.png": "B"}
    assert patients([str(folder / "below")], params) == expected
    assert patients([str(folder / "below" / "17_2.png")], params) == expected


def test_without_table_and_pattern_the_folder_is_the_patient(folder, params):
    plain = params.model_copy(update={"patient_pattern": ""})
    assert patients([str(folder / "below")], plain) == {folder / "below" / "17_2.png": str(folder / "below")}


def test_a_folder_without_images_is_reported(tmp_path, params):
    with pytest.raises(FileNotFoundError, match="no PNG or JPEG files in"):
        find_slices([str(tmp_path)], "", params)


@pytest.mark.parametrize(("how", "score", "label"), [("max", 0.9, 1), ("top_mean", 0.55, 0)])
def test_a_patient_is_scored_as_the_evaluation_is_set_to(how: str, score: float, label: int):
    evaluation = load(
        assignments=[f"evaluation.patient_score='{how}'", "evaluation.top_k=2"], read_file=False
    ).config.evaluation
    scores = [Score("a", "P", 0.2, 0), Score("b", "P", 0.9, 1), Score("c", "P", None, None, "empty")]
    patient, unread = by_patient([*scores, Score("d", "Q", None, None, "empty")], 0.6, evaluation)
    assert (patient.patient, patient.slices, patient.hemorrhage) == ("P", 3, label)
    assert patient.probability == pytest.approx(score)
    assert (unread.patient, unread.slices, unread.probability, unread.hemorrhage) == ("Q", 1, None, None)


def test_the_highest_number_is_the_latest_model_and_else_the_latest_copy_is_named(tmp_path):
    layout = Layout.of(load(read_file=False).config.run.model_copy(update={"output": str(tmp_path)}))
    for number in ("9", "10"):
        copy = tmp_path / "artifacts" / "Pusher" / "pushed_model" / number
        copy.mkdir(parents=True)
        (copy / "saved_model.pb").write_bytes(b"model")
    with pytest.raises(FileNotFoundError, match=r"pushed_model/10; give it with --model"):
        latest_pushed(layout)
    for number in ("9", "10", "notes"):
        (layout.pushed / number).mkdir(parents=True)
    assert latest_pushed(layout) == layout.pushed / "10"
