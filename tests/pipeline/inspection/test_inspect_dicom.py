"""What `ichor inspect` prints of a folder of DICOM files."""

import pytest
from dicom_folders import series_uid, study_uid, table, write_patient

from components.phantoms.regions import Stage
from pipeline.inspection import folder as inspection

pytestmark = pytest.mark.numpy


def test_series_and_what_stands_beside_them_are_listed_as_they_were_written(dicom, key, inspected):
    folder, made = dicom
    settings = (f"ingest.key_file={key}", "ingest.seed=1", "gate.min_binary_accuracy=1")
    status, page = inspected(folder, *(word for setting in settings for word in ("--set", setting)))
    assert status == 0
    assert page.entry("source") == "DICOM; labels from labels.csv"
    assert page.entry("files").startswith("360 no ending (")
    assert page.entry("not to be read") == "200 files: 160 unlabelled; 20 localizer; 20 not_a_ct_image"
    assert page.entry("studies") == "20, 2 axial series each"
    assert page.entry("series") == "20 of 40 are read, 8 slices each"
    assert page.entry("kernels") == "STANDARD (20)"
    assert page.entry("manufacturers") == "other (20)"
    assert page.entry("windows") == "40/80 80/200 600/2800 HU, a channel each"
    assert page.entry("slices") == "160: 32 hemorrhage (20.0%), 128 normal (80.0%)"
    assert page.entry("patients") == "20, 11 with a hemorrhage, by the headers' PatientID; 8 slices each"
    assert page.entry("rows x columns") == "96 x 96 (160)"
    assert made.stages[Stage.BLANK] == 31
    assert page.entry("slice filter").startswith("drops 31 (19.38%)")
    assert page.entry("slice filter").endswith("; 0 of 32 hemorrhages")
    assert page.entries("warning") == []


@pytest.fixture
def studies(tmp_path):
    """Forty slices of patients A to J, half of them with a hemorrhage."""
    patients = "ABCDEFGHIJ"
    for patient in patients:
        write_patient(tmp_path / "studies", patient, slices=4)
    table(tmp_path / "studies", "patient", {patient: int(patient < "F") for patient in patients})
    return tmp_path / "studies"


def test_thickness_kernel_maker_and_contrast_are_counted_by_series(studies, inspected):
    def change(dataset):
        dataset.SliceThickness, dataset.Manufacturer, dataset.ContrastBolusAgent = "5.04", "SIEMENS", "yes"

    write_patient(studies, "A", slices=4, change=change, kernel="H60s")
    _, page = inspected(studies)
    assert page.entry("thickness") == "20.0 mm (9); 5.0 mm (1)"
    assert page.entry("kernels") == "STANDARD (9); H60S (1)"
    assert page.entry("manufacturers") == "other (9); SIEMENS (1)"
    assert page.entry("contrast agent") == "in 1 series"


def test_a_header_that_does_not_say_is_reported(studies, inspected):
    def change(dataset):
        del dataset.SliceThickness
        del dataset.ConvolutionKernel

    write_patient(studies, "A", slices=4, change=change)
    _, page = inspected(studies)
    assert page.entry("thickness") == "20.0 mm (9); not given (1)"
    assert page.entry("kernels") == "STANDARD (9); not given (1)"


def test_files_without_hu_and_damaged_ones_are_reported_before_a_run(studies, inspected):
    def without_slope(dataset):
        del dataset.RescaleSlope

    first, *_ = write_patient(studies, "A", slices=4, change=without_slope)
    (studies / "torn.dcm").write_bytes(first.read_bytes()[:700])
    status, page = inspected(studies)
    assert status == 1
    assert page.entry("unreadable") == "1 by their headers: 1 truncated"
    assert page.entry("rejected").startswith("4 (10.00%): 4 no_hu; ")
    assert page.entries("  such as")[0].startswith("torn.dcm: truncated")
    assert page.entries("  such as")[1] == "A/axial/IM0001: no_hu, no rescale slope and intercept"
    assert page.entries("warning")[-1] == (
        "4 DICOM slices give no HU (no_hu), so that their values mean nothing; get them anew from the "
        "archive, with RescaleSlope and RescaleIntercept"
    )
    assert page.entries("refused")[0].startswith(
        "5 of 41 files cannot be read, 12.2%, and 5.0% are allowed (seen:"
    )


def test_without_labels_the_series_are_listed_all_the_same(studies, inspected):
    (studies / "labels.csv").unlink()
    status, page = inspected(studies)
    assert status == 1
    assert page.entry("source") == "DICOM; labels cannot be used"
    assert page.entry("series") == "10 of 10 are read, 4 slices each"
    assert page.entry("rows x columns") == "64 x 56 (40)"
    assert page.entry("refused").startswith(
        f"data folder {studies}: no table 'labels.csv', and no image in just one class's folder"
    )
    assert not page.entries("slices")
    assert not page.entries("split")


def test_of_two_series_of_a_study_without_labels_the_one_that_a_run_would_read_is_looked_at(
    studies, inspected
):
    (studies / "labels.csv").unlink()
    write_patient(studies, "A", name="bone", slices=4, kernel="BONE")
    _, page = inspected(studies)
    assert page.entry("studies") == "10, 1 to 2 axial series (median 1) each"
    assert page.entry("series") == "10 of 11 are read, 4 slices each"
    assert page.entry("not to be read") == "4 files: 4 other_series"
    assert page.entry("kernels") == "STANDARD (10)"


def test_no_uid_and_no_patient_is_reported(dicom, studies, facts):
    write_patient(studies, "A", slices=4, change=lambda dataset: delattr(dataset, "RescaleSlope"))
    said = str(facts(studies))
    for name in (study_uid("A"), series_uid("A"), "Name^A", "2.25."):
        assert name not in said
    assert "p003" not in str(facts(dicom[0]))


def test_fewer_slices_are_decoded_of_many_dicom_files(dicom, inspected, monkeypatch):
    monkeypatch.setitem(inspection.MOST_LOOKED_AT, "dicom", 25)
    _, page = inspected(dicom[0])
    assert page.entry("looked at").startswith("25 of 160 slices, chosen at random (--all looks at each), ")
    assert page.entry("slices").startswith("160: ")


def test_settings_that_no_run_can_begin_with_are_refused(dicom, key, inspected):
    folder, _ = dicom
    settings = (
        f"ingest.key_file={key}",
        "ingest.seed=1",
        "transform.channels=1",
        "trainer.weights=nowhere.h5",
    )
    status, page = inspected(folder, *(word for setting in settings for word in ("--set", setting)))
    assert status == 1
    mixed, missing = page.entries("refused")
    assert mixed.startswith(
        "transform.channels: 1 would mix the 3 windows of a DICOM slice; set it to 0 or 3,"
    )
    assert missing == "trainer.weights: no such file: nowhere.h5; give a file, imagenet or none"
