"""Which slices of a folder of DICOM files are read, with which label, and why the others are not."""

import re

import pydicom
import pytest
from dicom_folders import reasons, series_uid, set_all, sop_uid, study_uid, table, write_patient

from components.ingest.plan import plan
from components.slices.errors import DataError
from components.slices.header import Reason

pytestmark = pytest.mark.numpy


@pytest.fixture
def params(params):
    return params.model_copy(update={"max_rejected_share": 0.5})


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("StudyInstanceUID", {study_uid("A"): 1, study_uid("B"): 0}),
        ("series_instance_uid", {series_uid("A"): 1, series_uid("B"): 0}),
        ("patient", {"A": 1, "B": 0}),
        ("PatientID", {"A": 1, "B": 0}),
        ("SOP Instance UID", {sop_uid(name, index): int(name == "A") for name in "AB" for index in range(3)}),
        ("file", {f"{name}/axial/IM000{index}": int(name == "A") for name in "AB" for index in (1, 2, 3)}),
    ],
)
def test_labels_are_found_by_uid_of_instance_series_or_study_by_file_or_by_patient(two, params, key, labels):
    table(two, key, labels)
    found = plan(two, params)
    assert (found.source, found.form, found.patients_from) == (
        "dicom",
        "table",
        "column" if key in ("patient", "PatientID") else "header",
    )
    assert [(row.patient, row.hemorrhage, row.slice_index) for row in found.slices] == [
        ("A", 1, 0), ("A", 1, 1), ("A", 1, 2), ("B", 0, 0), ("B", 0, 1), ("B", 0, 2),
    ]  # fmt: skip
    assert found.rejections == {}
    assert found.warnings == ()
    of = {
        "StudyInstanceUID": "study",
        "series_instance_uid": "series",
        "patient": "patient",
        "PatientID": "patient",
    }
    assert found.labels_of == of.get(key, "slice")


def test_class_folders_label_dicom_files_too(data_dir, params):
    write_patient(data_dir / "bleed", "A")
    write_patient(data_dir / "normal", "B")
    write_patient(data_dir / "unsure", "C")
    found = plan(data_dir, params)
    assert (found.source, found.form) == ("dicom", "folders")
    assert {(row.patient, row.hemorrhage) for row in found.slices} == {("A", 1), ("B", 0)}
    assert set(reasons(found).values()) == {Reason.UNLABELLED}
    assert found.warnings == ("files in no class folder were not read: 3",)


def test_age_sex_and_manufacturer_of_the_header_become_attributes_and_the_table_goes_before_them(two, params):
    table(two, "patient", {"A": 1, "B": 0}, sex={"A": "x", "B": "y"}, subtype={"A": "subdural", "B": "none"})
    found = plan(two, params)
    assert found.slices[0].attributes == ("age=60-69", "sex=x", "manufacturer=other", "subtype=subdural")


def test_patients_come_from_the_tables_column_else_the_pattern_else_the_header(two, params):
    labels = {study_uid("A"): 1, study_uid("B"): 0}
    table(two, "StudyInstanceUID", labels, patient={study_uid("A"): "one", study_uid("B"): "two"})
    pattern = params.model_copy(update={"patient_pattern": "^(?P<patient>.)"})
    by_column = plan(two, pattern)
    assert ({row.patient for row in by_column.slices}, by_column.patients_from) == ({"one", "two"}, "column")
    table(two, "StudyInstanceUID", labels)
    by_pattern = plan(two, params.model_copy(update={"patient_pattern": "^(?P<patient>.)/axial"}))
    assert ({row.patient for row in by_pattern.slices}, by_pattern.patients_from) == ({"A", "B"}, "pattern")
    by_header = plan(two, params)
    assert ({row.patient for row in by_header.slices}, by_header.patients_from) == ({"A", "B"}, "header")


def test_without_a_patient_id_each_study_counts_as_a_patient_and_that_is_told(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient, change=lambda dataset: setattr(dataset, "PatientID", ""))
    table(data_dir, "StudyInstanceUID", {study_uid("A"): 1, study_uid("B"): 0})
    found = plan(data_dir, params)
    assert {row.patient for row in found.slices} == {f"study {study_uid(name)}" for name in "AB"}
    assert found.warnings == ("slices whose header names no patient, each study counted as one: 6",)


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        ({"kernel": "BONE"}, "a kernel that sharpens bone"),
        ({"kernel": "H70h"}, "a kernel that sharpens bone"),
        ({"change": set_all(ContrastBolusAgent="Iodine")}, "contrast agent"),
        ({"change": set_all(SliceThickness="0.6")}, "thinner slices"),
        ({"slices": 2}, "fewer slices"),
        ({"number": 9}, "a higher number"),
    ],
)
def test_of_the_series_of_a_study_one_is_chosen_by_the_rule(data_dir, params, worse, why):
    usual = set_all(SliceThickness="5")
    for patient in "AB":
        write_patient(data_dir, patient, change=worse.get("change") and usual)
        write_patient(data_dir, patient, name="a", **worse)
    table(data_dir, "patient", {"A": 1, "B": 0})
    found = plan(data_dir, params)
    assert {row.path.split("/")[1] for row in found.slices} == {"axial"}, why
    assert set(reasons(found).values()) == {Reason.OTHER_SERIES}
    everything = plan(data_dir, params.model_copy(update={"series": "all"}))
    assert {row.path.split("/")[1] for row in everything.slices} == {"a", "axial"}
    assert everything.rejections == {}


