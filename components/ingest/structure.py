"""A complete look at a file's structure without decoding a pixel: what it is, or why it is refused."""

from pathlib import Path

from components.ingest import jpeg, png
from components.ingest.header import Header, Reason, Rejection
from components.ingest.params import IngestParams


def inspect_file(path: Path, params: IngestParams) -> tuple[bytes, Header | Rejection]:
    """Reads a file and checks its structure.

    Returns:
      Its bytes (none where it cannot be read), and what `inspect_bytes` says of them.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return b"", Rejection(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__)
    return data, inspect_bytes(data, params)


def inspect_bytes(data: bytes, params: IngestParams) -> Header | Rejection:
    """Checks that bytes are one whole PNG or JPEG image that the pipeline can use, decoding no pixel.

    Bytes after the image's end are allowed, as decoders allow them.

    Args:
      data: A file's contents.
      params: The sides that are allowed.
    """
    if not data:
        return Rejection(Reason.EMPTY)
    if data.startswith(png.SIGNATURE):
        header = png.inspect(data)
    elif data.startswith(jpeg.START):
        header = jpeg.inspect(data)
    elif png.SIGNATURE.startswith(data) or jpeg.START.startswith(data):
        return Rejection(Reason.TRUNCATED, f"ends at byte {len(data)}, within the signature")
    else:
        return Rejection(Reason.NOT_AN_IMAGE, "begins like neither a PNG nor a JPEG")
    return header if isinstance(header, Rejection) else _with_allowed_sides(header, params)


def _with_allowed_sides(header: Header, params: IngestParams) -> Header | Rejection:
    if all(params.min_side <= side <= params.max_side for side in (header.width, header.height)):
        return header
    return Rejection(
        Reason.BAD_DIMENSIONS,
        f"{header.width} x {header.height} pixels, allowed {params.min_side} to {params.max_side} a side",
    )
