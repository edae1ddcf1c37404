"""What passes ingest and decodes in the slice filter is decoded by the graph too, to the same pixels.

A slice that only Pillow can read would end a training, and an evaluation, and a served model's answer.
"""

import numpy as np
import pytest
import tensorflow as tf
from bad_files import IMAGES
from bad_files.images import DEFLATED, JPEG, PIXELS, PNG, chunk, coded, picture, png
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from slices_read import inspect_bytes, pixels_alone

from components.imaging.decode import UndecodableImage, decode_grey
from components.ingest.params import IngestParams
from components.slices.header import Header
from components.transform import images
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.tf

SIDE = 32
PARAMS = IngestParams(**DEFAULTS["ingest"])
# Of 255, where both decode a file whose bytes were changed: Pillow and TensorFlow smooth colours apart.
ALIKE = 8.0


@tf.function(input_signature=[tf.TensorSpec([], tf.string)])
def shown(encoded: tf.Tensor) -> tf.Tensor:
    return images.intensities(encoded, SIDE, 1)


def pixels_of_both(data: bytes) -> tuple[np.ndarray, np.ndarray] | None:
    """What the slice filter sees and what the graph makes of a file, both small; None: it is refused."""
    if not isinstance(inspect_bytes(data, PARAMS), Header):
        return None
    data = pixels_alone(data)  # as records hold it
    try:
        grey = decode_grey(data)
    except UndecodableImage:
        return None
    seen = Image.fromarray((grey / np.iinfo(grey.dtype).max).astype(np.float32))
    return np.asarray(seen.resize((SIDE, SIDE), Image.Resampling.BILINEAR)), shown(data).numpy()[..., 0]


@pytest.mark.parametrize("case", IMAGES, ids=str)
def test_what_passes_is_decoded_to_what_the_slice_filter_saw(case):
    both = pixels_of_both(case.data)
    assert (both is None) == (case.reason is not None)
    if both is not None:
        np.testing.assert_allclose(*both, atol=0.51 / 255)


SEEDS = (
    PNG,
    coded(picture("RGB"), "PNG"),
    coded(picture("RGB").quantize(16), "PNG", transparency=3),
    coded(picture("1"), "PNG"),
    JPEG,
    coded(picture("RGB"), "JPEG", progressive=True),
    coded(picture("RGB"), "JPEG", restart_marker_rows=1),
)
SETTINGS = settings(max_examples=400, deadline=None, derandomize=True, database=None)
CHANGES = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6)


@SETTINGS
@given(st.sampled_from(SEEDS), CHANGES)
def test_no_change_of_bytes_makes_a_file_that_only_one_of_them_reads(seed, changes):
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    both = pixels_of_both(bytes(data))
    if both is not None:
        assert np.abs(both[0] - both[1]).max() <= ALIKE / 255


CHUNKS = st.lists(
    st.one_of(
        st.builds(
            chunk,
            st.sampled_from(
                [b"PLTE", b"tRNS", b"gAMA", b"sBIT", b"pHYs", b"iCCP", b"zTXt", b"IDAT", b"ABCD"]
            ),
            st.binary(max_size=20),
        ),
        st.builds(chunk, st.just(b"PLTE"), st.sampled_from([0, 3, 48, 768, 771]).map(bytes)),
        st.builds(lambda at: chunk(b"IDAT", DEFLATED[:at]), st.integers(0, len(DEFLATED))),
        st.builds(
            lambda at, value: chunk(b"IDAT", DEFLATED[:at] + bytes([value]) + DEFLATED[at + 1 :]),
            st.integers(0, len(DEFLATED) - 1),
            st.integers(0, 255),
        ),
        st.just(PIXELS),
    ),
    max_size=4,
)


@SETTINGS
@given(CHUNKS, st.sampled_from([0, 3]))
@example([chunk(b"IDAT", DEFLATED[:-4])], 0)
@example([chunk(b"PLTE", bytes(768)), PIXELS, chunk(b"PLTE", bytes(768))], 3)
def test_no_png_of_sound_chunks_is_read_by_one_of_them_alone(chunks, colour):
    both = pixels_of_both(png(*chunks, colour=colour))
    if both is not None:
        assert np.abs(both[0] - both[1]).max() <= 0.51 / 255


def test_the_seeds_pass():
    assert all(pixels_of_both(seed) is not None for seed in SEEDS)
