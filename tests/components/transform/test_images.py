"""Decoding and resizing inside the graph, beside Pillow and NumPy."""

import io

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from PIL import Image

from components.transform import images

pytestmark = pytest.mark.tf

SIDE = 32
ROWS, COLUMNS = 75, 60


def encoded(image: Image.Image, form: str = "PNG", **options: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def colours() -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (ROWS, COLUMNS, 3), np.uint8)
    return Image.fromarray(values)


def greys_16_bit() -> npt.NDArray[np.uint16]:
    """A faint ramp: its whole range is 300 of 65535, hardly more than one 8-bit step."""
    return np.linspace(30_000, 30_300, ROWS * COLUMNS).reshape(ROWS, COLUMNS).astype(np.uint16)


def resized_by_pillow(intensity: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return np.asarray(Image.fromarray(intensity.astype(np.float32)).resize((SIDE, SIDE), Image.BILINEAR))


def intensities(file: bytes, channels: int = 1) -> npt.NDArray[np.float32]:
    return images.intensities(tf.constant(file), SIDE, channels).numpy()


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P", "RGB", "RGBA"])
def test_png_of_every_colour_mode_becomes_the_grey_that_pillow_makes_of_it(mode: str):
    image = colours().convert(mode)
    grey = np.asarray(image.convert("L")) / 255
    # Pillow rounds its luma to 8 bits, half a step at most; grey modes have nothing to round.
    tolerance = 0.5 / 255 if mode in ("P", "RGB", "RGBA") else 1e-6
    np.testing.assert_allclose(intensities(encoded(image))[..., 0], resized_by_pillow(grey), atol=tolerance)


def test_16_bit_png_keeps_its_depth_until_it_is_resized():
    values = greys_16_bit()
    seen = intensities(encoded(Image.fromarray(values)))[..., 0]
    np.testing.assert_allclose(seen, resized_by_pillow(values / 65535), atol=1e-6)
    assert len(np.unique(seen)) > 100  # 8 bits would leave 2 or 3 values


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_is_decoded_as_pillow_decodes_it(mode: str):
    file = encoded(colours().convert(mode).resize((200, 150)), "JPEG", quality=90)
    grey = np.asarray(Image.open(io.BytesIO(file)).convert("L")) / 255
    np.testing.assert_allclose(intensities(file)[..., 0], resized_by_pillow(grey), atol=1.0 / 255)


def test_colour_stays_colour_where_the_model_wants_three_channels():
    image = colours()
    channels = [resized_by_pillow(np.asarray(image)[..., at] / 255) for at in range(3)]
    np.testing.assert_allclose(intensities(encoded(image), 3), np.stack(channels, -1), atol=1e-5)


def test_grey_is_repeated_where_the_model_wants_three_channels():
    seen = intensities(encoded(colours().convert("L")), 3)
    assert seen.shape == (SIDE, SIDE, 3)
    np.testing.assert_array_equal(seen, seen[..., :1].repeat(3, axis=-1))


@pytest.mark.parametrize(("value", "dtype", "top"), [(77, np.uint8, 255), (20_000, np.uint16, 65535)])
def test_an_even_slice_is_its_value_over_the_largest_one(value: int, dtype: type, top: int):
    image = Image.fromarray(np.full((ROWS, COLUMNS), value, dtype))
    np.testing.assert_allclose(intensities(encoded(image)), value / top, rtol=1e-6)


def test_pixels_are_whole_steps_of_a_255th_and_the_nearest_ones():
    file = encoded(Image.fromarray(greys_16_bit()))
    pixels = images.to_pixels(tf.constant([file]), SIDE, 1).numpy()
    steps = pixels * 255
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)
    np.testing.assert_allclose(pixels[0], intensities(file), atol=0.5 / 255 + 1e-6)


def test_slices_of_different_kinds_and_sizes_share_a_batch():
    grey = Image.fromarray(np.full((40, 40), 255, np.uint8))
    deep = Image.fromarray(np.full((64, 90), 65535, np.uint16))
    files = [encoded(grey), encoded(grey.convert("RGB").resize((80, 50)), "JPEG"), encoded(deep)]
    pixels = images.to_pixels(tf.constant(files), SIDE, 1).numpy()
    np.testing.assert_allclose(pixels, np.ones((3, SIDE, SIDE, 1)), atol=1.0 / 255)


def test_no_slices_give_no_pixels():
    assert images.to_pixels(tf.constant([], tf.string), SIDE, 1).shape == (0, SIDE, SIDE, 1)


def test_bytes_that_are_no_image_are_refused():
    with pytest.raises(tf.errors.InvalidArgumentError):
        images.to_pixels(tf.constant([b"no image at all, but long enough"]), SIDE, 1)