def test_a_series_that_the_table_names_goes_before_the_rule(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient)
        write_patient(data_dir, patient, name="bone", kernel="BONE")
    table(data_dir, "SeriesInstanceUID", {series_uid("A", "bone"): 1, series_uid("B", "bone"): 0})
    found = plan(data_dir, params)
    assert {row.path.split("/")[1] for row in found.slices} == {"bone"}
    assert set(reasons(found).values()) == {Reason.UNLABELLED}


def test_a_second_file_of_the_same_instance_is_left_out(two, params):
    (two / "copy").write_bytes((two / "A" / "axial" / "IM0001").read_bytes())
    table(two, "patient", {"A": 1, "B": 0})
    found = plan(two, params)
    assert len(found.slices) == 6
    assert reasons(found) == {"copy": Reason.DUPLICATE}


def test_of_copies_of_an_instance_the_largest_is_read(two, params):
    """One that broke off is smaller, and nothing in the header of compressed pixels tells."""
    whole = two / "A" / "axial" / "IM0001"
    dataset = pydicom.dcmread(whole)
    dataset.compress(pydicom.uid.JPEGLSLossless, generate_instance_uid=False)
    dataset.save_as(whole)
    (two / "A" / "a copy that broke off").write_bytes(whole.read_bytes()[:-500])
    table(two, "patient", {"A": 1, "B": 0})
    found = plan(two, params)
    assert reasons(found) == {"A/a copy that broke off": Reason.DUPLICATE}


def test_rows_without_a_slice_are_told_and_many_of_them_are_refused(two, params):
    table(two, "patient", {"A": 1, "B": 0, "C": 1})
    assert plan(two, params).warnings == ("rows of labels.csv that no slice was found for: 1",)
    table(two, "patient", {"A": 1, "B": 0, "C": 1, "D": 1, "E": 0})
    message = (
        f"labels.csv row 4: no slice below {two} has this patient, nor those of 2 more rows; add the files"
    )
    with pytest.raises(DataError, match="^" + re.escape(message)):
        plan(two, params)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "SOPInstanceUID,label\n1,1\n",
            "labels.csv: expected a column hemorrhage and one of SOPInstanceUID, ",
        ),
        ("patient,hemorrhage\nA,2\n", "labels.csv row 2: hemorrhage must be 0 or 1, got '2'"),
        ("patient,hemorrhage\nA,1\n\nA,0\n", "labels.csv row 4: patient 'A' stands in row 2 already"),
        ("StudyInstanceUID,hemorrhage,patient\n1,1,\n", "labels.csv row 2: patient is empty; fill it in, or"),
        ("SOPInstanceUID,hemorrhage\n,1\n", "labels.csv row 2: SOPInstanceUID is empty"),
        ("patient,hemorrhage\nA\n", "labels.csv row 2: expected 2 cells, got 1"),
        ("patient,hemorrhage\n", "labels.csv: has a header and no rows; expected a row for each patient"),
        ("patient,PatientID,hemorrhage\nA,A,1\n", "labels.csv: column 'patient' stands twice in the header"),
    ],
)
def test_a_table_that_does_not_keep_to_its_form_is_told(two, params, text, message):
    (two / "labels.csv").write_text(text)
    with pytest.raises(DataError, match="^" + re.escape(message)):
        plan(two, params)


def test_a_folder_without_any_axial_slice_is_told_with_what_there_is(data_dir, params):
    write_patient(data_dir, "A", change=set_all(Modality="MR"))
    table(data_dir, "patient", {"A": 1})
    message = f"data folder {data_dir}: no axial CT slice in 4 files: 3 not_a_ct_image"
    with pytest.raises(DataError, match="^" + re.escape(message)):
        plan(data_dir, params)


def test_dicom_files_among_images_are_told_and_read_when_asked_for(data_dir, params, draw):
    draw(data_dir / "bleed" / "1.png")
    draw(data_dir / "normal" / "2.png")
    write_patient(data_dir / "bleed", "A")
    write_patient(data_dir / "normal", "B")
    found = plan(data_dir, params.model_copy(update={"patient_pattern": "(?P<patient>.)"}))
    assert (found.source, len(found.slices)) == ("image", 2)
    assert found.warnings == (
        "DICOM files among the images were not read: 6; ingest.source=dicom reads them",
    )
    asked = plan(data_dir, params.model_copy(update={"source": "dicom"}))
    assert (asked.source, len(asked.slices), asked.other_files) == ("dicom", 6, 2)
    assert asked.warnings == (
        "PNG or JPEG files among the DICOM files were not read: 2; ingest.source=image reads them",
    )
