"""Fuzz target: bytes as PNG and JPEG readers take them, from the structure to the pixels."""

import contextlib
import struct
import sys
import warnings
import zlib

import atheris

with atheris.instrument_imports(include=["components", "PIL"]):
    from components.imaging.decode import UndecodableImage, decode_channels, decode_grey
    from components.imaging.likeness import brightness_steps
    from components.ingest.params import IngestParams
    from components.slices.formats import read_image
    from components.slices.header import LEFT_OUT, Rejection
    from components.slices.png import SIGNATURE

from pipeline.settings.config import DEFAULTS

PARAMS = IngestParams(**DEFAULTS["ingest"])


def look_at(data: bytes) -> None:
    """Reads bytes as an image, and again with sound checksums; only what is documented may come out."""
    for variant in {data, _with_checksums(data)}:
        _look_at(variant)


def _look_at(data: bytes) -> None:
    pixels = read_image(data, PARAMS)
    readers = [decode_grey, brightness_steps, lambda some: decode_channels(some, 3)]
    if isinstance(pixels, Rejection):
        assert pixels.reason not in LEFT_OUT
    else:
        sides = (pixels.header.height, pixels.header.width)
        assert all(PARAMS.min_side <= side <= PARAMS.max_side for side in sides)
        alone = pixels.encoded()
        assert read_image(alone, PARAMS) == pixels
        with contextlib.suppress(UndecodableImage):
            assert decode_grey(alone).shape == sides
    for read in readers:
        with contextlib.suppress(UndecodableImage):
            read(data)


def _with_checksums(data: bytes) -> bytes:
    """A PNG's chunks with the checksums that they should have, or else no chunk would get further."""
    mended = data[: len(SIGNATURE)]
    if mended != SIGNATURE:
        return data
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunk = data[at + 4 : at + 8 + length]
        mended += data[at : at + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        at += 12 + length
    return mended


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    atheris.Setup(sys.argv, look_at)
    atheris.Fuzz()
