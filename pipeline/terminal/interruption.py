"""What ends a command from outside: Ctrl-C, and the signal by which schedulers and shut-downs ask for it."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what tidies up and tells after Ctrl-C does so after this too."""


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Lets SIGTERM raise `Terminated`, unless somebody else listens to it."""
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


def told(stop: KeyboardInterrupt, goes_on: bool) -> tuple[str, int]:
    """Returns what to say of a command that was ended, and its exit status.

    Args:
      stop: What ended it.
      goes_on: Whether the same command takes up what is done.
    """
    asked = isinstance(stop, Terminated)
    hint = "; the same command goes on where it stopped" if goes_on else ""
    return f"ichor: {'terminated' if asked else 'interrupted'}{hint}", (
        EXIT_TERMINATED if asked else EXIT_INTERRUPTED
    )


def _raise(_: int, __: FrameType | None) -> NoReturn:
    raise Terminated
