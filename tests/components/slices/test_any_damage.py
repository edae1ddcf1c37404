"""Whatever bytes of a sound file are changed, readers find a slice or say why not; nothing else is raised."""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest
from bad_files import DICOMS, IMAGES
from bad_files.dicom_source import changed, saved, slice_of
from bad_files.images import JPEG, PNG, coded, picture
from dicom_variants import enhanced
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)
from slices_read import inspect_bytes, pixels_alone, read_png

from components.imaging.decode import UndecodableImage, decode_channels, decode_grey
from components.imaging.likeness import brightness_steps
from components.ingest.params import IngestParams
from components.slices.dicom.instances import read_instances
from components.slices.header import Header, Rejection
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

PARAMS = IngestParams(**DEFAULTS["ingest"])
IMAGE_SEEDS = (
    PNG,
    coded(picture("RGB"), "PNG"),
    coded(picture("RGB").quantize(16), "PNG", transparency=3),
    JPEG,
    coded(picture("RGB"), "JPEG", progressive=True),
)
DICOM_SEEDS = (
    saved(slice_of("explicit")),
    saved(slice_of("implicit"), ImplicitVRLittleEndian),
    changed("big endian", lambda dataset: None, ExplicitVRBigEndian),
    saved(slice_of("deflated"), DeflatedExplicitVRLittleEndian),
    saved(slice_of("rle"), RLELossless),
    saved(slice_of("j2k"), JPEG2000Lossless),
    saved(enhanced.enhanced_dataset(range(3))),
    saved(enhanced.enhanced_dataset(range(3)), RLELossless),
)


@dataclasses.dataclass(frozen=True)
class Damage:
    """Bytes put in the place of others."""

    place: float
    value: bytes
    taken: int

    def done_to(self, data: bytes) -> bytes:
        at = int(self.place * len(data))
        return data[:at] + self.value + data[at + self.taken :]


VALUES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\xfe\xff\x00\xe0", b"\xff\xd9", b"SQ"]
    ),
)
# Most places among the first bytes, where structure is.
PLACES = st.one_of(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.05))
DAMAGES = st.lists(st.builds(Damage, PLACES, VALUES, st.integers(0, 8)), min_size=1, max_size=4)
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def damaged(seed: bytes, damages: list[Damage]) -> bytes:
    for damage in damages:
        seed = damage.done_to(seed)
    return seed


def look_at_image(data: bytes) -> None:
    """Reads bytes as all readers of images do."""
    found = inspect_bytes(data, PARAMS)
    assert isinstance(found, Header | Rejection)
    for data_read in (data, *([pixels_alone(data)] if isinstance(found, Header) else [])):
        try:
            assert decode_grey(data_read).ndim == 2
            assert decode_channels(data_read, 3).shape[2] == 3
        except UndecodableImage as error:
            assert len(str(error)) < 80  # noqa: PT017
        steps = brightness_steps(data_read)
        assert steps is None or steps.shape == (256,)


def look_at_dicom(data: bytes) -> None:
    """Reads bytes as a DICOM file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(data)
        found = read_instances(path.parent, path.name)
        assert bool(found.instances) or list(found.rejections) == ["x"]
        for one in found.instances[:3]:
            image, header = read_png(path, one.frame, PARAMS)
            if isinstance(header, Header):
                assert decode_channels(image, 3).shape == (header.height, header.width, 3)


@pytest.mark.filterwarnings("ignore")
@SETTINGS
@given(st.sampled_from(IMAGE_SEEDS), DAMAGES)
def test_a_damaged_image_is_read_or_refused(seed, damages):
    look_at_image(damaged(seed, damages))


@pytest.mark.filterwarnings("ignore")
@SETTINGS
@given(st.sampled_from(DICOM_SEEDS), DAMAGES)
def test_a_damaged_dicom_file_is_read_or_refused(seed, damages):
    look_at_dicom(damaged(seed, damages))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 132 + b"DICM", *(case.data for case in IMAGES + DICOMS if not case.bomb)]
)
def test_each_reader_takes_what_is_meant_for_the_other(data):
    look_at_image(data)
    look_at_dicom(data)


@SETTINGS
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data):
    assert isinstance(inspect_bytes(data, PARAMS), Rejection)
    look_at_image(data)
    look_at_dicom(data)


def test_the_seeds_are_sound(tmp_path):
    for seed in IMAGE_SEEDS:
        assert isinstance(inspect_bytes(seed, PARAMS), Header)
    for number, seed in enumerate(DICOM_SEEDS):
        (tmp_path / str(number)).write_bytes(seed)
        found = read_instances(tmp_path, str(number))
        assert found.rejections == {}
        image, _ = read_png(tmp_path / str(number), 0, PARAMS)
        assert np.ptp(decode_channels(image, 3)) == 255
