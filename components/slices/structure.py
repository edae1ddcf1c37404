"""A complete look at a file's structure: what it is, or why it is refused.

What passes here and decodes in SliceFilter is decoded by TensorFlow too: it must not fail in a training.
"""

from pathlib import Path

from components.slices import jpeg, png
from components.slices.files import open_regular, size_of
from components.slices.header import Header, Reason, Rejection
from components.slices.params import ReadingParams

MOST_BYTES = 2**28  # of an image file; 4096 x 4096 pixels of four channels in 16 bits have half of it


def inspect_file(path: Path, params: ReadingParams) -> tuple[bytes, Header | Rejection]:
    """Reads a file and checks its structure.

    Returns:
      Its bytes (none where it cannot be read), and what `inspect_bytes` says of them.
    """
    try:
        with open_regular(path) as file:
            size = size_of(file)
            if size > MOST_BYTES:
                return b"", Rejection(Reason.TOO_LARGE, f"{size} bytes, at most {MOST_BYTES} are read")
            data = file.read(size)
    except OSError as error:
        return b"", Rejection(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__)
    return data, inspect_bytes(data, params)


def inspect_bytes(data: bytes, params: ReadingParams) -> Header | Rejection:
    """Checks that bytes are one whole PNG or JPEG image that the pipeline can use.

    The pixels of a PNG are inflated, those of a JPEG are not looked at. Bytes after the image's end are
    allowed, as decoders allow them.

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
    if isinstance(header, Rejection):
        return header
    found = _with_allowed_sides(header, params)
    if isinstance(found, Header) and found.image_format == "png":
        return png.fault_of_pixels(data) or found
    return found


def _with_allowed_sides(header: Header, params: ReadingParams) -> Header | Rejection:
    if all(params.min_side <= side <= params.max_side for side in (header.width, header.height)):
        return header
    return Rejection(
        Reason.BAD_DIMENSIONS,
        f"{header.width} x {header.height} pixels, allowed {params.min_side} to {params.max_side} a side",
    )
