"""An element's value as text, as texts or as a number, whatever a header says."""

import math
from typing import Any

from pydicom.dataset import Dataset

from components.slices.dicom.dataset import value_of


def text(dataset: Dataset, name: str) -> str:
    """Returns an element as text, "" where there is none."""
    value = value_of(dataset, name)
    return "" if value is None else str(value).strip()


def texts(dataset: Dataset, name: str) -> list[str]:
    """Returns the parts of an element that may hold several, in capitals."""
    return parts(value_of(dataset, name))


def parts(value: Any) -> list[str]:
    """Returns a value's parts, in capitals."""
    if value is None:
        return []
    several = [value] if isinstance(value, str) else list(value)
    return [str(part).strip().upper() for part in several]


def number(value: Any) -> float | None:
    """Returns a number, or None: what only orders or ranks slices must not cost one."""
    try:
        converted = float(value)
    except (TypeError, ValueError):
        return None
    return converted if math.isfinite(converted) else None


def integer(value: Any) -> int | None:
    """Returns a whole number, or None as `number` does."""
    converted = number(value)
    return None if converted is None else int(converted)
