"""What lies in the data folder."""

import os
from pathlib import Path, PurePosixPath

from components.ingest.errors import DataError, NamingError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})


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


def _refuse(error: OSError) -> None:
    raise NamingError(f"data folder: {error.filename} cannot be listed ({error.strerror})") from error
