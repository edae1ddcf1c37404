"""A PNG or JPEG without what is said beside its pixels: comments, EXIF and the like name people and days.

Sources: W3C, Portable Network Graphics (PNG) Specification (Third Edition), section 11; ITU-T T.81, annex B;
ITU-T T.871 (JFIF), section 10; ITU-T T.872, section 6.5.3 (Adobe).
"""

from collections.abc import Iterator

from components.slices import jpeg, png

# How pixels look, in numbers. All others go, unknown ones too: a profile has a name, an editor its history.
KEPT_CHUNKS = png.CRITICAL | {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"hIST", b"pHYs"}
APPLICATION = frozenset(range(0xE0, 0xF0))  # APP0 to APP15
COMMENT = 0xFE
# Decoders tell colour spaces by these two.
KEPT_APPLICATIONS = {0xE0: b"JFIF\0", 0xEE: b"Adobe"}


def pixels_alone(data: bytes) -> bytes:
    """Leaves out metadata, and bytes after the image's end; all other bytes stay as they are.

    No decoder here turns an image as its EXIF says, so that pixels are the same with and without it.

    Args:
      data: A whole PNG or JPEG, in which `inspect_bytes` found nothing wrong.
    Returns:
      A file of the same pixels; `data` itself where there is nothing to leave out.
    """
    is_png = data.startswith(png.SIGNATURE)
    signature = png.SIGNATURE if is_png else jpeg.START
    parts = list(_chunks(data) if is_png else _segments(data))
    kept = len(signature) + sum(map(len, parts))
    return data if kept == len(data) else b"".join([signature, *parts])


def _chunks(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    return (view[start:end] for kind, start, end in png.chunks(data) if kind in KEPT_CHUNKS)


def _segments(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    for marker, start, end in jpeg.segments(data):
        if marker == COMMENT:
            continue
        if marker in APPLICATION:
            name = KEPT_APPLICATIONS.get(marker)
            if name is None or not data.startswith(name, start + 4):
                continue
        yield view[start:end]
