import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from components.ingest.params import IngestParams
from components.ingest.plan import plan

pytestmark = pytest.mark.numpy

PATTERN = ("--set", r"ingest.patient_pattern=(?P<patient>p\d+)_s\d+\.png")


@pytest.fixture
def folders(tmp_path: Path, heads: Path) -> Path:
    """Class folders of phantoms, without their table."""
    src = tmp_path / "mine"
    shutil.copytree(heads, src, ignore=shutil.ignore_patterns("labels.csv"))
    return src


def _by_file(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["file"]: row["hemorrhage"] for row in rows}


def _expected(folders: Path) -> dict[str, str]:
    return {
        path.relative_to(folders).as_posix(): str(int(path.parent.name == "hemorrhage"))
        for path in folders.rglob("*.png")
    }


def test_folders_give_the_class_and_the_pattern_gives_the_patient(folders, import_set, snapshot):
    before = snapshot(folders)
    done = import_set("folders", folders, *PATTERN)
    assert (done.status, done.error) == (0, "")
    assert _by_file(done.rows) == _expected(folders)
    assert {row["patient"] for row in done.rows} == {"p000", "p001", "p002", "p003"}
    assert all(row["patient"] in row["file"] for row in done.rows)
    assert done.links() == {file: folders / file for file in _by_file(done.rows)}
    assert snapshot(folders) == before


def test_ingest_needs_no_pattern_any_more(folders, import_set, ingest: IngestParams):
    planned = plan(import_set("folders", folders, *PATTERN).out, ingest)
    assert (planned.form, planned.patients_from, planned.warnings) == ("table", "column", ())
    assert {each.path: str(each.hemorrhage) for each in planned.slices} == _expected(folders)


def test_without_a_pattern_patients_are_not_known_and_that_is_said(folders, import_set):
    done = import_set("folders", folders)
    assert "patient" not in done.rows[0]
    assert ", patients not known: " in done.said
    assert "note: patients are not known, so one may come to lie in several splits" in done.said


def test_other_names_of_class_folders_come_from_the_settings(folders, import_set):
    expected = _expected(folders)
    (folders / "hemorrhage").rename(folders / "ICH")
    done = import_set("folders", folders, "--set", 'ingest.hemorrhage_folders=["ich"]')
    assert {
        file.replace("ICH/", "hemorrhage/"): label for file, label in _by_file(done.rows).items()
    } == expected


def test_files_outside_of_class_folders_in_both_or_of_another_kind_are_listed(folders, import_set):
    some = next((folders / "normal").iterdir())
    for below in ("elsewhere", "normal/hemorrhage"):
        (folders / below).mkdir()
        shutil.copy(some, folders / below / "x.png")
    (folders / "normal" / "thumbs.db").write_bytes(b"")
    (folders / "normal" / "x.dcm").write_bytes(b"")
    expected = {file: label for file, label in _expected(folders).items() if not file.endswith("/x.png")}
    done = import_set("folders", folders)
    assert done.left_out == [
        ("file", "DICOM among images", "normal/x.dcm"),
        ("file", "below folders of both classes", "normal/hemorrhage/x.png"),
        ("file", "in no class folder", "elsewhere/x.png"),
        ("file", "not part of the set", "normal/thumbs.db"),
    ]
    assert _by_file(done.rows) == expected


def test_a_file_whose_patient_the_pattern_does_not_find_is_left_out(folders, import_set):
    odd = next((folders / "normal").iterdir()).rename(folders / "normal" / "scan7.png")
    done = import_set("folders", folders, *PATTERN)
    assert done.left_out == [("file", "without a patient", "normal/scan7.png")]
    assert _by_file(done.rows) == {f: n for f, n in _expected(folders).items() if not f.endswith(odd.name)}


