"""What the slices of a set show, a row a slice, so that another set can be compared with it."""

import array
import sys
from collections.abc import Iterable, Mapping
from typing import Self

import numpy as np
import numpy.typing as npt

from components.imaging.content import SliceMeasures
from components.slice_filter.rules import Reason
from schemas import features as f

__all__ = ["Profile"]

SIZES = (f.HEIGHT, f.WIDTH)
NUMBERS = (*SIZES, *f.MEASURES, *f.HU_MEASURES)
CATEGORIES = (f.FILTER_REASON, f.WINDOWS)


class Profile:
    """Measures, sizes and the filter's reasons of readable slices, kept and dropped.

    Measures count for slices that the filter thinks fit to learn from: a blank slice says nothing about
    heads, and how many are blank the reasons tell. Nothing is held of who a slice shows: 60 bytes of
    numbers and two texts a slice, of which there are few.
    """

    def __init__(self) -> None:
        """Starts at nothing."""
        self._numbers = array.array("f")
        self._reasons: list[str] = []
        self._windows: list[str] = []

    def __len__(self) -> int:
        return len(self._reasons)

    def add(self, shape: tuple[int, ...], windows: str, measures: SliceMeasures, judged: Reason) -> None:
        """Adds a readable slice.

        Args:
          shape: Rows and columns of its pixels.
          windows: Of HU that its channels show; empty where HU are not known.
          measures: Of it.
          judged: What the filter thinks of it, switched on or not.
        """
        fit = judged is Reason.KEEP
        values = (getattr(measures, name) if fit else None for name in NUMBERS[len(SIZES) :])
        self._numbers.extend(shape[:2])
        self._numbers.extend(np.nan if value is None else value for value in values)
        self._reasons.append(judged.value)
        self._windows.append(sys.intern(windows))

    @classmethod
    def total(cls, parts: Iterable[Self]) -> "Profile":
        """Returns a profile of all slices of all parts."""
        whole = cls()
        for part in parts:
            whole._numbers += part._numbers
            whole._reasons += part._reasons
            whole._windows += part._windows
        return whole

    def numbers(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """Returns a column for each of `NUMBERS`, float32 (slices,), NaN where there is no value."""
        rows = np.array(self._numbers, np.float32).reshape(len(self), len(NUMBERS))
        return dict(zip(NUMBERS, rows.T, strict=True))

    def categories(self) -> Mapping[str, list[str | None]]:
        """Returns a column for each of `CATEGORIES`, None where there is no value."""
        return {f.FILTER_REASON: list(self._reasons), f.WINDOWS: [text or None for text in self._windows]}
