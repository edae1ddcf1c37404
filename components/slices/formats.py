"""The table of formats: which files may be slices, and one slice read, whatever its format.

What passes here and decodes in SliceFilter is decoded by TensorFlow too: it must not fail in a training.
"""

from pathlib import Path, PurePosixPath

from components.slices.dicom.dataset import looks_like_dicom
from components.slices.dicom.pixels import Dicom
from components.slices.files import open_regular, size_of
from components.slices.header import Reason, Rejection
from components.slices.jpeg import Jpeg
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.png import Png
from components.slices.reading import Format, Pixels, SliceFile

__all__ = ["read_file", "read_image", "read_slice", "source_of", "source_of_name"]

FORMATS: tuple[Format, ...] = (Png(), Jpeg(), Dicom())

MOST_BYTES = 2**28  # of an image file; 4096 x 4096 pixels of four channels in 16 bits have half of it


def source_of_name(path: str) -> str:
    """Returns the source that a file's name says it belongs to, "" where it says none."""
    suffix = PurePosixPath(path).suffix.lower()
    return next((each.source for each in FORMATS if suffix in each.suffixes), "")


def is_image(path: str) -> bool:
    """Returns whether a file's name says that it is an image."""
    return source_of_name(path) == IMAGE


def source_of(path: Path) -> str:
    """Returns the source that a file belongs to by its name, or else by how it begins; "" for none."""
    return source_of_name(path.name) or (DICOM if looks_like_dicom(path) else "")


def read_slice(path: Path, frame: int | None, params: ReadingParams) -> Pixels | Rejection:
    """Reads one slice.

    Args:
      path: Of its file.
      frame: Index of the slice in a DICOM file; None of an image file.
      params: The sides that are allowed, and the windows that HU are shown in.
    Returns:
      The slice, or why there is none; pixels of a JPEG are not decoded so far.
    """
    if frame is None:
        content = read_file(path)
        return content if isinstance(content, Rejection) else read_image(content, params)
    reader = next(each for each in FORMATS if each.source == DICOM)
    return reader.read(SliceFile(path, frame), params)


def read_file(path: Path) -> bytes | Rejection:
    """Returns the bytes of an image file, or why they cannot be had."""
    try:
        with open_regular(path) as file:
            size = size_of(file)
            if size > MOST_BYTES:
                return Rejection(Reason.TOO_LARGE, f"{size} bytes, at most {MOST_BYTES} are read")
            return file.read(size)
    except OSError as error:
        return Rejection(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__)


def read_image(data: bytes, params: ReadingParams) -> Pixels | Rejection:
    """Checks that bytes are one whole image that the pipeline can use, and reads it.

    Bytes after the image's end are allowed, as decoders allow them.

    Args:
      data: A file's contents.
      params: The sides that are allowed.
    """
    if not data:
        return Rejection(Reason.EMPTY)
    readers = [each for each in FORMATS if each.source == IMAGE]
    for each in readers:
        if data.startswith(each.signature):
            return each.read(SliceFile(Path(), content=data), params)
    if any(each.signature.startswith(data) for each in readers):
        return Rejection(Reason.TRUNCATED, f"ends at byte {len(data)}, within the signature")
    return Rejection(Reason.NOT_AN_IMAGE, "begins like neither a PNG nor a JPEG")
