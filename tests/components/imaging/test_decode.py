"""Decoding: values come back, colour becomes luma, damage raises one kind of error."""

import io
import struct
import zlib

import numpy as np
import pytest
from bad_files.images import PIXELS, chunk, png
from PIL import Image

from components.imaging.decode import MAX_PIXELS, UndecodableImage, decode_channels, decode_grey

pytestmark = pytest.mark.numpy

GREYS = np.array([[0, 10, 128], [245, 254, 255]], np.uint8)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_with_header(columns: int, rows: int) -> bytes:
    """A PNG of 200 bytes whose header claims any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    rest = chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rest


def test_eight_bit_grey_comes_back_as_it_was():
    decoded = decode_grey(encoded(Image.fromarray(GREYS)))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, GREYS)


def test_sixteen_bit_grey_keeps_its_sixteen_bits():
    values = np.array([[0, 1, 257], [4096, 65534, 65535]], np.uint16)
    decoded = decode_grey(encoded(Image.fromarray(values)))
    assert decoded.dtype == np.uint16
    np.testing.assert_array_equal(decoded, values)


def test_colour_becomes_itu_601_luma():
    primaries = Image.new("RGB", (3, 1))
    for column, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        primaries.putpixel((column, 0), colour)
    # 0.299, 0.587 and 0.114 times 255
    np.testing.assert_array_equal(decode_grey(encoded(primaries)), [[76, 150, 29]])


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_ignored(mode):
    see_through = Image.fromarray(GREYS).convert(mode)
    see_through.putalpha(0)
    np.testing.assert_array_equal(decode_grey(encoded(see_through)), GREYS)


def test_a_palette_is_looked_up():
    indexed = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
    indexed.putpalette([200, 200, 200, 0, 0, 0, 50, 50, 50])
    np.testing.assert_array_equal(decode_grey(encoded(indexed)), [[200, 0, 50]])


def test_one_bit_is_stretched_to_black_and_white():
    bits = Image.fromarray(np.array([[True, False]]))
    np.testing.assert_array_equal(decode_grey(encoded(bits)), [[255, 0]])


def test_jpeg_is_read_within_its_losses():
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))
    decoded = decode_grey(encoded(Image.fromarray(ramp), "JPEG", quality=95))
    np.testing.assert_allclose(decoded.astype(int), ramp, atol=3)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning", "ignore:Palette images")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"slice,label\n", "neither PNG nor JPEG"),
        (encoded(Image.fromarray(GREYS), "GIF"), "neither PNG nor JPEG"),
        (encoded(Image.new("CMYK", (8, 8)), "JPEG"), "colour mode CMYK"),
        (encoded(Image.effect_noise((64, 64), 50))[:-400], "damaged or truncated"),
        (encoded(Image.effect_noise((64, 64), 50), "JPEG")[:-400], "damaged or truncated"),
        (png(chunk(b"tRNS", b"\xff\0"), PIXELS, colour=3), "damaged or truncated"),  # it has no palette
        (png_with_header(10_000, 10_000), f"more than {MAX_PIXELS} pixels"),
        (png_with_header(100_000, 100_000), f"more than {MAX_PIXELS} pixels"),
    ],
)
def test_what_cannot_be_decoded_says_why(content, reason):
    with pytest.raises(UndecodableImage) as raised:
        decode_grey(content)
    assert str(raised.value) == reason


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_damage_anywhere_ends_in_pixels_or_in_undecodable_image(kind):
    whole = encoded(Image.effect_noise((24, 24), 80), kind)
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            damaged[place] = rng.integers(0, 256)
        try:
            assert decode_grey(bytes(damaged)).ndim == 2
        except UndecodableImage:
            refused += 1
    assert refused > 20  # the damage is real


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_channels_come_back_as_they_were(channels, mode):
    values = np.random.default_rng(channels).integers(0, 256, (5, 7, channels)).astype(np.uint8)
    content = encoded(Image.frombytes(mode, (7, 5), values.tobytes()))
    decoded = decode_channels(content, channels)
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, values)


@pytest.mark.parametrize(
    ("image", "channels", "reason"),
    [
        (Image.fromarray(GREYS), 3, "colour mode L, expected 3 channels of 8 bits"),
        (Image.fromarray(GREYS).convert("P"), 1, "colour mode P, expected 1 channels of 8 bits"),
        (Image.fromarray(GREYS), 5, "colour mode L, expected 5 channels of 8 bits"),
    ],
)
def test_other_channels_than_expected_are_refused(image, channels, reason):
    with pytest.raises(UndecodableImage) as raised:
        decode_channels(encoded(image), channels)
    assert str(raised.value) == reason
