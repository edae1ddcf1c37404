"""The slices in the files and folders that a user names, whose they are, and how one is read."""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from components.imaging.decode import UndecodableImage
from components.slices import formats
from components.slices.dicom import discovery
from components.slices.dicom.labels import read_label_table
from components.slices.dicom.series import in_order
from components.slices.errors import DataError
from components.slices.formats import is_image, source_of
from components.slices.header import Reason, Rejection
from components.slices.labels import patient_of
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.scan import files_below
from components.slices.table import read_table
from pipeline.pushed.model import wrong_kind
from pipeline.settings.layout import absolute

UNDECODABLE = "undecodable"


@dataclasses.dataclass(frozen=True)
class Input:
    """One slice that a user named, by itself or by its folder.

    Attributes:
      path: Of its file.
      frame: Index in a DICOM file; None in an image.
      patient: As well as it is known.
      reason: Why there is no slice to read; "" where there is one.
    """

    path: Path
    frame: int | None
    patient: str
    reason: str = ""

    @property
    def name(self) -> str:
        """The file, and of a later frame in it the frame's index too."""
        return f"{self.path}#{self.frame}" if self.frame else str(self.path)


def find_slices(paths: Sequence[str], windows: str, params: ReadingParams) -> list[Input]:
    """Returns the slices of files and folders that a model can score.

    Args:
      paths: Files and folders; of a folder what the model cannot score is passed over.
      windows: Of the model, as `trained_on` tells them.
      params: Where patients are told.
    Raises:
      DataError: A file named, or all of a folder, is of the kind that the model was not trained on.
      FileNotFoundError: There is nothing to score.
    """
    wrong = IMAGE if windows else DICOM
    named = [path for path in map(Path, paths) if path.is_file() and source_of(path) == wrong]
    if named:
        raise DataError(wrong_kind(str(named[0]), windows))
    try:
        return find_dicom(paths, params) if windows else find_images(paths, params)
    except FileNotFoundError:
        folders = [path for path in map(Path, paths) if path.is_dir()]
        if any(source_of(path / name) == wrong for path in folders for name in files_below(path)):
            raise DataError(wrong_kind(f"all of {', '.join(paths)}", windows)) from None
        raise


def find_images(paths: Iterable[str], params: ReadingParams) -> list[Input]:
    """Returns the files named and the images in the folders named, in a stable order, with patients.

    A patient is told by the label table of the folder that is named or that a named file lies in, or one
    above, such as a class folder's; else by `ingest.patient_pattern` over the path below that folder, else
    by the folder of the file.

    Raises:
      FileNotFoundError: A path does not exist, or there is no image at all.
      DataError: A folder's label table does not keep to its form.
    """
    found: dict[Path, str] = {}
    files_in = functools.cache(files_below)
    told_in = functools.cache(lambda folder: _told_by_table(folder, files_in, params))
    for path in _existing(paths):
        if path.is_dir():
            images = [name for name in files_in(path) if is_image(name)]
            found |= {path / name: _patient(path, name, params) for name in images}
            found |= told_in(path)
        else:
            found[path] = told_in(path.parent).get(path) or _patient(path.parent, path.name, params)
    if not found:
        raise FileNotFoundError(f"no PNG or JPEG files in {', '.join(paths)}")
    return [Input(path, None, patient) for path, patient in found.items()]


def find_dicom(paths: Iterable[str], params: ReadingParams) -> list[Input]:
    """Returns the axial CT slices of the DICOM files named or in the folders named, series by series.

    All series are returned, and with a reason each file that holds no such slice. A patient is told by a
    column of the folder's label table, else by `ingest.patient_pattern`, else by the header.

    Raises:
      FileNotFoundError: A path does not exist, or there is no DICOM file at all.
      DataError: A folder cannot be listed, or its label table does not keep to its form.
    """
    every = params.model_copy(update={"series": "all"})
    found: dict[tuple[Path, int | None], Input] = {}
    for path in _existing(paths):
        folder = path if path.is_dir() else path.parent
        files = files_below(path) if path.is_dir() else [path.name]
        headers = discovery.find_slices(folder, files, every)
        table = None
        if (folder / params.table).is_file():
            table = read_label_table(folder / params.table)
            table = table.with_paths(each.path for each in headers.instances)
        for _, each in in_order(headers.instances):
            row = table.row_of(each) if table else None
            patient = (row and row.patient) or patient_of(each.path, params) or each.patient or each.study
            found[folder / each.path, each.frame] = Input(folder / each.path, each.frame, patient)
        for name, rejection in headers.rejections.items():
            if rejection.reason is not Reason.OTHER_FILE or path.is_file():
                found.setdefault((folder / name, None), Input(folder / name, 0, "", str(rejection.reason)))
    if not found:
        raise FileNotFoundError(f"no DICOM files in {', '.join(paths)}")
    return list(found.values())


def read_slice(one: Input, params: ReadingParams) -> tuple[bytes, str]:
    """Returns a slice as an encoded image, and why it cannot be had, if so: one must not stop the others.

    Args:
      one: An image, or a DICOM slice, which becomes a PNG of `ingest.windows`.
      params: Windows and allowed sides.
    """
    if one.reason:
        return b"", one.reason
    pixels = formats.read_slice(one.path, one.frame, params)
    if isinstance(pixels, Rejection):
        return b"", str(pixels.reason)
    try:
        pixels.grey()
    except UndecodableImage:
        return b"", UNDECODABLE
    return pixels.encoded(), ""


def _existing(paths: Iterable[str]) -> Iterable[Path]:
    for path in map(Path, paths):
        if not path.exists():
            raise FileNotFoundError(f"no such file or folder: {path}")
        yield path


def _told_by_table(
    folder: Path, files_in: Callable[[Path], list[str]], params: ReadingParams
) -> dict[Path, str]:
    for place in (folder, folder.parent):
        if (place / params.table).is_file():
            rows = read_table(place / params.table, files_in(place))
            told = {place / row.path: row.patient for row in rows if row.patient}
            return {path: patient for path, patient in told.items() if path.is_relative_to(folder)}
    return {}


def _patient(folder: Path, name: str, params: ReadingParams) -> str:
    return patient_of(name, params) or str(absolute(str(folder / name)).parent)
