"""What the slices of a data folder are: image files or DICOM."""

from pathlib import Path

from components.slices.dicom.dataset import looks_like_dicom
from components.slices.dicom.labels import names_dicom
from components.slices.errors import DataError
from components.slices.formats import is_image
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.scan import files_below
from components.slices.table import first_file

GREY = 1


def kind(data_dir: Path, params: ReadingParams) -> str:
    """Returns "dicom" for a folder of DICOM files and "image" for any other.

    A label table decides by its columns and the first file that it names; else the files do: DICOM
    if there is no image and one begins as DICOM does.

    Raises:
      DataError: The folder or the table cannot be read.
    """
    if params.source != "auto":
        return params.source
    table = data_dir / params.table
    files = files_below(data_dir)
    if params.form != "folders" and table.is_file():
        if names_dicom(table):
            return DICOM
        named = first_file(table)
        if named:
            return (
                IMAGE
                if is_image(named)
                else _by_files(data_dir, [path for path in files if not is_image(path)])
            )
    return _by_files(data_dir, files)


def channels(data_dir: Path, params: ReadingParams) -> int:
    """Returns the channels of the folder's slices: one of an image, one a window of DICOM.

    A folder that cannot be read counts as images: the run that reads it says what is wrong.
    """
    try:
        return len(params.windows.split()) if kind(data_dir, params) == DICOM else GREY
    except DataError:
        return GREY


def _by_files(data_dir: Path, files: list[str]) -> str:
    if any(map(is_image, files)):
        return IMAGE
    return DICOM if any(looks_like_dicom(data_dir / path) for path in files) else IMAGE
