"""Slices read by the table of formats, as bytes and what they say of themselves or why there are none."""

from pathlib import Path

from components.ingest.params import IngestParams
from components.slices.formats import read_file, read_image, read_slice
from components.slices.header import Header, Rejection
from pipeline.settings.config import DEFAULTS

ANY_SIDES = IngestParams(**{**DEFAULTS["ingest"], "min_side": 1, "max_side": 2**20})


def read_png(path: Path, frame: int | None, params: IngestParams) -> tuple[bytes, Header | Rejection]:
    """A slice as a record holds it: of a DICOM file a PNG."""
    pixels = read_slice(path, frame, params)
    return (b"", pixels) if isinstance(pixels, Rejection) else (pixels.encoded(), pixels.header)


def inspect_file(path: Path, params: IngestParams) -> tuple[bytes, Header | Rejection]:
    data = read_file(path)
    return (b"", data) if isinstance(data, Rejection) else (data, inspect_bytes(data, params))


def inspect_bytes(data: bytes, params: IngestParams) -> Header | Rejection:
    pixels = read_image(data, params)
    return pixels if isinstance(pixels, Rejection) else pixels.header


def pixels_alone(data: bytes) -> bytes:
    pixels = read_image(data, ANY_SIDES)
    assert not isinstance(pixels, Rejection)
    return pixels.encoded()
