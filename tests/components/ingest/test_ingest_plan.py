import re
from pathlib import Path

import pytest

from components.ingest.plan import NO_PATIENTS, plan
from components.slices.errors import DataError

pytestmark = pytest.mark.numpy


def planned(data_dir: Path, params, **changes):
    return plan(data_dir, params.model_copy(update=changes))


def touch(data_dir: Path, *paths: str) -> None:
    for path in paths:
        (data_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (data_dir / path).touch()


def test_class_folders_are_found_at_any_depth_in_any_case(data_dir, params):
    touch(data_dir, "P1/Hemorrhage/1.png", "normal/site/P2/1.JPG", "BLEED/3.jpeg")
    found = planned(data_dir, params)
    assert found.form == "folders"
    assert [(row.path, row.hemorrhage) for row in found.slices] == [
        ("BLEED/3.jpeg", 1),
        ("P1/Hemorrhage/1.png", 1),
        ("normal/site/P2/1.JPG", 0),
    ]


def test_what_lies_in_no_class_or_both_is_counted_and_said(data_dir, params):
    touch(data_dir, "hemorrhage/1.png", "normal/2.png", "normal/bleed/3.png", "4.png", "misc/5.png")
    touch(data_dir, "notes.txt", "normal/Thumbs.db", ".git/x.png", "normal/.hidden.png")
    found = planned(data_dir, params)
    assert len(found.slices) == 2
    assert found.left_out == {"in no class folder": 2, "below folders of both classes": 1}
    assert found.other_files == 2
    assert found.warnings == (
        NO_PATIENTS,
        "images in no class folder were not read: 2",
        "images below folders of both classes were not read: 1",
    )


def test_a_table_wins_over_folders_unless_the_form_is_set(data_dir, params):
    touch(data_dir, "hemorrhage/1.png", "normal/2.png", "normal/3.png")
    (data_dir / "labels.csv").write_text("file,hemorrhage\n1.png,0\nnormal/2.png,1\n")
    by_table = planned(data_dir, params)
    assert by_table.form == "table"
    assert [row.hemorrhage for row in by_table.slices] == [0, 1]
    assert (by_table.unlisted, by_table.other_files) == (1, 0)
    assert "images that the label table does not name were not read: 1" in by_table.warnings
    by_folders = planned(data_dir, params, form="folders")
    assert [row.hemorrhage for row in by_folders.slices] == [1, 0, 0]


def test_the_patient_comes_from_the_column_else_the_pattern_else_nowhere(data_dir, params):
    touch(data_dir, "hemorrhage/P1_1.png", "normal/P2_1.png")
    pattern = r"(?P<patient>P\d+)_\d+\.png"
    by_pattern = planned(data_dir, params, patient_pattern=pattern)
    assert [row.patient for row in by_pattern.slices] == ["P1", "P2"]
    assert (by_pattern.patients_from, by_pattern.warnings) == ("pattern", ())
    (data_dir / "labels.csv").write_text("file,hemorrhage,patient\nP1_1.png,0,A\nP2_1.png,1,B\n")
    by_column = planned(data_dir, params, patient_pattern=pattern)
    assert [row.patient for row in by_column.slices] == ["A", "B"]
    (data_dir / "labels.csv").unlink()
    without = planned(data_dir, params)
    assert [row.patient for row in without.slices] == ["", ""]
    assert (without.patients_from, without.warnings) == ("none", (NO_PATIENTS,))


def test_links_are_followed_and_loops_are_not(data_dir, tmp_path, params):
    touch(tmp_path, "elsewhere/1.png", "elsewhere/2.png")
    touch(data_dir, "hemorrhage/0.png")
    (data_dir / "normal").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(data_dir)
    assert [row.path for row in planned(data_dir, params).slices] == [
        "hemorrhage/0.png",
        "normal/1.png",
        "normal/2.png",
    ]


@pytest.mark.parametrize(
    ("paths", "changes", "message"),
    [
        (
            (),
            {},
            "data folder {d}: no images; expected .png, .jpg or .jpeg files, or DICOM files, it is empty",
        ),
        (
            ("a.dcm", "b.dcm"),
            {},
            "data folder {d}: no images; expected .png, .jpg or .jpeg files, or DICOM files, found 2 others "
            "(.dcm)",
        ),
        (
            ("hemorrhage/1.png", "bleed/2.png"),
            {},
            "data folder {d}: all 2 slices are hemorrhage; a model needs slices of both classes",
        ),
        (("normal/1.png",), {}, "data folder {d}: all 1 slices are normal; a model needs"),
        (
            ("ct/1.png", "mr/2.png"),
            {},
            "data folder {d}: no table 'labels.csv', and no image in just one class's folder; "
            "expected folders named 'hemorrhage' or 'bleed' and 'normal', found 'ct' or 'mr'; add a",
        ),
        (
            ("1.png",),
            {"form": "table"},
            "data folder {d}: ingest.form is table, but there is no 'labels.csv'",
        ),
        (
            ("normal/1.png", "bleed/2.png"),
            {"patient_pattern": "(?P<patient>[A-Z]+)"},
            "ingest.patient_pattern '(?P<patient>[A-Z]+)' finds no patient in 2 of 2 paths, the first "
            "'bleed/2.png'; correct the pattern, or leave it empty",
        ),
        (
            ("normal/1.png", "bleed/2.png"),
            {"patient_pattern": "("},
            "ingest.patient_pattern '(': is no regular expression (missing ), unterminated subpattern",
        ),
        (
            ("normal/1.png", "bleed/2.png"),
            {"patient_pattern": r"\d+"},
            r"ingest.patient_pattern '\\d+': has no group named patient; "
            r"write it like (?P<patient>\d+)_\d+\.png",
        ),
        (
            ("normal/1.png", "bleed/2.png"),
            {"normal_folders": ("Normal", "Bleed")},
            "ingest.normal_folders: 'Bleed' is one of ingest.hemorrhage_folders too; give it once",
        ),
        (
            ("normal/1.png", "bleed/2.png"),
            {"slicing_columns": ("sex",)},
            "ingest.slicing_columns: 'sex' is not in the data; further columns there: none",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_with_the_way_out(data_dir, params, paths, changes, message):
    touch(data_dir, *paths)
    with pytest.raises(DataError, match="^" + re.escape(message.format(d=data_dir))):
        planned(data_dir, params, **changes)


def test_a_missing_folder_is_told(tmp_path, params):
    with pytest.raises(DataError, match=r"data folder /.*/nowhere: no such folder; give the one that holds"):
        plan(tmp_path / "nowhere", params)
    touch(tmp_path, "a.png")
    with pytest.raises(DataError, match=r"data folder /.*/a.png: is a file; give the folder"):
        plan(tmp_path / "a.png", params)
