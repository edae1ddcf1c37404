"""The slices in the files and folders that a user names, whose they are, and how one is read."""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from components.imaging.decode import UndecodableImage
from components.slices import formats
from components.slices.errors import DataError
from components.slices.files import holds_files, is_file
from components.slices.formats import source_of
from components.slices.header import Reason, Rejection
from components.slices.labels import patient_of
from components.slices.params import DICOM, IMAGE, ReadingParams
from components.slices.scan import Listing
from components.slices.source import Source
from pipeline.pushed.model import wrong_kind
from pipeline.settings.layout import absolute

__all__ = ["find_slices"]

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
      windows: Of the model, as `trained_on` returns them.
      params: Where patients are read from.
    Raises:
      DataError: A file named, or all of a folder, is of the kind that the model was not trained on.
      FileNotFoundError: There is nothing to score.
    """
    wrong = IMAGE if windows else DICOM
    named = [path for path in map(Path, paths) if is_file(path) and source_of(path) == wrong]
    if named:
        raise DataError(wrong_kind(str(named[0]), windows))
    try:
        return find_dicom(paths, params) if windows else find_images(paths, params)
    except FileNotFoundError:
        folders = [path for path in map(Path, paths) if holds_files(path)]
        if any(Source(path, params).number_of(wrong) for path in folders):
            raise DataError(wrong_kind(f"all of {', '.join(paths)}", windows)) from None
        raise


def find_images(paths: Iterable[str], params: ReadingParams) -> list[Input]:
    """Returns the files named and the images in the folders named, in a stable order, with patients.

    The patient comes from the label table of the folder that is named or that a named file lies in, or one
    above, such as a class folder's; else by `ingest.patient_pattern` over the path below that folder, else
    by the folder of the file.

    Raises:
      FileNotFoundError: A path does not exist, or there is no image at all.
      DataError: A folder's label table does not keep to its form.
    """
    patients: dict[Path, str] = {}
    unread: dict[Path, Input] = {}
    source_at = functools.cache(lambda folder: Source(folder, params))
    by_table = functools.cache(lambda folder: _patients_by_table(folder, source_at, params))
    for path in _existing(paths):
        if holds_files(path):
            slices = source_at(path).slices(IMAGE)
            patients |= {path / ref.path: ref.patient or _folder_of(path / ref.path) for ref in slices.refs}
            patients |= by_table(path)
            for name, why in slices.rejections.items():
                unread[path / name] = Input(path / name, None, "", str(why.reason))
        else:
            known = by_table(path.parent).get(path) or patient_of(path.name, params)
            patients[path] = known or _folder_of(path)
    if not patients and not unread:
        raise FileNotFoundError(f"no PNG or JPEG files in {', '.join(paths)}")
    return [*(Input(path, None, patient) for path, patient in patients.items()), *unread.values()]


def find_dicom(paths: Iterable[str], params: ReadingParams) -> list[Input]:
    """Returns the axial CT slices of the DICOM files named or in the folders named, series by series.

    All series are returned, and with a reason each file that holds no such slice. The patient comes from a
    column of the folder's label table, else by `ingest.patient_pattern`, else by the header.

    Raises:
      FileNotFoundError: A path does not exist, or there is no DICOM file at all.
      DataError: A folder cannot be listed, or its label table does not keep to its form.
    """
    every = params.model_copy(update={"series": "all"})
    inputs: dict[tuple[Path, int | None], Input] = {}
    for path in _existing(paths):
        is_folder = holds_files(path)
        folder = path if is_folder else path.parent
        source = Source(folder, every, None if is_folder else Listing([path.name], {}))
        slices, by_table = source.slices(DICOM), source.patients_by_table(DICOM)
        for ref in slices.refs:
            patient = by_table.get((ref.path, ref.frame), ref.patient)
            inputs[folder / ref.path, ref.frame] = Input(folder / ref.path, ref.frame, patient)
        for name, rejection in slices.rejections.items():
            if rejection.reason is not Reason.OTHER_FILE or not is_folder:
                file = folder / name
                inputs.setdefault((file, None), Input(file, None, "", str(rejection.reason)))
    if not inputs:
        raise FileNotFoundError(f"no DICOM files in {', '.join(paths)}")
    return list(inputs.values())


def read_slice(source: Input, params: ReadingParams) -> tuple[bytes, str]:
    """Returns a slice as an encoded image, and why it cannot be had, if so: one must not stop the others.

    Args:
      source: An image, or a DICOM slice, which becomes a PNG of `ingest.windows`.
      params: Windows and allowed sides.
    """
    if source.reason:
        return b"", source.reason
    pixels = formats.read_slice(source.path, source.frame, params)
    if isinstance(pixels, Rejection):
        return b"", str(pixels.reason)
    try:
        pixels.grey()
    except UndecodableImage:
        return b"", UNDECODABLE
    return pixels.encoded(), ""


def _existing(paths: Iterable[str]) -> Iterable[Path]:
    for path in map(Path, paths):
        if not path.exists() and not is_file(path):
            raise FileNotFoundError(f"no such file or folder: {path}")
        yield path


def _patients_by_table(
    folder: Path, source_at: Callable[[Path], Source], params: ReadingParams
) -> dict[Path, str]:
    """Returns the patients of a folder's slices by its label table, or else by that of the folder above."""
    for place in (folder, folder.parent):
        if holds_files(place) and is_file(place / params.table):
            patients = source_at(place).patients_by_table(IMAGE)
            named = {place / path: patient for (path, _), patient in patients.items()}
            return {path: patient for path, patient in named.items() if path.is_relative_to(folder)}
    return {}


def _folder_of(file: Path) -> str:
    return str(absolute(str(file)).parent)
