"""Why files of a DICOM folder are left out."""

import pytest
from dicom_folders import reasons, set_all, table, write_patient
from dicom_variants import LEFT_OUT
from pydicom.uid import SecondaryCaptureImageStorage

from components.ingest.plan import plan
from components.slices.dicom.instances import read_instances
from components.slices.header import Reason

pytestmark = pytest.mark.numpy


@pytest.fixture
def params(params):
    return params.model_copy(update={"max_rejected_share": 0.5})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_all(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), Reason.LOCALIZER),
        (set_all(ImageType=["DERIVED", "SECONDARY", "REFORMATTED"]), Reason.DERIVED),
        (set_all(SOPClassUID=SecondaryCaptureImageStorage), Reason.NOT_A_CT_IMAGE),
        (set_all(Modality="MR"), Reason.NOT_A_CT_IMAGE),
        (set_all(ImageOrientationPatient=[1, 0, 0, 0, 0, -1]), Reason.NOT_AXIAL),
        (set_all(ImageOrientationPatient=None, ImageType=["ORIGINAL", "PRIMARY"]), Reason.NOT_AXIAL),
        (set_all(SeriesInstanceUID=""), Reason.CORRUPT),
        (set_all(NumberOfFrames=7_000_000), Reason.CORRUPT),
    ],
)
def test_what_is_no_axial_ct_slice_is_left_out_with_its_reason(two, params, change, reason):
    left_out = write_patient(two, "C", change=change)
    table(two, "patient", {"A": 1, "B": 0})
    found = plan(two, params)
    assert {row.patient for row in found.slices} == {"A", "B"}
    assert reasons(found) == {path.relative_to(two).as_posix(): reason for path in left_out}


def test_files_that_are_no_dicom_are_other_files_unless_they_are_named_so(two, params):
    (two / "notes.txt").write_text("to be read by no machine")
    (two / "broken.dcm").write_text("x" * 200)
    (two / "empty.dcm").touch()
    (two / "preview.png").write_bytes(b"")
    table(two, "patient", {"A": 1, "B": 0})
    found = plan(two, params)
    assert reasons(found) == {
        "notes.txt": Reason.OTHER_FILE, "broken.dcm": Reason.NOT_AN_IMAGE, "empty.dcm": Reason.EMPTY,
        "preview.png": Reason.OTHER_FILE,
    }  # fmt: skip
    assert found.other_files == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("scout", Reason.LOCALIZER),
        ("dose_sr", Reason.NOT_A_CT_IMAGE),
        ("dose_screen", Reason.NOT_A_CT_IMAGE),
        ("colour_rendering", Reason.DERIVED),
        ("coronal_reformat", Reason.DERIVED),
        ("coronal_said_to_be_axial", Reason.NOT_AXIAL),
        ("derived_axial", Reason.DERIVED),
        ("magnetic_resonance", Reason.NOT_A_CT_IMAGE),
        ("presentation_state", Reason.NOT_A_CT_IMAGE),
        ("pdf", Reason.NOT_A_CT_IMAGE),
        ("perfusion_map", Reason.DERIVED),
    ],
)
def test_companions_of_a_series_are_left_out(tmp_path, name, reason):
    path = LEFT_OUT[name](tmp_path)
    name = path.relative_to(tmp_path).as_posix()
    found = read_instances(tmp_path, name)
    assert found.instances == []
    assert {name: why.reason for name, why in found.rejections.items()} == {name: reason}
