"""Opening a file that a user's folder holds: a regular one alone, or one in a container, and bounded.

A file in a container has a path as if the container were a folder: study.zip/series/IM0001.
"""

import errno
import functools
import os
import stat
from io import BufferedReader, BytesIO
from pathlib import Path

from components.slices.containers import DamagedContainer, Opened, container_of
from components.slices.header import Reason, Rejection

__all__ = ["bytes_of", "holds_files", "is_file", "open_regular", "size_of"]

# What else a name may stand for. Opening it may wait for ever, or do something (a tape rewinds).
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
CONTAINERS_OPEN = 4  # at a time


def open_regular(path: Path) -> BufferedReader | BytesIO:
    """Opens a regular file, a link to one, or a file in a container, for reading.

    Raises:
      OSError: It cannot be opened, or is none; it was not opened then.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except NotADirectoryError:
        return BytesIO(_content(*_inside(path)))
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"{KINDS.get(kind, 'no file')}, not a regular file")
    # Should it have become a FIFO by now, this does not wait for a writer.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def size_of(file: BufferedReader | BytesIO) -> int:
    """Returns the bytes of an open file."""
    return file.getbuffer().nbytes if isinstance(file, BytesIO) else os.fstat(file.fileno()).st_size


def is_file(path: Path) -> bool:
    """Returns whether there is a regular file, in a folder or in a container."""
    return path.is_file() or _size_inside(path) is not None


def holds_files(path: Path) -> bool:
    """Returns whether a path is of a folder or of a container."""
    return path.is_dir() or is_container(path)


def is_container(path: Path) -> bool:
    """Returns whether a path is of a file that may hold files, such as a zip archive."""
    return container_of(path.name) is not None and path.is_file()


def stamp_of(path: Path) -> object:
    """Returns what changes when a file changes: its size and time, or why neither is known.

    Of a file in a container these are the container's.
    """
    try:
        try:
            status = path.stat()
        except NotADirectoryError:
            return _inside(path)[1]
    except OSError as error:
        return error.errno
    return status.st_size, status.st_mtime_ns


def bytes_of(path: Path) -> int:
    """Returns the size of a file, 0 where it is not known."""
    try:
        return path.stat().st_size
    except OSError:
        return _size_inside(path) or 0


def files_in(container: Path) -> tuple[list[str], dict[str, Rejection]]:
    """Returns the files in a container, by path within it, and why others are not read.

    What is wrong with all of it stands under "".
    """
    try:
        opened = _opened(container, stamp_of(container))
    except DamagedContainer as error:
        return [], {"": error.rejection}
    except OSError as error:
        return [], {"": Rejection(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__)}
    return list(opened.sizes), dict(opened.rejections)


def _size_inside(path: Path) -> int | None:
    """Returns the size of a file in a container, None where there is none."""
    try:
        container, stamp, name = _inside(path)
        return _opened(container, stamp).sizes.get(name)
    except OSError:
        return None


def _inside(path: Path) -> tuple[Path, object, str]:
    """Returns the container that a path leads into, its stamp, and the path within it."""
    container = next((each for each in path.parents if is_container(each)), None)
    if container is None:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    return container, stamp_of(container), path.relative_to(container).as_posix()


@functools.lru_cache(maxsize=1)  # a DICOM file is opened four times in a row
def _content(container: Path, stamp: object, name: str) -> bytes:
    opened = _opened(container, stamp)
    if name not in opened.sizes:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return opened.read(name)


@functools.lru_cache(maxsize=CONTAINERS_OPEN)
def _opened(path: Path, stamp: object) -> Opened:
    del stamp
    container = container_of(path.name)
    if container is None:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    file = open_regular(path)
    try:
        return container.open(file, size_of(file))
    except DamagedContainer:
        file.close()
        raise
