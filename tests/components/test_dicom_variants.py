"""The variants hold what they claim, as seen by a reader that knows each fault."""

import gdcm
import numpy as np
import pydicom
import pytest
from dicom_variants import LEFT_OUT, STUDY, VARIANTS, Made
from pydicom.pixels import apply_rescale

pytestmark = pytest.mark.numpy

ENHANCED = [name for name in VARIANTS if name.startswith("enhanced")]


def _stored(file) -> np.ndarray:
    dataset = pydicom.dcmread(file)
    if dataset.file_meta.TransferSyntaxUID != pydicom.uid.JPEGExtended12Bit:
        return dataset.pixel_array.astype(np.int64)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(file))
    assert reader.Read()
    buffer = reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape")
    return np.frombuffer(buffer, "<u2").reshape(dataset.Rows, dataset.Columns).astype(np.int64)


def _repaired(name: str, stored: np.ndarray) -> np.ndarray:
    if name.startswith("wrapped"):
        return np.where(stored >= 3072, stored - 4096, stored)
    if name == "monochrome1_of_inverted_values":
        return 4095 - stored
    if name == "overlay_in_unused_bits":
        return stored & 0x0FFF
    if name == "signed_12_bits_without_sign_extension":
        return ((stored & 0x0FFF) ^ 0x0800) - 0x0800
    return stored


def _read(name: str, made: Made) -> np.ndarray:
    """HU of all slices in the order of the files, or of the frames' positions."""
    if name not in ENHANCED:
        return np.stack(
            [apply_rescale(_repaired(name, _stored(file)), pydicom.dcmread(file)) for file in made.files]
        )
    dataset = pydicom.dcmread(made.files[0])
    (shared,), frames = dataset.SharedFunctionalGroupsSequence, dataset.PerFrameFunctionalGroupsSequence
    heights = [frame.PlanePositionSequence[0].ImagePositionPatient[2] for frame in frames]
    stack = []
    for place in np.argsort(heights):
        groups = frames[place] if "PixelValueTransformationSequence" in frames[place] else shared
        stack.append(apply_rescale(dataset.pixel_array[place], groups.PixelValueTransformationSequence[0]))
    return np.stack(stack)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_shows_the_hu_that_it_says(name, tmp_path):
    made = VARIANTS[name](tmp_path / "series")
    hu = _read(name, made)
    assert hu.shape == made.hu.shape == (8, 64, 56)
    measured = np.ones(hu.shape, bool) if made.padded is None else ~made.padded
    assert np.abs(hu - made.hu)[measured].max() <= made.tolerance
    assert measured.mean() > 0.75


@pytest.mark.parametrize("name", [name for name in VARIANTS if name not in (*ENHANCED, "without_position")])
def test_files_of_a_variant_go_to_the_head_by_equal_steps_along_the_normal(name, tmp_path):
    made = VARIANTS[name](tmp_path / "series")
    read = [pydicom.dcmread(file) for file in made.files]
    along = []
    for dataset in read:
        row, column = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
        normal = np.cross(row, column)
        along.append(float(np.sign(normal[2]) * normal @ np.array(dataset.ImagePositionPatient, float)))
    steps = np.diff(along)
    assert (steps > 0).all()
    np.testing.assert_allclose(steps, steps[0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("implicit_little_endian", "1.2.840.10008.1.2"),
        ("explicit_little_endian", "1.2.840.10008.1.2.1"),
        ("deflated", "1.2.840.10008.1.2.1.99"),
        ("big_endian", "1.2.840.10008.1.2.2"),
        ("jpeg_baseline_8_bit", "1.2.840.10008.1.2.4.50"),
        ("jpeg_extended_12_bit", "1.2.840.10008.1.2.4.51"),
        ("jpeg_lossless_process_14", "1.2.840.10008.1.2.4.57"),
        ("jpeg_lossless", "1.2.840.10008.1.2.4.70"),
        ("jpeg_ls", "1.2.840.10008.1.2.4.80"),
        ("jpeg_ls_near_lossless", "1.2.840.10008.1.2.4.81"),
        ("jpeg_2000", "1.2.840.10008.1.2.4.90"),
        ("jpeg_2000_lossy", "1.2.840.10008.1.2.4.91"),
        ("rle", "1.2.840.10008.1.2.5"),
        ("enhanced_jpeg_ls", "1.2.840.10008.1.2.4.80"),
    ],
)
def test_a_coded_variant_is_of_its_transfer_syntax(name, syntax, tmp_path):
    for file in VARIANTS[name](tmp_path / "series").files:
        assert pydicom.dcmread(file).file_meta.TransferSyntaxUID == syntax


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_to_be_left_out_is_a_readable_object_of_the_same_study_in_another_series(name, tmp_path):
    dataset = pydicom.dcmread(LEFT_OUT[name](tmp_path / "other"))
    axial = pydicom.dcmread(VARIANTS["explicit_little_endian"](tmp_path / "series").files[0])
    assert dataset.StudyInstanceUID == axial.StudyInstanceUID == STUDY.uid
    assert (dataset.SeriesInstanceUID != axial.SeriesInstanceUID) == (name != "no_pixels")
    if "PixelData" in dataset:
        assert dataset.pixel_array.shape[:2] == (dataset.Rows, dataset.Columns)
