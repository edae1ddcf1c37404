"""What a tracking has to be able to do."""

import re
from collections.abc import Mapping
from typing import Protocol

from schemas.history import Row

Fact = bool | int | float | str
EPOCH_METRICS = ("loss", "binary_accuracy", "val_loss", "val_binary_accuracy", "runtime")


def without_user(text: str) -> str:
    """Returns a text whose addresses say no user and no password."""
    return re.sub(r"://[^/\s]*@", "://", text)


class Tracker(Protocol):
    """One run in one tracking, from its beginning on."""

    @property
    def place(self) -> str:
        """Says where the run can be looked at."""

    def epoch(self, row: Row) -> None:
        """Logs an epoch of the training; 0 is before training."""

    def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
        """Logs the outcome of the run, and that it is over."""
