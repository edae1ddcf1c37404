import dataclasses

import numpy as np
import pydicom
import pytest
from pydicom import uid

from components.phantoms.acquisition import CT_STORAGE, Geometry, Protocol, Storage, Study, make_uid
from components.phantoms.dicom import write_series

pytestmark = pytest.mark.numpy

STUDY = Study(uid="2.25.1", patient="p003", name="Phantom^003", age=7, sex="female", number=3, frame="2.25.2")
PROTOCOL = Protocol(uid="2.25.3")
GEOMETRY = Geometry(spacing=(0.5, 0.25), thickness=4.5, origin=(-10.0, -20.0, 30.0))
HU = np.round(np.random.default_rng(0).uniform(-1024, 3071, (3, 40, 36)), 2)

# PS3.3 A.3 and the modules that it names: what has to have a value, and what has to be there.
TYPE_1 = (
    "SOPClassUID SOPInstanceUID SpecificCharacterSet StudyInstanceUID Modality SeriesInstanceUID "
    "FrameOfReferenceUID PixelSpacing ImageOrientationPatient ImagePositionPatient ImageType "
    "SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored HighBit "
    "PixelRepresentation PixelData RescaleIntercept RescaleSlope WindowCenter WindowWidth"
)
TYPE_2 = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID "
    "AccessionNumber SeriesNumber PatientPosition PositionReferenceIndicator Manufacturer InstanceNumber "
    "SliceThickness KVP AcquisitionNumber"
)


def _write(folder, hu=HU, geometry=GEOMETRY, **said) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(file) for file in write_series(folder, hu, geometry, STUDY, PROTOCOL, **said)]


def _hu(dataset: pydicom.Dataset) -> np.ndarray:
    return dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)


@pytest.mark.parametrize(
    "syntax",
    [
        uid.ExplicitVRLittleEndian,
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
        uid.RLELossless,
        uid.JPEGLSLossless,
        uid.JPEG2000Lossless,
    ],
    ids=lambda syntax: syntax.name,
)
def test_a_series_reads_back_to_the_rounded_hu_in_each_transfer_syntax(syntax, tmp_path):
    read = _write(tmp_path, transfer_syntax=syntax)
    assert [dataset.file_meta.TransferSyntaxUID for dataset in read] == [syntax] * 3
    np.testing.assert_array_equal([_hu(dataset) for dataset in read], np.rint(HU))


@pytest.mark.parametrize(
    ("storage", "stored", "error"),
    [
        (Storage(12, False, 1.0, -1024.0), "<u2", 0.5),
        (Storage(16, True, 1.0, 0.0), "<i2", 0.5),
        (Storage(16, False, 0.25, -1024.0), "<u2", 0.125),
        (Storage(12, False, -1.0, 3071.0), "<u2", 0.5),
    ],
)
def test_hu_are_stored_as_the_storage_says(storage, stored, error, tmp_path):
    for dataset, hu in zip(_write(tmp_path, storage=storage), HU, strict=True):
        plain = np.frombuffer(dataset.PixelData, stored).reshape(40, 36)
        np.testing.assert_allclose(plain * storage.slope + storage.intercept, hu, atol=error + 1e-9)
        assert dataset.PixelRepresentation == int(storage.signed)
        assert (dataset.BitsStored, dataset.HighBit) == (storage.bits, storage.bits - 1)


def test_water_air_and_bone_are_stored_as_known_integers(tmp_path):
    (dataset,) = _write(tmp_path, np.array([[[0.0, -1000.0], [1000.4, 3071.0]]]))
    assert dataset.pixel_array.tolist() == [[1024, 24], [2024, 4095]]


def test_all_attributes_that_the_standard_requires_are_there(tmp_path):
    for dataset in _write(tmp_path):
        assert [name for name in TYPE_1.split() if dataset.get(name) in (None, "", b"")] == []
        assert [name for name in TYPE_2.split() if name not in dataset] == []
        assert dataset.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
        assert (dataset.Modality, dataset.BodyPartExamined, dataset.RescaleType) == ("CT", "HEAD", "HU")
        assert list(dataset.ImageType) == ["ORIGINAL", "PRIMARY", "AXIAL"]
        assert (dataset.PatientID, dataset.PatientName) == ("p003", "Phantom^003")
        assert (dataset.PatientAge, dataset.PatientSex) == ("007Y", "F")
        assert [list(dataset.WindowCenter), list(dataset.WindowWidth)] == [[40, 600], [80, 2800]]


