"""What a slice is labelled with, and what a file's path alone says: class by folder, patient by pattern."""

import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from components.slices.errors import DataError, NamingError
from components.slices.header import Rejection
from components.slices.params import ReadingParams

__all__ = ["SLICE", "Labelled", "SliceRef", "patient_of", "without_class_folders"]

NO_CLASS_FOLDER = "in no class folder"
BOTH_CLASS_FOLDERS = "below folders of both classes"
SLICE = "slice"  # what a label is of, if it is no study, series or patient


@dataclasses.dataclass(frozen=True)
class SliceRef:
    """Which slice of a source.

    Attributes:
      path: Of its file below the source, with forward slashes.
      frame: Index of the slice in its DICOM file; None in an image file.
      patient: As well as it is known; "" where it is not.
    """

    path: str
    frame: int | None
    patient: str = ""

    @property
    def name(self) -> str:
        """What the slice is called: its file's path, and of a later frame the frame too."""
        return f"{self.path}#{self.frame}" if self.frame else self.path


@dataclasses.dataclass(frozen=True)
class Slices:
    """The slices of a source, and why files or frames of it, by name, hold none."""

    refs: list[SliceRef]
    rejections: dict[str, Rejection]


@dataclasses.dataclass(frozen=True)
class Labelled:
    """One slice as its label source gives it.

    Attributes:
      path: Below the data folder, with forward slashes.
      hemorrhage: 0 or 1.
      patient: As the source spells it, or None where it does not say.
      slice_index: Place in its series, or None.
      further: Value by name of the table's further columns, or of a DICOM header's.
      frame: Index of the slice in its DICOM file; None in an image file.
    """

    path: str
    hemorrhage: int
    patient: str | None = None
    slice_index: int | None = None
    further: dict[str, str] = dataclasses.field(default_factory=dict)
    frame: int | None = None


@dataclasses.dataclass(frozen=True)
class LabelledSlices:
    """The slices of a source that are to be read, and what became of everything else in it.

    Attributes:
      rows: The slices, labelled.
      rejections: Why a file is not read, by its path.
      unlisted: How many slices no label was given for.
      left_out: How many files lie in no class's folder or in both, by why.
      warnings: What everyone who reads a result has to know.
      patients_from_header: Whether the headers say whose each slice is, and not the table or a pattern.
      labels_of: What a label is of: "slice", or of DICOM "series", "study" or "patient".
    """

    rows: list[Labelled]
    rejections: dict[str, Rejection]
    unlisted: int
    left_out: dict[str, int]
    warnings: list[str]
    patients_from_header: bool = False
    labels_of: str = SLICE


def by_class_folders(
    data_dir: Path, images: Iterable[str], params: ReadingParams
) -> tuple[list[Labelled], dict[str, int]]:
    """Labels images by the names of the folders that they lie in, at any depth, in any letter case.

    Args:
      data_dir: For messages.
      images: Relative paths.
      params: Names of the class folders.
    Returns:
      The labelled images, and how many were left out, by why.
    Raises:
      DataError: A name stands for both classes, or no image lies in a class folder.
    """
    classes = {name.casefold(): 1 for name in params.hemorrhage_folders}
    for name in params.normal_folders:
        if classes.setdefault(name.casefold(), 0) == 1:
            raise DataError(
                f"ingest.normal_folders: {name!r} is one of ingest.hemorrhage_folders too; give it once"
            )
    labelled: list[Labelled] = []
    left_out: dict[str, int] = {}
    outside: set[str] = set()
    for path in images:
        folders = PurePosixPath(path).parts[:-1]
        labels = {classes[folder.casefold()] for folder in folders if folder.casefold() in classes}
        if len(labels) == 1:
            labelled.append(Labelled(path, labels.pop()))
            continue
        why = BOTH_CLASS_FOLDERS if labels else NO_CLASS_FOLDER
        left_out[why] = left_out.get(why, 0) + 1
        outside.update(folders[:1])
    if not labelled:
        there = _either(sorted(outside)) if outside else "images without a folder"
        raise NamingError(
            f"data folder {data_dir}: no table {params.table!r}, and no image in just one class's folder; "
            f"expected folders named {_either(params.hemorrhage_folders)} "
            f"and {_either(params.normal_folders)}, found {there}; "
            "add a table, rename the folders, or set ingest.hemorrhage_folders and ingest.normal_folders"
        )
    return labelled, left_out


def without_class_folders(path: str, params: ReadingParams) -> str:
    """Returns a path less its class folders, so that a series is recognised by names whatever its labels."""
    names = {name.casefold() for name in (*params.hemorrhage_folders, *params.normal_folders)}
    *folders, name = PurePosixPath(path).parts
    return "/".join([*(folder for folder in folders if folder.casefold() not in names), name])


def _either(names: Sequence[str]) -> str:
    return " or ".join(repr(name) for name in names)


def patient_of(path: str, params: ReadingParams) -> str | None:
    """Returns the patient that `patient_pattern` finds in a path, or None.

    Raises:
      DataError: The pattern is no regular expression with a group named patient.
    """
    if not params.patient_pattern:
        return None
    match = _compiled(params.patient_pattern).search(path)
    return (match["patient"] or None) if match else None


@functools.cache
def _compiled(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise DataError(f"ingest.patient_pattern {text!r}: is no regular expression ({error})") from error
    if "patient" not in pattern.groupindex:
        raise DataError(
            f"ingest.patient_pattern {text!r}: has no group named patient; write it like "
            r"(?P<patient>\d+)_\d+\.png"
        )
    return pattern
