"""PNG and JPEG files: damaged, hostile, or just odd."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from bad_files.case import Case, inflating
from components.slices.header import Reason

WIDTH, HEIGHT = 56, 40


def picture(mode: str = "L", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """A smooth picture, other in each colour, of no symmetry."""
    y, x = np.mgrid[: size[1], : size[0]]
    waves = [90 * np.sin(x / 9 + phase) * np.cos(y / 7) + 30 * y / size[1] + 110 for phase in (0, 1, 2)]
    return Image.fromarray(np.stack(waves, -1).clip(0, 255).astype(np.uint8)).convert(mode)


def coded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, depth: int = 8, colour: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """A PNG of these chunks between IHDR and IEND."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


ROWS = b"".join(b"\0" + row.tobytes() for row in np.asarray(picture()))
DEFLATED = zlib.compress(ROWS)
PIXELS = chunk(b"IDAT", DEFLATED)
PNG = png(PIXELS)
JPEG = coded(picture(), "JPEG")
SOF = b"\xff\xc0\x00\x0b"


def _jpeg_of(height: int, width: int) -> bytes:
    return JPEG.replace(struct.pack(">BHH", 8, HEIGHT, WIDTH), struct.pack(">BHH", 8, height, width))


def _many_scans() -> bytes:
    """A progressive JPEG that refines the same picture a thousand times."""
    whole = coded(picture(), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 1000 + whole[-2:]


def _animation(kind: str) -> bytes:
    return coded(picture(), kind, save_all=True, append_images=[picture().transpose(0)])


def _after(data: bytes, marker: bytes, more: int) -> bytes:
    """The beginning of a file, up to some bytes behind a marker."""
    return data[: data.index(marker) + len(marker) + more]


def _rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    return coded(picture(), "JPEG", exif=exif)


_TRUNCATED = {
    "png, in its signature": PNG[:5],
    "png, in its header": _after(PNG, b"IHDR", 4),
    "png, after its header": PNG[:33],
    "png, in its pixels": _after(PNG, b"IDAT", 100),
    "png, before its end": PNG[:-12],
    "png, in its last checksum": PNG[:-1],
    "png, in its zlib stream": png(chunk(b"IDAT", DEFLATED[:-9])),
    "png, before its zlib checksum": png(chunk(b"IDAT", DEFLATED[:-4])),
    "jpg, after its start": JPEG[:2],
    "jpg, in its first segment": JPEG[:9],
    "jpg, in its quantisation": _after(JPEG, b"\xff\xdb", 20),
    "jpg, in its frame header": _after(JPEG, b"\xff\xc0", 5),
    "jpg, in its codes": _after(JPEG, b"\xff\xc4", 10),
    "jpg, in its scan header": _after(JPEG, b"\xff\xda", 4),
    "jpg, in its scan": _after(JPEG, b"\xff\xda", 200),
    "jpg, before its end marker": JPEG[:-2],
    "jpg, in its end marker": JPEG[:-1],
}
_NO_IMAGE = {
    "text.png": b"file,hemorrhage\n",
    "page.png": b"<html><script>alert(1)</script></html>",
    "archive.png": b"PK\x03\x04" + bytes(26),
    "dicom.png": bytes(128) + b"DICM" + bytes(100),
    "gif.png": coded(picture(), "GIF"),
    "animation.png": _animation("GIF"),
    "bitmap.jpg": coded(picture(), "BMP"),
    "tiff.jpg": coded(picture(), "TIFF"),
    "webp.png": coded(picture("RGB"), "WEBP"),
    "jpeg 2000.jpg": coded(picture(), "JPEG2000"),
}
_CORRUPT = {
    "checksum.png": PNG.replace(b"IDAT", b"IDAU", 1),
    "zlib.png": png(chunk(b"IDAT", b"x\x9c" + bytes(range(200)))),
    "zlib checksum.png": png(chunk(b"IDAT", DEFLATED[:-4] + b"abcd")),
    "too few rows.png": png(chunk(b"IDAT", zlib.compress(ROWS[:-WIDTH]))),
    "text between its pixels.png": png(
        chunk(b"IDAT", DEFLATED[:90]), chunk(b"tEXt", b"a\0b"), chunk(b"IDAT", DEFLATED[90:])
    ),
    "no pixels.png": png(),
    "no palette.png": png(chunk(b"tRNS", b"\xff\0"), PIXELS, colour=3),
    "two headers.png": png(PNG[8:33], PIXELS),
    "two palettes.png": png(chunk(b"PLTE", bytes(768)), chunk(b"PLTE", bytes(768)), PIXELS, colour=3),
    "late palette.png": png(PIXELS, chunk(b"PLTE", bytes(768)), colour=3),
    "half a colour.png": png(chunk(b"PLTE", bytes(8)), PIXELS, colour=3),
    "empty palette.png": png(chunk(b"PLTE", b""), PIXELS, colour=3),
    "two frames.jpg": JPEG.replace(b"\xff\xda", JPEG[JPEG.index(b"\xff\xc0") :][:13] + b"\xff\xda"),
    "no frame.jpg": JPEG.replace(b"\xff\xc0", b"\xff\xe1"),
    "no marker.jpg": JPEG[:2] + b"text" + JPEG[2:],
}
BROKEN = (
    Case("empty.png", b"", Reason.EMPTY),
    Case("empty.jpg", b"", Reason.EMPTY),
    *(Case(f"cut {name[5:]}.{name[:3]}", data, Reason.TRUNCATED) for name, data in _TRUNCATED.items()),
    *(Case(name, data, Reason.NOT_AN_IMAGE) for name, data in _NO_IMAGE.items()),
    *(Case(name, data, Reason.CORRUPT) for name, data in _CORRUPT.items()),
    Case("30000 pixels.png", png(PIXELS, size=(30_000, 30_000)), Reason.BAD_DIMENSIONS, bomb=True),
    Case("30000 pixels.jpg", _jpeg_of(30_000, 30_000), Reason.BAD_DIMENSIONS, bomb=True),
    Case("no height.jpg", _jpeg_of(0, WIDTH), Reason.BAD_DIMENSIONS),
    Case("inflates.png", png(chunk(b"IDAT", inflating(1024))), Reason.TOO_LARGE, bomb=True),
    Case("scans.jpg", _many_scans(), Reason.TOO_LARGE, bomb=True),
    Case("cmyk.jpg", coded(picture("CMYK"), "JPEG"), Reason.UNKNOWN_COLOUR_MODE),
    Case("12 bits.jpg", JPEG.replace(SOF + b"\x08", SOF + b"\x0c"), Reason.UNKNOWN_COLOUR_MODE),
    Case("colour type 5.png", png(PIXELS, colour=5), Reason.UNKNOWN_COLOUR_MODE),
    Case("animated.png", _animation("PNG"), Reason.UNSUPPORTED_CODING),
    Case("critical chunk.png", png(chunk(b"CgBI", bytes(4)), PIXELS), Reason.UNSUPPORTED_CODING),
    Case("arithmetic.jpg", JPEG.replace(b"\xff\xc0", b"\xff\xc9"), Reason.UNSUPPORTED_CODING),
    Case("lossless.jpg", JPEG.replace(b"\xff\xc0", b"\xff\xc3"), Reason.UNSUPPORTED_CODING),
)

_SIXTEEN = np.asarray(picture()).astype(np.uint16) * 257
_ODD = {
    "png named.jpg": PNG,
    "jpeg named.png": JPEG,
    "grey.png": PNG,
    "colour.png": coded(picture("RGB"), "PNG"),
    "alpha.png": coded(picture("LA"), "PNG"),
    "colour and alpha.png": coded(picture("RGBA"), "PNG"),
    "palette.png": coded(picture("RGB").quantize(32), "PNG"),
    "palette with a clear colour.png": coded(picture("RGB").quantize(32), "PNG", transparency=3),
    "palette of 4.png": coded(picture("RGB").quantize(4), "PNG", bits=2),
    "1 bit.png": coded(picture("1"), "PNG"),
    "4 bits.png": png(
        chunk(b"IDAT", zlib.compress((b"\0" + bytes(range(WIDTH // 2))) * HEIGHT)), depth=4
    ),
    "16 bits.png": coded(Image.fromarray(_SIXTEEN), "PNG"),
    "clear grey.png": coded(picture(), "PNG", transparency=77),
    "pixels in two chunks.png": png(chunk(b"IDAT", DEFLATED[:90]), chunk(b"IDAT", DEFLATED[90:])),
    "a row too many.png": png(chunk(b"IDAT", zlib.compress(ROWS + bytes(WIDTH + 1)))),
    "text behind its end.png": PNG + b"<script>",
    "gamma.png": png(chunk(b"gAMA", struct.pack(">I", 99_999)), PIXELS),
    "colour.jpg": coded(picture("RGB"), "JPEG"),
    "progressive.jpg": coded(picture("RGB"), "JPEG", progressive=True),
    "restarts.jpg": coded(picture(), "JPEG", restart_marker_rows=1),
    "rotated.jpg": _rotated(),
    "two pictures.jpg": coded(picture("RGB"), "MPO", save_all=True, append_images=[picture("RGB")]),
    "text behind its end.jpg": JPEG + b"<script>",
}  # fmt: skip
ODD = tuple(Case(name, data, None) for name, data in _ODD.items())
