import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from slices_read import inspect_bytes, pixels_alone

from components.slices.header import Header

pytestmark = pytest.mark.numpy

NAME = "Qzxname^Anna"
PNG_SIGNATURE = 8
IHDR_END = PNG_SIGNATURE + 12 + 13


def noise(mode: str) -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 256, (40, 48), dtype=np.uint8)
    return (
        Image.fromarray(pixels.astype(np.uint16) * 257)
        if mode == "I;16"
        else Image.fromarray(pixels).convert(mode)
    )


def saved(image: Image.Image, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA") if image.mode == "P" else image)


def exif() -> Image.Exif:
    told = Image.Exif()
    told[0x013B] = NAME  # artist
    told[0x0112] = 6  # turned by 90 degrees
    return told


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_all_that_a_png_can_say(image: Image.Image) -> bytes:
    told = PngInfo()
    told.add_text("Author", NAME)
    told.add_text("Comment", NAME, zip=True)
    told.add_itxt("Title", NAME, lang="en", tkey=NAME)
    told.add(b"tIME", bytes(7))
    data = saved(image, "PNG", pnginfo=told, exif=exif(), icc_profile=NAME.encode(), dpi=(96, 96))
    own = chunk(b"prVt", NAME.encode())
    return data[:IHDR_END] + own + data[IHDR_END:-12] + chunk(b"tEXt", b"late\0" + NAME.encode()) + data[-12:]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "I;16", "P", "1"])
def test_a_png_becomes_what_it_is_without_text_exif_time_profile_and_private_chunks(mode, params):
    image = noise(mode)
    plain = saved(image, "PNG", dpi=(96, 96))
    told = with_all_that_a_png_can_say(image)
    assert len(told) > len(plain) + 8 * len(NAME)
    assert pixels_alone(told) == plain  # dpi, palette and pixel data byte for byte
    assert pixels_alone(told + NAME.encode()) == plain
    assert isinstance(inspect_bytes(pixels_alone(told), params), Header)
    np.testing.assert_array_equal(pixels(pixels_alone(told)), pixels(told))


def test_a_png_keeps_what_says_which_colour_is_transparent():
    data = saved(noise("P"), "PNG", transparency=3)
    assert b"tRNS" in data
    assert pixels_alone(data) is data


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_becomes_what_it_is_without_exif_comment_and_profile(mode, progressive, params):
    image = noise(mode)
    plain = saved(image, "JPEG", progressive=progressive, restart_marker_blocks=4)
    told = saved(
        image,
        "JPEG",
        progressive=progressive,
        restart_marker_blocks=4,
        exif=exif(),
        comment=NAME.encode(),
        icc_profile=NAME.encode() * 9000,  # two segments
    )
    late = told[:-2] + segment(0xFE, NAME.encode()) + segment(0xED, NAME.encode()) + told[-2:]
    for data in (told, late, late + NAME.encode()):
        assert pixels_alone(data) == plain
    assert isinstance(inspect_bytes(plain, params), Header)
    np.testing.assert_array_equal(pixels(told), pixels(plain))


def test_a_jpeg_keeps_by_what_decoders_tell_colours_and_loses_what_bears_its_number_alone():
    plain = saved(noise("RGB"), "JPEG")
    start, rest = plain[:2], plain[2:]
    adobe = segment(0xEE, b"Adobe\0d\0\0\0\0\1")
    jfif = rest[:18]
    assert jfif[4:9] == b"JFIF\0"
    kept = start + jfif + adobe + rest[18:]
    assert pixels_alone(kept) is kept
    alien = segment(0xE0, b"JFXX\0" + NAME.encode()) + segment(0xEE, NAME.encode())
    assert pixels_alone(start + jfif + adobe + alien + rest[18:]) == kept


def test_fill_bytes_between_the_segments_of_a_jpeg_do_not_hide_a_comment():
    plain = saved(noise("L"), "JPEG")
    told = plain[:20] + b"\xff\xff" + segment(0xFE, NAME.encode()) + b"\xff" + plain[20:]
    assert pixels_alone(told) == plain


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_that_says_nothing_but_pixels_is_not_even_copied(kind):
    data = saved(noise("L"), kind)
    assert pixels_alone(data) is data
