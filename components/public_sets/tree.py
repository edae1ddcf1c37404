"""What lies below a folder."""

import os
from pathlib import Path, PurePosixPath

from components.public_sets.contents import Kind, LeftOut, Reason
from components.public_sets.errors import SourceError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
DICOM_SUFFIX = ".dcm"


def files_below(src: Path, below: str = "") -> tuple[list[str], list[LeftOut]]:
    """Returns the files below a folder, and what can be no file of a set, sorted by path.

    Symbolic links are followed; a folder that is reached twice is listed once. Hidden files and folders
    are no part of any set.

    Args:
      src: Paths are relative to it, with forward slashes.
      below: A folder in `src` to look into alone.
    Raises:
      SourceError: A folder cannot be listed.
    """
    files: list[str] = []
    left_out: list[LeftOut] = []
    seen: set[tuple[int, int]] = set()
    for folder, folders, names in os.walk(src / below, followlinks=True, onerror=_refuse):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        prefix = Path(folder).relative_to(src).as_posix()
        prefix = "" if prefix == "." else f"{prefix}/"
        for name in sorted(names):
            path = prefix + name
            if name.startswith("."):
                continue
            if not os.path.isfile(src / path):  # noqa: PTH113 (takes a third of the time of Path.is_file)
                left_out.append(LeftOut(Kind.FILE, path, Reason.OTHER_FILE, "no regular file"))
            elif not is_usable(path):
                left_out.append(LeftOut(Kind.FILE, path, Reason.UNUSABLE_NAME))
            else:
                files.append(path)
    return files, left_out


def is_usable(path: str) -> bool:
    """Returns whether a table can name a path so that its reader finds it again."""
    return path.isprintable() and "\\" not in path and path == path.strip()


def suffix(path: str) -> str:
    """Returns how a path's name ends, in small letters, with the dot."""
    return PurePosixPath(path).suffix.lower()


def _refuse(error: OSError) -> None:
    raise SourceError(f"{error.filename}: cannot be listed ({error.strerror})") from error
