import csv
import hashlib
from pathlib import Path

import numpy as np
import pydicom
import pytest

from components.phantoms.companions import Extra
from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from components.phantoms.regions import Region
from components.phantoms.series import make_series

pytestmark = pytest.mark.numpy


def _params(patients: int, **changes: object) -> PhantomFolderParams:
    values = {
        "patients": patients, "seed": 11, "side": 64, "slices_per_series": 10, "hemorrhage_share": 0.5,
        "format": "dicom",
    }  # fmt: skip
    return PhantomFolderParams.model_validate({**values, **changes})


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="") as table:
        return list(csv.DictReader(table))


def _read(folder: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(file) for file in sorted(folder.iterdir())]


def _hu(read: list[pydicom.Dataset]) -> np.ndarray:
    return np.stack([d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in read])


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "three"
    write_dataset(out, _params(3))
    return out


@pytest.fixture(scope="module")
def with_extras(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "extras"
    write_dataset(out, _params(2), extras=list(Extra))
    return out


@pytest.mark.parametrize("patient", [0, 1, 2])
def test_a_study_reads_back_to_the_phantoms_hu_within_half_a_unit(written, patient):
    hu = _hu(_read(written / f"p00{patient}" / "S0002"))
    scanned = make_series(patient, _params(3)).hu
    assert hu.shape == scanned.shape == (10, 64, 64)
    np.testing.assert_allclose(hu, scanned, atol=0.5)
    assert scanned.min() > -1024


def test_a_series_lies_where_the_phantom_does(written):
    series = make_series(1, _params(3))
    read = _read(written / "p001" / "S0002")
    for index, dataset in enumerate(read):
        row, column = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
        position = np.array(dataset.ImagePositionPatient, float)
        assert np.cross(row, column).tolist() == [0, 0, 1]
        assert position[2] == pytest.approx(index * series.thickness, abs=1e-4)
        np.testing.assert_allclose(dataset.PixelSpacing, series.spacing, atol=1e-6)
        # The scanner's axis goes through the middle of the picture.
        middle = position + (row + column) * 63 / 2 * series.spacing
        np.testing.assert_allclose(middle[:2], 0, atol=1e-4)
        assert dataset.SliceThickness == pytest.approx(series.thickness, abs=1e-6)
    assert len({dataset.FrameOfReferenceUID for dataset in read}) == 1


def test_each_patient_is_one_study_of_one_series_and_no_uid_comes_twice(written):
    read = [pydicom.dcmread(file) for file in written.rglob("IM*")]
    assert len(read) == 30
    by_patient: dict[str, set[tuple[str, str]]] = {}
    for dataset in read:
        ids = (dataset.StudyInstanceUID, dataset.SeriesInstanceUID)
        by_patient.setdefault(dataset.PatientID, set()).add(ids)
    assert sorted(by_patient) == ["p000", "p001", "p002"]
    assert all(len(ids) == 1 for ids in by_patient.values())
    used = {uid for ids in by_patient.values() for pair in ids for uid in pair}
    used |= {d.FrameOfReferenceUID for d in read} | {d.SOPInstanceUID for d in read}
    assert len(used) == 3 * 3 + 30


def test_the_header_says_age_sex_and_that_nobody_is_meant(written):
    for patient in range(3):
        series = make_series(patient, _params(3))
        for dataset in _read(written / f"p00{patient}" / "S0002"):
            assert dataset.PatientAge == f"{series.age:03d}Y"
            assert dataset.PatientSex == {"female": "F", "male": "M"}[series.sex]
            assert dataset.PatientName == f"Phantom^00{patient}"
            assert dataset.PatientBirthDate == ""


def test_the_table_names_every_slice_by_its_uid_with_the_masks_label(written):
    rows = _rows(written)
    assert list(rows[0]) == ["SOPInstanceUID", "hemorrhage", "subtype", "age", "sex"]
    by_uid = {row["SOPInstanceUID"]: row for row in rows}
    assert len(by_uid) == len(rows) == 30
    seen = set()
    for patient in range(3):
        series = make_series(patient, _params(3))
        read = _read(written / f"p00{patient}" / "S0002")
        for dataset, mask, kinds in zip(read, series.bleed, series.kinds, strict=True):
            row = by_uid[dataset.SOPInstanceUID]
            assert row["hemorrhage"] == str(int(mask.any()))
            assert row["subtype"] == ("+".join(sorted(kinds)) if kinds else "none")
            assert (int(row["age"]), row["sex"]) == (series.age, series.sex)
            seen.add(row["hemorrhage"])
    assert seen == {"0", "1"}


def test_two_writes_give_the_same_bytes_and_more_patients_change_no_other(written, tmp_path):
    write_dataset(tmp_path / "four", _params(4))
    before, after = _hashes(written), _hashes(tmp_path / "four")
    del before["labels.csv"]
    assert before.items() <= after.items()
    assert len(after) == 41
    assert _rows(tmp_path / "four")[:30] == _rows(written)


@pytest.mark.parametrize("change", [{"seed": 12}, {"side": 72}, {"slices_per_series": 11}])
def test_what_shows_something_else_has_other_uids(written, change, tmp_path):
    write_dataset(tmp_path / "other", _params(2, **change))
    ours, others = (
        {row["SOPInstanceUID"] for row in _rows(folder)} for folder in (written, tmp_path / "other")
    )
    assert not ours & others


def test_the_summary_is_that_of_the_same_phantoms_as_png(tmp_path):
    as_dicom = write_dataset(tmp_path / "dicom", _params(3))
    assert as_dicom == write_dataset(tmp_path / "png", _params(3, format="png"))
    assert as_dicom.slices == 30
    assert 0 < as_dicom.bleeding_patients < 3


def test_extras_stand_beside_the_axial_series_and_not_in_the_table(with_extras):
    for patient in ("p000", "p001"):
        counts = {folder.name: len(list(folder.iterdir())) for folder in (with_extras / patient).iterdir()}
        assert counts == {"S0001": 1, "S0002": 10, "S0003": 10, "S0004": 40, "S0999": 1}
    axial = {d.SOPInstanceUID for p in ("p000", "p001") for d in _read(with_extras / p / "S0002")}
    assert {row["SOPInstanceUID"] for row in _rows(with_extras)} == axial
    read = [pydicom.dcmread(file) for file in with_extras.rglob("IM*")]
    assert len({dataset.SOPInstanceUID for dataset in read}) == len(read) == 124
    assert len({dataset.SeriesInstanceUID for dataset in read}) == 10
    assert len({dataset.StudyInstanceUID for dataset in read}) == 2


def test_the_axial_series_is_the_same_with_and_without_extras(with_extras, written):
    for file in (written / "p001" / "S0002").iterdir():
        assert (with_extras / "p001" / "S0002" / file.name).read_bytes() == file.read_bytes()


def test_a_localizer_shows_the_head_from_its_side_with_the_vertex_up(with_extras):
    (scout,) = _read(with_extras / "p000" / "S0001")
    assert list(scout.ImageType) == ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    assert list(scout.ImageOrientationPatient) == [0, 1, 0, 0, 0, -1]
    picture = _hu([scout])[0]
    # Above the vertex is air, the neck fills the lower part.
    assert picture[:5].mean() < -900
    assert picture[-20:].mean() > -800
    axial = _read(with_extras / "p000" / "S0002")
    top, spacing = scout.ImagePositionPatient[2], scout.PixelSpacing[0]
    assert axial[-2].SliceLocation < top <= axial[-1].SliceLocation
    lowest = top - (scout.Rows - 1) * spacing
    assert lowest == pytest.approx(axial[0].SliceLocation, abs=1e-4)
    np.testing.assert_allclose(picture[-1], _hu(axial[:1])[0].mean(axis=1), atol=1)


def test_a_bone_kernel_shows_the_same_head_with_more_noise(with_extras):
    standard, bone = (_read(with_extras / "p000" / number) for number in ("S0002", "S0003"))
    assert {d.ConvolutionKernel for d in standard} == {"STANDARD"}
    assert {d.ConvolutionKernel for d in bone} == {"BONE"}
    soft, sharp = _hu(standard), _hu(bone)
    assert sharp[:, :8, :8].std() > 1.5 * soft[:, :8, :8].std()
    white = make_series(0, _params(2)).regions == Region.WHITE
    assert np.median(sharp[white]) == pytest.approx(np.median(soft[white]), abs=2)
    assert sharp[white].std() > 1.5 * soft[white].std()


def test_thin_slices_show_the_same_head_in_smaller_steps(with_extras):
    thick, thin = (_read(with_extras / "p001" / number) for number in ("S0002", "S0004"))
    assert thin[0].FrameOfReferenceUID == thick[0].FrameOfReferenceUID
    assert thin[0].SliceThickness < thick[0].SliceThickness / 3.5
    heights = [dataset.SliceLocation for dataset in thin]
    same = int(np.argmin(np.abs(np.array(heights) - thick[4].SliceLocation)))
    a, b = _hu(thin)[same], _hu(thick)[4]
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


def test_a_dose_report_is_a_text_without_pixels(with_extras):
    (report,) = _read(with_extras / "p000" / "S0999")
    assert report.Modality == "SR"
    assert report.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.67"
    assert "PixelData" not in report
    assert report.ContentSequence[0].MeasuredValueSequence[0].NumericValue == 812.5


def test_extras_as_png_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"extras are DICOM series, phantoms\.format is 'png'"):
        write_dataset(tmp_path / "data", _params(2, format="png"), extras=[Extra.LOCALIZER])
    assert not (tmp_path / "data").exists()