def test_names_that_no_table_can_hold_are_left_out_and_listed(folders, import_set, ingest: IngestParams):
    expected = _expected(folders)
    some = next((folders / "normal").iterdir())
    for name in (b"two\nlines.png", b"latin-\xe9.png", b"back\\slash.png", b" gap.png" + b" "):
        shutil.copy(some, os.fsdecode(os.fsencode(folders / "normal") + b"/" + name))
    for name in ('quoted ".png', "comma, and <b>.png", "Röntgen 頭.png"):
        shutil.copy(some, folders / "normal" / name)
        expected[f"normal/{name}"] = "0"
    done = import_set("folders", folders)
    assert _by_file(done.rows) == expected
    reasons = [reason for _, reason, _ in done.left_out]
    assert reasons.count("with a name that cannot stand in a table") == 4
    assert ("file", "with a name that cannot stand in a table", "normal/two\nlines.png") in done.left_out
    assert len(plan(done.out, ingest).slices) == len(expected)


def test_a_loop_of_links_in_the_source_is_walked_once_and_a_dead_link_is_listed(folders, import_set):
    expected = _expected(folders)
    (folders / "normal" / "again").symlink_to(folders)
    (folders / "normal" / "dead.png").symlink_to(folders / "gone.png")
    done = import_set("folders", folders)
    assert _by_file(done.rows) == expected
    assert done.left_out == [("file", "not part of the set", "normal/dead.png")]
    assert done.details() == ["no regular file"]


def test_a_name_for_both_classes_is_an_error(folders, import_set):
    done = import_set("folders", folders, "--set", 'ingest.normal_folders=["normal", "Hemorrhage"]')
    assert done.status == 1
    assert "ingest.normal_folders: 'hemorrhage' is one of ingest.hemorrhage_folders too" in done.error


def test_a_pattern_without_a_group_for_the_patient_is_an_error_and_leaves_nothing(folders, import_set):
    done = import_set("folders", folders, "--set", r"ingest.patient_pattern=p\d+")
    assert done.status == 1
    assert "has no group named patient" in done.error
    assert not [path for path in folders.parent.iterdir() if path != folders]


@pytest.fixture
def dicom(tmp_path: Path, write_ct: Callable[..., Path]) -> Path:
    src = tmp_path / "dicom"
    for patient in range(3):
        for place, label in enumerate(("normal", "hemorrhage")):
            path = src / label / f"{patient}" / f"IM{place}.dcm"
            write_ct(path, f"1.{patient + 1}.{place + 1}", f"P{patient}", f"1.{patient + 1}", place)
    return src


def test_dicom_in_class_folders_is_keyed_by_instance_with_the_patient_of_the_header(
    dicom, import_set, ingest: IngestParams
):
    done = import_set("folders", dicom)
    expected = [
        (f"1.{patient + 1}.{place + 1}", str(place), f"P{patient}")
        for place in (1, 0)
        for patient in range(3)
    ]
    assert [tuple(row.values()) for row in done.rows] == expected
    assert "6 slices of 3 patients in 3 scans: 3 hemorrhage, 3 normal" in done.said
    planned = plan(done.out, ingest)
    assert {(each.path, each.hemorrhage, each.patient) for each in planned.slices} == {
        (f"{('normal', 'hemorrhage')[place]}/{patient}/IM{place}.dcm", place, f"P{patient}")
        for patient in range(3)
        for place in range(2)
    }


def test_one_instance_in_two_files_is_taken_once_and_in_both_classes_not_at_all(dicom, import_set):
    shutil.copy(dicom / "normal/0/IM0.dcm", dicom / "normal/0/copy.dcm")
    shutil.copy(dicom / "normal/1/IM0.dcm", dicom / "hemorrhage/1/wrong.dcm")
    done = import_set("folders", dicom)
    assert done.left_out == [
        ("file", "sharing a UID with another label or patient", "hemorrhage/1/wrong.dcm"),
        ("file", "sharing a UID with another label or patient", "normal/1/IM0.dcm"),
        ("file", "with the UID of another file of the same label", "normal/0/copy.dcm"),
    ]
    assert {row["SOPInstanceUID"] for row in done.rows} == {"1.1.1", "1.1.2", "1.2.2", "1.3.1", "1.3.2"}
