"""Compressed frames to pixels, by a process that may die of them (docs/decisions/0006-decoder-process.md)."""

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from components.slices.dicom import decoder_process as process
from components.slices.dicom.unreadable import Unreadable
from components.slices.header import Reason

__all__ = ["decoder"]

SCRIPT = Path(process.__file__)
MOST_MEMORY = 2**31  # bytes of address space: 300 MB of libraries, and some 30 times 4096 x 4096 pixels
MOST_SECONDS = 30.0  # for a frame; 4096 x 4096 pixels of JPEG 2000 take 3
WORD_BYTES = 4  # a pixel of an answer has at most; what is raised has names of 200
DTYPES = {  # as NumPy spells them
    kind.encode(): np.dtype(kind) for kind in ("|u1", "|i1", "<u2", "<i2", "<u4", "<i4")
}


class Decoder:
    """Decodes frames one at a time in a process, which is started when it is needed, and again if it dies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self.starts = 0

    def decode(self, frame: bytes, **request: str | int) -> npt.NDArray[np.integer]:
        """Decodes a frame.

        Args:
          frame: As the file has it.
          request: syntax, rows, columns, bits_allocated, bits_stored, pixel_representation.
        Returns:
          (rows, columns), integers as stored.
        Raises:
          Unreadable: It cannot be decoded.
        """
        with self._lock:
            try:
                letter, data = self._request_frame(frame, request)
            except (OSError, EOFError) as error:
                self.stop()
                if isinstance(error, TimeoutError):
                    reason = f"decoding takes more than {MOST_SECONDS:g} s"
                    raise Unreadable(Reason.CORRUPT, reason) from None
                letter, data = self._request_frame_again(frame, request)
        if letter == process.UNSUPPORTED:
            raise Unreadable(Reason.UNSUPPORTED_CODING, "transfer syntax")
        rows, columns = int(request["rows"]), int(request["columns"])
        kind = DTYPES.get(data[:3])
        if letter != process.PIXELS or kind is None or len(data) != 3 + rows * columns * kind.itemsize:
            raise Unreadable(Reason.CORRUPT, "its pixel data do not decode")
        return np.frombuffer(data, kind, offset=3).reshape(rows, columns)

    def stop(self) -> None:
        """Ends the process, if there is one."""
        child, self._process = self._process, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):  # part of a request was never read
                    if pipe is not None:
                        pipe.close()

    @property
    def pid(self) -> int:
        """Of the process; 0 where there is none."""
        return self._process.pid if self._process else 0

    def _request_frame(self, frame: bytes, request: dict[str, str | int]) -> tuple[bytes, bytes]:
        """Returns the letter and the bytes of an answer.

        Raises:
          OSError, EOFError: The process ended.
          TimeoutError: There is no answer in time.
        """
        requests, answers = self._running()
        ends = time.monotonic() + MOST_SECONDS
        for part in (json.dumps(request).encode(), frame):
            requests.write(process.LENGTH.pack(len(part)) + part)
        requests.flush()
        head = _read(answers, 1 + process.LENGTH.size, ends)
        (length,) = process.LENGTH.unpack(head[1:])
        if length > WORD_BYTES * (int(request["rows"]) * int(request["columns"]) + WORD_BYTES):
            raise EOFError
        return head[:1], _read(answers, length, ends)

    def _request_frame_again(self, frame: bytes, request: dict[str, str | int]) -> tuple[bytes, bytes]:
        """Uses a new process, since the first may have died of what an earlier frame did to it."""
        try:
            return self._request_frame(frame, request)
        except (OSError, EOFError):
            self.stop()
            raise Unreadable(Reason.CORRUPT, "its decoder breaks down") from None

    def _running(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self.starts += 1
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(SCRIPT), str(MOST_MEMORY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        requests, answers = self._process.stdin, self._process.stdout
        if requests is None or answers is None:
            raise EOFError
        return requests, answers


def _read(pipe: IO[bytes], size: int, ends: float) -> bytes:
    """Reads from a pipe as many bytes as there must come before a time.

    Raises:
      EOFError: It is closed before.
      TimeoutError: They do not come.
    """
    parts: list[bytes] = []
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while size:
            if not waiting.select(max(0.0, ends - time.monotonic())):
                raise TimeoutError
            part = os.read(pipe.fileno(), min(size, 2**20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
    return b"".join(parts)


decoder = Decoder()
atexit.register(decoder.stop)
