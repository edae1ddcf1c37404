"""What lies in the data folder, and the class that a folder's name gives to what lies below it."""

import dataclasses
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from components.ingest.errors import DataError
from components.ingest.params import IngestParams

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})

NO_CLASS_FOLDER = "in no class folder"
BOTH_CLASS_FOLDERS = "below folders of both classes"


@dataclasses.dataclass(frozen=True)
class Labelled:
    """One slice as its label source gives it.

    Attributes:
      path: Below the data folder, with forward slashes.
      hemorrhage: 0 or 1.
      patient: As the source spells it, or None where it does not say.
      slice_index: Place in its series, or None.
      further: Value by name of the table's further columns.
    """

    path: str
    hemorrhage: int
    patient: str | None = None
    slice_index: int | None = None
    further: dict[str, str] = dataclasses.field(default_factory=dict)


def is_image(path: str) -> bool:
    """Returns whether a file's name says that it is a PNG or a JPEG."""
    return PurePosixPath(path).suffix.lower() in IMAGE_SUFFIXES


def files_below(data_dir: Path) -> list[str]:
    """Returns all files below a folder that are not hidden, sorted, relative, with forward slashes.

    Symbolic links are followed; a folder that is reached twice is listed once.

    Raises:
      DataError: The folder does not exist, is no folder, or one below it cannot be listed.
    """
    if not data_dir.exists():
        raise DataError(f"data folder {data_dir}: no such folder; give the one that holds the slices")
    if not data_dir.is_dir():
        raise DataError(f"data folder {data_dir}: is a file; give the folder that holds the slices")
    found: list[str] = []
    seen: set[tuple[int, int]] = set()
    for folder, below, names in os.walk(data_dir, followlinks=True, onerror=_refuse):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            below.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        below[:] = sorted(name for name in below if not name.startswith("."))
        prefix = Path(folder).relative_to(data_dir).as_posix()
        prefix = "" if prefix == "." else prefix + "/"
        found.extend(prefix + name for name in names if not name.startswith("."))
    return sorted(found)


def by_class_folders(
    data_dir: Path, images: Iterable[str], params: IngestParams
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
            raise DataError(f"folder name {name!r} is given as hemorrhage and as normal; give it once")
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
        raise DataError(
            f"data folder {data_dir}: no table {params.table!r}, and no image in just one class's folder; "
            f"expected folders named {_either(params.hemorrhage_folders)} "
            f"and {_either(params.normal_folders)}, found {there}; "
            "add a table, rename the folders or set their names"
        )
    return labelled, left_out


def without_class_folders(path: str, params: IngestParams) -> str:
    """Returns a path less its class folders, so that one series is told from names whatever its labels."""
    names = {name.casefold() for name in (*params.hemorrhage_folders, *params.normal_folders)}
    *folders, name = PurePosixPath(path).parts
    return "/".join([*(folder for folder in folders if folder.casefold() not in names), name])


def _either(names: Sequence[str]) -> str:
    return " or ".join(repr(name) for name in names)


def _refuse(error: OSError) -> None:
    raise DataError(f"data folder: {error.filename} cannot be listed ({error.strerror})") from error
