"""What ends a command from outside: Ctrl-C, and SIGTERM, which schedulers and shut-downs send."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from pipeline import exit_codes

__all__ = ["describe_interruption", "handle_sigterm"]


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what tidies up and reports after Ctrl-C does so after this too."""


@contextlib.contextmanager
def handle_sigterm() -> Iterator[None]:
    """Lets SIGTERM raise `Terminated`, unless it has a handler already."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGTERM, _raise)
    except ValueError:  # not in the main thread, to which no signal comes
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def describe_interruption(stop: KeyboardInterrupt, resumes: bool) -> tuple[str, int]:
    """Returns the message on a command that was ended, and its exit status.

    Args:
      stop: What ended it.
      resumes: Whether the same command, called again, goes on where it stopped.
    """
    hint = "; the same command goes on where it stopped" if resumes else ""
    if isinstance(stop, Terminated):
        return f"ichor: terminated{hint}", exit_codes.TERMINATED
    return f"ichor: interrupted{hint}", exit_codes.INTERRUPTED


def _raise(_: int, __: FrameType | None) -> NoReturn:
    raise Terminated
