"""Files that hold files, such as a zip archive of a study: what is in one, and a member read into memory.

Nothing is unpacked onto a disk, and no name in an archive is ever one of the system's.
"""

import errno
import stat
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from components.slices.header import Reason, Rejection

MOST_MEMBERS = 2**17  # as many items as a DICOM file may have; each takes a kilobyte of memory
MOST_MEMBER_BYTES = 2**28  # read into memory at once, as of an image file
MOST_RATIO = 200  # of bytes to those of the archive, past `MOST_MEMBER_BYTES`: real slices shrink to a fifth
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile inflates the others without a bound
READ_AT_ONCE = 2**20  # bytes
ENCRYPTED = 0x1  # of a member's flags (APPNOTE 4.4.4)
# Attributes of the kinds of files that are none to read; an archive may say nothing of them.
LINKS = (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK)


class DamagedContainer(OSError):
    """A file is no container of its kind, or holds more than can be meant; holds the rejection."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(errno.EIO, detail)
        self.rejection = Rejection(reason, detail)


class Opened(Protocol):
    """An open container.

    Attributes:
      sizes: Bytes of its readable files, by path within it.
      rejections: Why others are not read, by what they are called.
    """

    sizes: dict[str, int]
    rejections: dict[str, Rejection]

    def read(self, path: str) -> bytes:
        """Returns the bytes of a readable file; raises DamagedContainer."""


class Container(Protocol):
    """A kind of container: `suffixes` of its files' names, lower case, and how one is opened."""

    suffixes: frozenset[str]

    def open(self, file: BinaryIO, size: int) -> Opened:
        """Opens a file of so many bytes, which stays open; raises DamagedContainer."""


class Zip:
    """Zip archives, 64-bit ones too."""

    suffixes = frozenset({".zip"})

    def open(self, file: BinaryIO, size: int) -> Opened:
        """Reads the central directory."""
        return OpenedZip(file, size)


class OpenedZip:
    """A zip archive; see `Opened`."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except Exception as error:  # a damaged directory raises nearly anything
            raise DamagedContainer(Reason.CORRUPT, "no whole zip archive") from error
        members = [each for each in self._zip.infolist() if not each.is_dir()]
        total = sum(each.file_size for each in members)
        if len(members) > MOST_MEMBERS:
            raise DamagedContainer(Reason.TOO_LARGE, f"{len(members)} files in a zip archive")
        if total > max(MOST_MEMBER_BYTES, MOST_RATIO * size):
            raise DamagedContainer(Reason.TOO_LARGE, f"a zip archive of {size} bytes says it holds {total}")
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.rejections: dict[str, Rejection] = {}
        for each in members:
            path = PurePosixPath(each.filename)
            if any(part.startswith(".") and part != ".." for part in path.parts):
                continue  # hidden, as in a folder
            if fault := _fault(each):
                self.rejections[path.as_posix()] = fault
            else:
                self._members[path.as_posix()] = each
        self.sizes = {path: each.file_size for path, each in self._members.items()}

    def read(self, path: str) -> bytes:
        """Inflates a member, no further than the directory says; its checksum is held against it."""
        data = bytearray()
        damaged = DamagedContainer(Reason.CORRUPT, "a damaged file in a zip archive")
        try:
            with self._zip.open(self._members[path]) as member:
                while part := member.read(READ_AT_ONCE):
                    data += part
        except Exception as error:  # of damaged bytes nearly anything is raised
            raise damaged from error
        if len(data) != self.sizes[path]:
            raise damaged
        return bytes(data)


def _fault(member: zipfile.ZipInfo) -> Rejection | None:
    parts = PurePosixPath(member.filename).parts
    if (
        not parts
        or ".." in parts
        or parts[0] == "/"
        or "\\" in member.filename
        or "\0" in member.orig_filename
    ):
        return Rejection(Reason.CORRUPT, "a name that leads out of its zip archive")
    if stat.S_IFMT(member.external_attr >> 16) in LINKS:
        return Rejection(Reason.UNREADABLE_FILE, "a link or device in a zip archive")
    if member.flag_bits & ENCRYPTED:
        return Rejection(Reason.UNSUPPORTED_CODING, "encrypted in its zip archive")
    if member.compress_type not in METHODS:
        return Rejection(Reason.UNSUPPORTED_CODING, f"zip method {member.compress_type}")
    if container_of(member.filename):
        return Rejection(Reason.UNSUPPORTED_CODING, "an archive within an archive")
    if member.file_size > MOST_MEMBER_BYTES:
        return Rejection(
            Reason.TOO_LARGE,
            f"{member.file_size} bytes in a zip archive, at most {MOST_MEMBER_BYTES} are read",
        )
    return None


CONTAINERS: tuple[Container, ...] = (Zip(),)


def container_of(name: str) -> Container | None:
    """Returns the kind of container that a file is by its name, or None."""
    suffix = PurePosixPath(name).suffix.lower()
    return next((each for each in CONTAINERS if suffix in each.suffixes), None)
