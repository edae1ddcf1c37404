"""What headers say in ways that are seldom, and what is told where much of a folder cannot be read."""

import re
from pathlib import Path

import pydicom
import pytest
from dicom_folders import series_uid, set_all, sop_uid, study_uid, table, write_patient
from dicom_variants import VARIANTS

from components.ingest import contents
from components.ingest.plan import plan
from components.slices.dicom.instances import read_instances
from components.slices.dicom.series import SHARP_KERNEL
from components.slices.errors import DataError
from components.slices.header import Reason

pytestmark = pytest.mark.numpy


def rewritten(path: Path, change) -> Path:
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


def enhanced(folder: Path, change) -> list:
    (file,) = VARIANTS["enhanced"](folder).files
    rewritten(file, change)
    return read_instances(folder, file.name)


def test_frames_are_judged_by_their_own_type_and_left_out_one_by_one(tmp_path):
    def mixed(dataset):
        dataset.ImageType = ["MIXED", "PRIMARY", "VOLUME", "NONE"]
        shared = dataset.SharedFunctionalGroupsSequence[0]
        for index, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            kind = pydicom.Dataset()
            kind.update(shared.CTImageFrameTypeSequence[0])
            kind.FrameType = ["DERIVED", "PRIMARY", "VOLUME", "MAX_IP"] if index in (2, 5) else kind.FrameType
            frame.CTImageFrameTypeSequence = [kind]
        del shared.CTImageFrameTypeSequence

    read = enhanced(tmp_path, mixed)
    assert [each.frame for each in read.instances] == [0, 1, 3, 4, 6, 7]
    assert {name: why.reason for name, why in read.rejections.items()} == {
        "IM0001#2": Reason.DERIVED, "IM0001#5": Reason.DERIVED,
    }  # fmt: skip


def test_kernel_contrast_and_region_of_an_enhanced_ct_stand_in_its_functional_groups(tmp_path):
    def bone_of_the_chest(dataset):
        shared = dataset.SharedFunctionalGroupsSequence[0]
        shared.CTReconstructionSequence[0].ConvolutionKernel = "BONE"
        shared.FrameAnatomySequence[0].AnatomicRegionSequence[0].CodeMeaning = "Chest"
        dataset.ContrastBolusAgentSequence = [pydicom.Dataset()]
        del dataset.BodyPartExamined

    (first, *_) = enhanced(tmp_path, bone_of_the_chest).instances
    assert (first.kernel, first.contrast, first.elsewhere) == ("BONE", True, True)


@pytest.mark.parametrize(
    ("agent", "part", "expected"),
    [("NONE", "HEAD", (False, False)), ("", "", (False, False)), ("Iodine", "CHEST", (True, True))],
)
def test_contrast_and_part_of_the_body_are_what_the_header_says(tmp_path, agent, part, expected):
    write_patient(tmp_path, "A", slices=1, change=set_all(ContrastBolusAgent=agent, BodyPartExamined=part))
    (only,) = read_instances(tmp_path, "A/axial/IM0001").instances
    assert (only.contrast, only.elsewhere) == expected


def test_numbers_that_only_rank_or_order_do_not_cost_a_slice(tmp_path):
    (file,) = write_patient(tmp_path, "A", slices=1)
    data, number, thickness = file.read_bytes(), b"IS\x02\x00" + b"1 ", b"DS\x02\x00" + b"20"
    assert number in data
    assert thickness in data
    file.write_bytes(data.replace(number, number[:4] + b"1a").replace(thickness, thickness[:4] + b"mm"))
    (only,) = read_instances(tmp_path, "A/axial/IM0001").instances
    assert (only.number, only.thickness) == ((0, 0), None)


@pytest.mark.parametrize(
    ("kernel", "sharp"),
    [
        ("H31S", False), ("H40F", False), ("HR40F", False), ("J40S", False), ("STANDARD", False),
        ("FC21", False), ("FC64", False), ("UB", False), ("B", False),
        ("H60S", True), ("B80S", True), ("B90", True), ("BL57F", True), ("HR64H", True), ("I70F", True),
        ("BONEPLUS", True), ("FC30", True), ("FC51", True), ("FC81", True), ("YB", True), ("D", True),
    ],
)  # fmt: skip
def test_kernels_for_bone_and_lung_are_told_from_those_for_brain(kernel, sharp):
    assert bool(SHARP_KERNEL.search(kernel)) is sharp


