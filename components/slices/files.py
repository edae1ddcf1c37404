"""Opening a file that a user's folder holds: a regular one alone, and no more of it than is bearable."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

# What else a name may stand for. Opening it may wait for ever, or do something (a tape rewinds).
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path) -> BufferedReader:
    """Opens a regular file, or a link to one, for reading.

    Raises:
      OSError: It cannot be opened, or is none; it was not opened then.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"{KINDS.get(kind, 'no file')}, not a regular file")
    # Should it have become a FIFO by now, this does not wait for a writer.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def size_of(file: BufferedReader) -> int:
    """Returns the bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def stamp_of(path: Path) -> object:
    """Returns what tells a file from what it was before: its size and time, or why neither is known."""
    try:
        status = path.stat()
    except OSError as error:
        return error.errno
    return status.st_size, status.st_mtime_ns
