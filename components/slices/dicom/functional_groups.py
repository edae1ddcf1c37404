"""What is known of a frame: from its own functional groups, from the shared ones, or from the data set.

Source: DICOM PS3.3 C.7.6.16 (multi-frame functional groups).
"""

import math
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

from components.slices.dicom.dataset import items_of, value_of
from components.slices.dicom.unreadable import Unreadable
from components.slices.header import Reason

COSINE_ERROR = 0.1  # of a direction's length
MOST_MM = 1e6  # of a position

Vector = tuple[float, ...]


def functional(layers: Sequence[Dataset], name: str) -> Dataset:
    """Returns a functional group of a frame, its own before the shared one; empty where there is none."""
    for layer in layers:
        group = items_of(layer, name)
        if group:
            return group[0]
    return Dataset()


def either(dataset: Dataset, layers: Sequence[Dataset], group: str, name: str) -> Any:
    """Returns an element of a functional group, or else of the data set itself; None where neither has it."""
    value = value_of(functional(layers, group), name)
    return value_of(dataset, name) if value is None else value


def orientation_of(dataset: Dataset, layers: Sequence[Dataset]) -> Vector | None:
    """Returns the cosines of rows and columns, or None where they are not given.

    Raises:
      Unreadable: They are no directions.
    """
    cosines = vector(either(dataset, layers, "PlaneOrientationSequence", "ImageOrientationPatient"), 6)
    if cosines and not all(abs(math.hypot(*part) - 1) <= COSINE_ERROR for part in (cosines[:3], cosines[3:])):
        raise Unreadable(Reason.CORRUPT, "an orientation that is none")
    return cosines


def vector(value: Any, size: int) -> Vector | None:
    """Returns as many numbers, or None where there are none.

    Raises:
      Unreadable: They are more, fewer or impossible.
    """
    if value is None or not len(value):
        return None
    numbers = tuple(float(part) for part in value)
    if len(numbers) != size or not all(abs(number) <= MOST_MM for number in numbers):
        raise Unreadable(Reason.CORRUPT, f"expected {size} possible numbers of position or orientation")
    return numbers
