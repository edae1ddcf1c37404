"""Runs the graph with a line per node on the terminal and everything else in a log file."""

import contextlib
import datetime
import io
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

__all__ = [
    "FINISHED",
    "NAME_WIDTH",
    "NOWHERE",
    "RUNNING",
    "NodeLines",
    "ProgressLine",
    "chatter_to",
    "new_log",
    "replace_unprintable",
    "shown",
]

RUNNING = "Component %s is running."
FINISHED = "Component %s is finished."
NAME_WIDTH = 18
NOWHERE = Path(os.devnull)
CLEAR_LINE = "\r\x1b[K"


@contextlib.contextmanager
def chatter_to(log: Path) -> Iterator[TextIO]:
    """Sends what this process and its libraries print to a file, at the file-descriptor level.

    Yields:
      The terminal, for what a person should read.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("ab", buffering=0) as file, os.fdopen(os.dup(kept[0]), "w", buffering=1) as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield terminal
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, number)
                os.close(copy)


def shown(name: str) -> str:
    """Returns a file's name on one line, with escapes for what a terminal would obey or cannot show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def replace_unprintable() -> None:
    """Escapes in all output what its encoding lacks, such as a name that is no text, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class ProgressLine:
    """A line that says how far a work is, written over itself; nothing where the stream is no terminal."""

    def __init__(self, stream: TextIO, pattern: str = "", each: int = 1, stays: bool = False):
        """Makes the line of one work.

        Args:
          stream: Where it is written.
          pattern: With places for how many are done and how many there are, such as "slice {} of {}".
          each: Written after so many, and after the last.
          stays: Whether the line is left there at the end.
        """
        self._stream = stream
        self._pattern = pattern
        self._each = each
        self._stays = stays

    def __call__(self, done: int, total: int) -> None:
        """Says how far it is."""
        if done % self._each == 0 or done == total:
            self.write(self._pattern.format(done, total), ended=done == total)

    def write(self, text: str, ended: bool = False) -> None:
        """Writes something else over the line; nothing is left of it but what stays at the end."""
        if self._stream.isatty():
            end = "" if not ended else "\n" if self._stays else CLEAR_LINE
            print(f"{CLEAR_LINE}{text}", end=end, file=self._stream, flush=True)


def new_log(folder: Path) -> Path:
    """Returns the name of a log file of its own for each call."""
    return folder / f"{datetime.datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"


class NodeLines:
    """Lines of the graph's nodes: when each starts, what it says, when it ends and what it did.

    Listens to the runner's own log and to the project's loggers; patches neither.
    """

    def __init__(self, terminal: TextIO, describe: Callable[[str], str]):
        """Makes the lines of one run.

        Args:
          terminal: Where the lines go.
          describe: Says of a node that has ended what it did.
        """
        self.current = ""
        self._terminal = terminal
        self._describe = describe
        self._started = 0.0
        self._named = False
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listens while the graph runs; on a terminal a clock runs beside the current node."""
        handlers = {"absl": _Calling(self._runner_said), "ichor": _Calling(self._node_said)}
        logging.getLogger("ichor").setLevel(logging.INFO)
        for name, handler in handlers.items():
            logging.getLogger(name).addHandler(handler)
        clock = threading.Thread(target=self._tick, daemon=True)
        if self._terminal.isatty():
            clock.start()
        try:
            yield
        finally:
            self._stopped.set()
            for name, handler in handlers.items():
                logging.getLogger(name).removeHandler(handler)

    def _runner_said(self, record: logging.LogRecord) -> None:
        if record.msg == RUNNING and isinstance(record.args, tuple):
            with self._lock:
                self.current, self._named, self._started = str(record.args[0]), False, time.monotonic()
        elif record.msg == FINISHED:
            result = self._describe(self.current)
            with self._lock:
                name = "" if self._named else self.current
                self._write(f"{name:<{NAME_WIDTH}} {time.monotonic() - self._started:6.1f} s  {result}")
                self.current = ""

    def _node_said(self, record: logging.LogRecord) -> None:
        with self._lock:
            if self.current and not self._named:
                self._write(self.current)
                self._named = True
            self._write(f"    {record.getMessage()}")

    def _tick(self) -> None:
        while not self._stopped.wait(1.0):
            with self._lock:
                if self.current:
                    clock = f"{self.current} ... {time.monotonic() - self._started:.0f} s"
                    print(f"{CLEAR_LINE}{clock}", file=self._terminal, end="", flush=True)

    def _write(self, line: str) -> None:
        clear = CLEAR_LINE if self._terminal.isatty() else ""
        print(f"{clear}{line.rstrip()}", file=self._terminal, flush=True)


class _Calling(logging.Handler):
    def __init__(self, call: Callable[[logging.LogRecord], None]):
        super().__init__(logging.INFO)
        self._call = call

    def emit(self, record: logging.LogRecord) -> None:
        self._call(record)
