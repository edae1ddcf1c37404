"""Some patients of a split, the same ones however its records are spread over files."""

import hashlib
from collections import Counter
from collections.abc import Sequence


def some_patients(patient_of_slice: Sequence[str], at_least: int, seed: int) -> set[str]:
    """Returns patients at random that have a number of slices together; all if the split has fewer.

    Args:
      patient_of_slice: The patient of each slice.
      at_least: Slices.
      seed: Another seed gives other patients.
    """
    slices = Counter(patient_of_slice)
    order = sorted(slices, key=lambda patient: hashlib.sha256(f"{seed} {patient}".encode()).digest())
    chosen: set[str] = set()
    number = 0
    for patient in order:
        if number >= at_least:
            break
        chosen.add(patient)
        number += slices[patient]
    return chosen
