"""Reading a slice's file: its bytes and header, or why not."""

from pathlib import Path

from components.ingest import jpeg, png
from components.ingest.params import IngestParams
from components.ingest.structure import Header, Reason, Rejection, check_sides


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
    return header if isinstance(header, Rejection) else check_sides(header, params)
