"""Frames are found in a file as pydicom puts them there, and a wrong number of them is told."""

import io
import struct

import numpy as np
import pydicom
import pytest
from dicom_variants import datasets, enhanced, volume
from pydicom import uid
from pydicom.encaps import encapsulate

from components.slices.dicom.dataset import Opened
from components.slices.dicom.pixels import read_hu
from components.slices.header import Reason, Rejection

pytestmark = pytest.mark.numpy

FRAMES = len(volume())


@pytest.fixture
def params(params):
    return params.model_copy(update={"max_side": 200})


def enhanced_coded(syntax: str) -> pydicom.Dataset:
    dataset = enhanced.enhanced_dataset(range(FRAMES))
    dataset.compress(syntax, generate_instance_uid=False)
    return dataset


def save(path, dataset):
    dataset.save_as(path, enforce_file_format=True)
    return path


def frames_of(dataset: pydicom.Dataset) -> list[bytes]:
    return list(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=FRAMES))


@pytest.mark.parametrize("syntax", [uid.JPEGLSLossless, uid.JPEG2000Lossless])
@pytest.mark.parametrize("fragments", [1, 3])
@pytest.mark.parametrize("has_offsets", [True, False])
def test_each_frame_is_read_however_it_is_cut_into_fragments(
    syntax, fragments, has_offsets, tmp_path, params
):
    dataset = enhanced_coded(syntax)
    dataset.PixelData = encapsulate(frames_of(dataset), fragments_per_frame=fragments, has_bot=has_offsets)
    path = save(tmp_path / "x", dataset)
    for index in range(FRAMES):
        np.testing.assert_array_equal(read_hu(path, index, params), volume()[index])


def test_fragments_of_a_single_frame_are_one_frame(tmp_path, params):
    (dataset, *_) = datasets()
    dataset.compress(uid.JPEGLSLossless, generate_instance_uid=False)
    frame = next(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1))
    dataset.PixelData = encapsulate([frame], fragments_per_frame=4, has_bot=False)
    np.testing.assert_array_equal(read_hu(save(tmp_path / "x", dataset), 0, params), volume()[0])


@pytest.mark.parametrize("told", [1, FRAMES - 1, FRAMES + 1])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.RLELossless, uid.JPEGLSLossless])
def test_another_number_of_frames_than_the_header_tells_is_refused(told, syntax, tmp_path, params):
    dataset = enhanced.enhanced_dataset(range(FRAMES))
    if syntax.is_compressed:
        dataset.compress(syntax, generate_instance_uid=False)
    dataset.NumberOfFrames = told
    found = read_hu(save(tmp_path / "x", dataset), 0, params)
    assert isinstance(found, Rejection)
    assert found.reason in (Reason.CORRUPT, Reason.TRUNCATED)


def items(*parts: bytes) -> bytes:
    return b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(part)) + part for part in parts)


END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (items(b""), "truncated: ends after 1 items of pixel data"),
        (items(b"") + END, "truncated: no frame in the pixel data"),
        (END, "corrupt: no item of pixel data"),
        (items(b"", b"x" * 50)[:-20], "truncated: ends within item 1 of pixel data"),
        (items(b"") + struct.pack("<HHI", 8, 8, 4) + bytes(4), "corrupt: no item of pixel data after 1"),
        (items(b"", bytes(2 * 64 * 56 * 2 + 2**16 + 2)) + END,
         "too_large: a frame of 79874 bytes, at most 79872 are its pixels'"),
        (items(b"", bytes(100)) + END, "corrupt: pixel data that do not begin like a picture"),
    ],
)  # fmt: skip
def test_pixel_data_that_are_no_frames_are_told(value, told, tmp_path, params):
    (dataset, *_) = datasets()
    dataset.compress(uid.JPEGLSLossless, generate_instance_uid=False)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    before, mark, _ = file.getvalue().partition(b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff")
    (tmp_path / "x").write_bytes(before + mark + value)
    found = read_hu(tmp_path / "x", 0, params)
    assert isinstance(found, Rejection)
    assert f"{found.reason}: {found.detail}" == told


def test_a_frame_of_a_long_file_is_read_without_the_others(tmp_path, params, monkeypatch):
    path = save(tmp_path / "x", enhanced.enhanced_dataset(range(FRAMES)))
    taken = []

    class Watched(io.BytesIO):
        def read(self, size=-1):
            taken.append(size)
            return super().read(size)

    monkeypatch.setattr(Opened, "stream", lambda self: Watched(self.path.read_bytes()))
    np.testing.assert_array_equal(read_hu(path, 5, params), volume()[5])
    assert sum(taken) == 64 * 56 * 2
