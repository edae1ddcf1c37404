"""What lies in the data folder."""

import collections
import dataclasses
import hashlib
import os
from pathlib import Path

from components.slices.errors import DataError
from components.slices.files import files_in, is_container, stamp_of
from components.slices.header import Reason, Rejection

__all__ = ["Listing"]


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a walk through a folder found; paths are relative, with forward slashes, sorted.

    Attributes:
      files: Whatever is no folder, a FIFO or a dangling link too; of a container the files in it.
      unlisted: Why the system does not list a folder, or a container or a file in one is not read, by path.
    """

    files: list[str]
    unlisted: dict[str, Rejection]

    def stamp(self, root: Path) -> bytes:
        """Returns a hash of the files' names, sizes and times as they are now, and of what is not listed."""
        digest = hashlib.blake2b(repr(sorted(self.unlisted.items())).encode("utf-8", "surrogateescape"))
        for path in self.files:
            digest.update(f"{path}\0{stamp_of(root / path)}\n".encode("utf-8", "surrogateescape"))
        return digest.digest()


def look_below(data_dir: Path) -> Listing:
    """Lists what is below a folder, or in a container, and not hidden; opens no file but containers.

    Symbolic links are followed, but not to a folder that holds the data folder. A folder that is reached
    twice is listed once: where it lies, or if it lies elsewhere, below the first link to it.

    Raises:
      DataError: The folder does not exist, is no folder, or cannot be listed.
    """
    if not data_dir.exists():
        raise DataError(f"data folder {data_dir}: no such folder; give the one that holds the slices")
    if is_container(data_dir):
        files, faults = files_in(data_dir)
        if "" in faults:
            raise DataError(f"{data_dir}: cannot be read ({faults[''].detail})")
        return Listing(sorted(files), dict(sorted(faults.items())))
    if not data_dir.is_dir():
        raise DataError(
            f"data folder {data_dir}: is a file; give the folder, or the .zip archive, that holds the slices"
        )
    walk = _Walk(data_dir)
    if "" in walk.unlisted:
        raise DataError(f"data folder {data_dir}: cannot be listed ({walk.unlisted[''].detail})")
    return Listing(sorted(walk.files), dict(sorted(walk.unlisted.items())))


class _Walk:
    """A walk without recursion, since folders may lie deeper than Python's stack is."""

    def __init__(self, root: Path) -> None:
        self.files: list[str] = []
        self.unlisted: dict[str, Rejection] = {}
        self._root = root
        self._seen: set[tuple[int, int]] = set()
        self._waiting: list[str] = [""]
        self._links: collections.deque[str] = collections.deque()
        real_root = root.resolve()
        while self._waiting or self._links:  # links wait until all folders were seen where they lie
            if self._waiting:
                self._look_at(self._waiting.pop())
                continue
            link = self._links.popleft()
            if not real_root.is_relative_to(os.path.realpath(root / link)):
                self._look_at(link)

    def _look_at(self, folder: str) -> None:
        try:
            status = (self._root / folder).stat()
            if (status.st_dev, status.st_ino) not in self._seen:
                self._seen.add((status.st_dev, status.st_ino))
                self._list(folder)
        except OSError as error:
            self.unlisted[folder] = Rejection(Reason.UNLISTED_FOLDER, error.strerror or type(error).__name__)

    def _list(self, folder: str) -> None:
        folders, links = [], []
        with os.scandir(self._root / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.name.startswith("."):
                    continue
                if not _is_folder(entry):
                    self._add(path)
                elif entry.is_symlink():
                    links.append(path)
                else:
                    folders.append(path)
        self._waiting += sorted(folders, reverse=True)
        self._links += sorted(links)

    def _add(self, path: str) -> None:
        """Takes a file, or the files of a container."""
        if not is_container(self._root / path):
            self.files.append(path)
            return
        files, faults = files_in(self._root / path)
        self.files += [f"{path}/{name}" for name in files]
        self.unlisted |= {f"{path}/{name}" if name else path: why for name, why in faults.items()}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, or one whose end the system does not report
        return False
