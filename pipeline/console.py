"""Runs the graph with a line per node on the terminal and everything else in a log file."""

import contextlib
import datetime
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

RUNNING = "Component %s is running."
FINISHED = "Component %s is finished."


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


def new_log(folder: Path) -> Path:
    """Returns the name of a log file of its own for each call."""
    return folder / f"{datetime.datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"


class NodeLines(logging.Handler):
    """Writes a line when a node starts and when it ends, as the runner's own log tells them."""

    def __init__(self, terminal: TextIO, describe: Callable[[str], str]):
        """Args are the terminal and what says, after a node, what it did."""
        super().__init__(logging.INFO)
        self._terminal = terminal
        self._describe = describe
        self._started = 0.0
        self.current: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Handles one record of the runner."""
        if record.msg == RUNNING:
            (self.current,) = record.args  # type: ignore[misc]
            self._started = time.monotonic()
            if self._terminal.isatty():
                print(f"{self.current} ...", file=self._terminal, end="\r", flush=True)
        elif record.msg == FINISHED:
            seconds = time.monotonic() - self._started
            print(f"{self.current:<18} {seconds:6.1f} s  {self._describe(self.current or '')}", file=self._terminal)
            self.current = None


class ProgressLines(logging.Handler):
    """Writes what a node says while it works, indented below its line."""

    def __init__(self, terminal: TextIO):
        """Args are the terminal."""
        super().__init__(logging.INFO)
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        """Handles one record of the project's own loggers."""
        print(f"    {record.getMessage()}", file=self._terminal)
