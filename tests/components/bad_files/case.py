"""One bad file, and its required outcome."""

import dataclasses
import zlib

from components.slices.header import Reason


@dataclasses.dataclass(frozen=True)
class Case:
    """A file.

    Attributes:
      name: What is wrong with it, and its ending.
      data: Its contents.
      reason: Why it is refused; None: it is a sound slice, odd as it is.
      bomb: Whether it claims far more memory than it has bytes.
    """

    name: str
    data: bytes
    reason: Reason | None
    bomb: bool = False

    def __str__(self) -> str:
        return self.name


def inflating(megabytes: int, window_bits: int = zlib.MAX_WBITS) -> bytes:
    """A stream of a kilobyte a megabyte of zeros; -15 bits of window: without zlib's header."""
    deflater = zlib.compressobj(9, wbits=window_bits)
    first, more = (deflater.compress(bytes(2**20)) + deflater.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + more * (megabytes - 1) + deflater.flush()