def test_every_value_keeps_to_its_kind(tmp_path):
    geometry = dataclasses.replace(GEOMETRY, spacing=(1 / 3, 2 / 3), origin=(-1e-7 / 3, -100 / 3, 2000 / 3))
    write_series(tmp_path, HU, geometry, STUDY, PROTOCOL)
    with pydicom.config.disable_value_validation():
        read = [pydicom.dcmread(file) for file in sorted(tmp_path.iterdir())]
    for element in (element for dataset in read for element in dataset):
        pydicom.DataElement(element.tag, element.VR, element.value, validation_mode=pydicom.config.RAISE)
        if element.VR == "DS":
            assert all(len(str(value)) <= 16 for value in np.atleast_1d(np.array(element.value, object)))


def test_positions_rise_along_the_normal_by_the_thickness(tmp_path):
    read = _write(tmp_path)
    assert [list(dataset.ImagePositionPatient) for dataset in read] == [
        [-10, -20, 30],
        [-10, -20, 34.5],
        [-10, -20, 39],
    ]
    assert [dataset.SliceLocation for dataset in read] == [30, 34.5, 39]
    assert [dataset.InstanceNumber for dataset in read] == [1, 2, 3]
    for dataset in read:
        assert list(dataset.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0]
        assert list(dataset.PixelSpacing) == [0.5, 0.25]
        assert dataset.SliceThickness == 4.5
        assert (dataset.Rows, dataset.Columns) == (40, 36)


def test_a_tilted_series_goes_along_its_normal_unless_a_step_is_given(tmp_path):
    tilted = dataclasses.replace(GEOMETRY, column=(0.0, 0.8, -0.6))
    along = [list(d.ImagePositionPatient) for d in _write(tmp_path / "normal", geometry=tilted)]
    # (1, 0, 0) x (0, 0.8, -0.6) = (0, 0.6, 0.8)
    np.testing.assert_allclose(along[1], [-10, -20 + 4.5 * 0.6, 30 + 4.5 * 0.8])
    sheared = dataclasses.replace(tilted, step=(0.0, 0.0, 5.0))
    up = [list(d.ImagePositionPatient) for d in _write(tmp_path / "step", geometry=sheared)]
    np.testing.assert_allclose(up[2], [-10, -20, 40])


def test_files_are_whole_dicom_files_with_uids_of_their_own(tmp_path):
    files = write_series(tmp_path / "a" / "b", HU, GEOMETRY, STUDY, PROTOCOL)
    assert [file.name for file in files] == ["IM0001", "IM0002", "IM0003"]
    instances = set()
    for file in files:
        assert file.read_bytes()[:132] == bytes(128) + b"DICM"
        dataset = pydicom.dcmread(file)
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert dataset.file_meta.MediaStorageSOPClassUID == dataset.SOPClassUID
        assert dataset.SOPInstanceUID.is_valid
        assert dataset.SOPInstanceUID.startswith("2.25.")
        instances.add(dataset.SOPInstanceUID)
    assert len(instances) == 3


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.JPEGLSLossless, uid.RLELossless])
def test_the_same_series_is_the_same_bytes(syntax, tmp_path):
    first, again = (
        write_series(tmp_path / name, HU, GEOMETRY, STUDY, PROTOCOL, transfer_syntax=syntax)
        for name in ("first", "again")
    )
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


def test_a_uid_is_a_uuid_and_changes_with_each_part():
    made = [make_uid(*parts) for parts in [("a",), ("b",), ("a", 1), ("a", 2), ("a", "1", "")]]
    assert len(set(made)) == 5
    for text in made:
        assert int(text.removeprefix("2.25.")) < 2**128
        assert uid.UID(text).is_valid
    assert make_uid("a", 1) == made[2]


@pytest.mark.parametrize(
    ("hu", "message"),
    [
        (4000.0, "HU from 0 to 4000 do not fit 12 bits, which go from -1024 to 3071 HU; clip them"),
        (-1025.0, "HU from -1025 to 0 do not fit 12 bits"),
        (np.nan, "HU from nan to nan do not fit 12 bits"),
    ],
)
def test_hu_that_do_not_fit_are_refused_and_nothing_is_written(hu, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        write_series(tmp_path / "series", np.array([[[0.0, hu]]]), GEOMETRY, STUDY, PROTOCOL, CT_STORAGE)
    assert not (tmp_path / "series").exists()


def test_a_transfer_syntax_that_cannot_be_encoded_is_refused(tmp_path):
    with pytest.raises(NotImplementedError, match="JPEG Lossless"):
        write_series(tmp_path, HU, GEOMETRY, STUDY, PROTOCOL, transfer_syntax=uid.JPEGLosslessSV1)