def test_the_head_is_chosen_and_not_the_chest_of_the_same_study(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient, slices=2)
        chest = set_all(BodyPartExamined="CHEST", SliceThickness="5")
        write_patient(data_dir, patient, name="a", change=chest)
    table(data_dir, "patient", {"A": 1, "B": 0})
    assert {row.path.split("/")[1] for row in plan(data_dir, params).slices} == {"axial"}


def test_an_axial_original_that_was_compressed_with_loss_is_read(data_dir, params):
    lossy = set_all(ImageType=["DERIVED", "PRIMARY", "AXIAL"], LossyImageCompression="01")
    for patient in "AB":
        write_patient(data_dir, patient, change=lossy)
    table(data_dir, "patient", {"A": 1, "B": 0})
    assert len(plan(data_dir, params).slices) == 6


def test_studies_without_any_slice_are_told(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient)
    for patient in "CD":
        write_patient(data_dir, patient, change=set_all(ImageType=["DERIVED", "SECONDARY", "MPR"]))
    write_patient(data_dir, "E", change=set_all(Modality="MR"))
    table(data_dir, "StudyInstanceUID", {study_uid(name): int(name in "AC") for name in "ABCD"})
    assert plan(data_dir, params).warnings == (
        "CT studies without a slice that can be read: 2 derived",
        "rows of labels.csv that no slice was found for: 2",
    )


def test_files_that_no_row_names_do_not_hide_rows_that_name_no_file(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient)
    rows = {sop_uid(name, index): int(name == "A") for name in "AB" for index in (0, 1)}
    table(data_dir, "SOPInstanceUID", rows | {f"2.25.{number}": 0 for number in range(2)})
    with pytest.raises(
        DataError, match=r"^labels.csv row 6: no slice below .* nor those of 1 more rows; add"
    ):
        plan(data_dir, params)


def test_a_dicom_file_that_is_named_like_an_image_is_read(data_dir, params):
    for patient in "AB":
        write_patient(data_dir, patient)
    file = data_dir / "A" / "axial" / "IM0001"
    file.rename(file.with_suffix(".jpg"))
    table(data_dir, "SeriesInstanceUID", {series_uid("A"): 1, series_uid("B"): 0})
    assert len(plan(data_dir, params).slices) == 6


def test_a_table_may_name_files_by_their_bare_names(data_dir, params):
    for patient in "AB":
        for file in write_patient(data_dir, patient, slices=1):
            file.rename(file.with_name(f"{patient}.dcm"))
    table(data_dir, "file", {"A.dcm": 1, "B.dcm": 0})
    assert [(row.path, row.hemorrhage) for row in plan(data_dir, params).slices] == [
        ("A/axial/A.dcm", 1), ("B/axial/B.dcm", 0),
    ]  # fmt: skip
    (data_dir / "B" / "axial" / "B.dcm").rename(data_dir / "B" / "axial" / "A.dcm")
    table(data_dir, "file", {"A.dcm": 1})
    message = "row 2: 'A.dcm' may be 'A/axial/A.dcm' or 'B/axial/A.dcm'; write the path below the data folder"
    with pytest.raises(DataError, match="^" + re.escape(message)):
        plan(data_dir, params)


def test_a_file_of_many_frames_is_hashed_once(data_dir, params, monkeypatch):
    VARIANTS["enhanced"](data_dir / "A")
    write_patient(data_dir, "B")
    multiframe = pydicom.dcmread(data_dir / "A" / "IM0001")
    table(data_dir, "StudyInstanceUID", {multiframe.StudyInstanceUID: 1, study_uid("B"): 0})
    found = plan(data_dir, params)
    hashed: list[Path] = []
    of_file = contents._of_file
    monkeypatch.setattr(contents, "_of_file", lambda path: hashed.append(path) or of_file(path))
    contents.fingerprint(data_dir, found, b"key" * 11)
    assert (len(found.slices), len(hashed)) == (11, 4)


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ("40/0", "window width must be more than 0 HU, got 0.0"),
        ("40", "window must be centre/width in HU, such as 40/80, got '40'"),
        (
            "40/80 80/200",
            "one window or three are expected, such as 40/80 80/200 600/2800, got '40/80 80/200'",
        ),
    ],
)
def test_windows_that_cannot_be_made_are_refused_with_the_settings(params, windows, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        type(params)(**{**params.model_dump(), "windows": windows})
