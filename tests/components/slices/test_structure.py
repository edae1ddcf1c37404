import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from slices_read import inspect_bytes, inspect_file

from components.slices.header import Header, Reason, Rejection

pytestmark = pytest.mark.numpy

WIDTH, HEIGHT = 48, 40


def encoded(mode: str, kind: str = "PNG", size: tuple[int, int] = (WIDTH, HEIGHT), **options) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    if mode == "I;16":
        image = Image.fromarray(noise.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(noise).convert(mode)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def ihdr(depth: int = 8, colour: int = 0, compression: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, compression, 0, 0))


def reason_of(data: bytes, params) -> Reason:
    found = inspect_bytes(data, params)
    assert isinstance(found, Rejection), found
    return found.reason


@pytest.mark.parametrize(
    ("mode", "kind", "channels", "bit_depth"),
    [
        ("L", "PNG", 1, 8),
        ("RGB", "PNG", 3, 8),
        ("RGBA", "PNG", 4, 8),
        ("LA", "PNG", 2, 8),
        ("I;16", "PNG", 1, 16),
        ("P", "PNG", 3, 8),
        ("1", "PNG", 1, 8),
        ("L", "JPEG", 1, 8),
        ("RGB", "JPEG", 3, 8),
    ],
)
def test_a_sound_image_is_told_as_it_is_once_decoded(mode, kind, channels, bit_depth, params):
    found = inspect_bytes(encoded(mode, kind), params)
    assert found == Header(kind.lower(), HEIGHT, WIDTH, channels, bit_depth)


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"optimize": True}])
def test_a_jpeg_may_be_progressive_or_have_restarts(options, params):
    assert inspect_bytes(encoded("RGB", "JPEG", **options), params) == Header("jpeg", HEIGHT, WIDTH, 3, 8)


def test_an_interlaced_png_of_16_bit_colour_is_sound(params):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 1))
    # Columns and rows of the seven passes of 48 x 40 pixels; each row has a filter's byte before it.
    passes = [(6, 5), (6, 5), (12, 5), (12, 10), (24, 10), (24, 20), (48, 20)]
    pixels = b"".join((b"\0" + bytes(6 * columns)) * rows for columns, rows in passes)
    data = png_of(head, chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b""))
    assert inspect_bytes(data, params) == Header("png", HEIGHT, WIDTH, 3, 16)


def test_bytes_after_the_end_do_not_matter(params):
    for kind in ("PNG", "JPEG"):
        assert isinstance(inspect_bytes(encoded("L", kind) + b"\0 appended", params), Header)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_cut_at_any_place_is_truncated(kind, params):
    data = encoded("L", kind)
    assert {reason_of(data[:cut], params) for cut in range(1, len(data))} == {Reason.TRUNCATED}


def test_a_png_with_any_byte_changed_is_refused(params):
    data = encoded("L")
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]
        assert isinstance(inspect_bytes(changed, params), Rejection), at


def test_an_empty_file_is_told(params):
    assert reason_of(b"", params) is Reason.EMPTY


@pytest.mark.parametrize("data", [b"GIF89a", b"\0" * 132 + b"DICM", b"a text", encoded("L", "BMP")])
def test_what_is_neither_png_nor_jpeg_is_not_an_image(data, params):
    assert reason_of(data, params) is Reason.NOT_AN_IMAGE


@pytest.mark.parametrize(
    "data",
    [
        png_of(chunk(b"IDAT", b""), ihdr(), chunk(b"IEND", b"")),
        png_of(ihdr(), chunk(b"IEND", b"")),
        png_of(ihdr(), ihdr(), chunk(b"IDAT", b""), chunk(b"IEND", b"")),
        png_of(ihdr(compression=1), chunk(b"IDAT", b""), chunk(b"IEND", b"")),
        png_of(ihdr(colour=3), chunk(b"IDAT", b""), chunk(b"IEND", b"")),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda\0\2\xff\xd9",
        b"\xff\xd8 a text after a start marker",
    ],
    ids=[
        "no IHDR first", "no IDAT", "two IHDR", "unknown compression", "palette without PLTE",
        "no frame", "scan without a frame", "no marker",
    ],
)  # fmt: skip
def test_what_does_not_keep_to_the_format_is_corrupt(data, params):
    assert reason_of(data, params) is Reason.CORRUPT


@pytest.mark.parametrize(
    "data",
    [
        encoded("CMYK", "JPEG"),
        encoded("L", "JPEG").replace(b"\xff\xc0\x00\x0b\x08", b"\xff\xc0\x00\x0b\x0c"),
        png_of(ihdr(colour=5), chunk(b"IDAT", b""), chunk(b"IEND", b"")),
        png_of(ihdr(depth=3), chunk(b"IDAT", b""), chunk(b"IEND", b"")),
    ],
    ids=["CMYK", "12-bit JPEG", "colour type 5", "3 bits"],
)
def test_a_colour_mode_that_nobody_can_show_is_told(data, params):
    assert reason_of(data, params) is Reason.UNKNOWN_COLOUR_MODE


def test_codings_that_tensorflow_cannot_decode_are_told(params):
    frames = [Image.new("L", (WIDTH, HEIGHT), grey) for grey in (0, 255)]
    stream = io.BytesIO()
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    lossless = encoded("L", "JPEG").replace(b"\xff\xc0\x00\x0b", b"\xff\xc3\x00\x0b")
    assert inspect_bytes(stream.getvalue(), params).detail == "an animation (APNG)"
    assert inspect_bytes(lossless, params).detail == "lossless, hierarchical or arithmetic (SOF3)"


@pytest.mark.parametrize(("kind", "size"), [("PNG", (31, 40)), ("PNG", (40, 101)), ("JPEG", (101, 40))])
def test_absurd_dimensions_are_told_with_what_is_allowed(kind, size, params):
    found = inspect_bytes(encoded("L", kind, size), params)
    assert found == Rejection(
        Reason.BAD_DIMENSIONS, f"{size[0]} x {size[1]} pixels, allowed 32 to 100 a side"
    )
    assert isinstance(inspect_bytes(encoded("L", kind, (32, 100)), params), Header)


def test_a_file_that_cannot_be_read_is_told_without_its_name(tmp_path, params):
    folder = tmp_path / "patient_12.png"
    folder.mkdir()
    data, found = inspect_file(folder, params)
    assert data == b""
    assert found == Rejection(Reason.UNREADABLE_FILE, "a folder, not a regular file")
