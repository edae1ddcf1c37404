"""A stream for parsing damaged or hostile bytes: the size and the number of reads are bounded."""

import io
from typing import BinaryIO

# An element takes one or two reads, an item of a sequence three and 1.2 kB of memory.
MOST_READS = 2**18  # a header of 5,000 frames, each with fifty reads
MOST_BYTES_A_READ = 2**24  # of one element before the pixels: the functional groups of 10,000 frames


ELEMENT_HEAD_BYTES = 8  # are requested at the end too, in vain


class TooMuch(Exception):
    """A header has more elements, or a longer one, than can be meant."""


class Bounded:
    """What a parser needs of a file: `read`, `seek` and `tell`.

    Attributes:
      is_short: Whether a value was read or passed over that goes on behind the end.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        """Begins where the stream stands.

        Args:
          stream: To read.
          size: Its bytes; no read requests more than are left of them.
        """
        self._stream = stream
        self._size = size
        self._at = stream.tell()
        self._reads_left = MOST_READS
        self.is_short = False
        self._fault = ""

    def require_measure(self) -> None:
        """Repeats what `read` has said, should the parser have taken it for something else.

        Raises:
          TooMuch: Too much was requested.
        """
        if self._fault:
            raise TooMuch(self._fault)

    def read(self, size: int = -1) -> bytes:
        """Returns as many bytes, or what is left.

        Raises:
          TooMuch: They are too many, or were requested too often.
        """
        left = self._size - self._at
        self.is_short |= size > left and size != ELEMENT_HEAD_BYTES
        if size < 0 or size > left:
            size = max(0, left)
        self._reads_left -= 1
        if self._reads_left < 0:
            self._fault = f"more than {MOST_READS} elements"
        elif size > MOST_BYTES_A_READ:
            self._fault = f"an element of {size} bytes"
        self.require_measure()
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves as a file does."""
        self._at = self._stream.seek(offset, whence)
        # From the beginning everything is read anew.
        self.is_short = self._at != 0 and (self.is_short or self._at > self._size)
        return self._at

    def tell(self) -> int:
        """Returns the place as a file does."""
        return self._at
