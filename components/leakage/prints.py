"""What is remembered of a slice to recognise it by: 163 bytes, of which no pixel comes back."""

import enum
import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.imaging.decode import Grey
from components.imaging.hamming import pack
from components.imaging.likeness import steps_of_grey

__all__ = ["PRINT", "Prints", "Shows", "pixel_digest", "print_of"]

DIGEST = 32  # bytes of a SHA-256
LONGEST_ID = 32  # characters; ids are 128 bits in hexadecimal digits
PRINT = np.dtype(
    [
        ("slice_id", f"S{LONGEST_ID}"),
        ("patient_id", f"S{LONGEST_ID}"),
        ("split", "u1"),  # its place among the splits, the training split first
        ("label", "u1"),
        ("shows", "u1"),  # of Shows
        ("file", f"S{DIGEST}"),  # of the encoded image; equal for equal files
        ("pixels", f"S{DIGEST}"),  # of the decoded one; equal for equal pixels
        ("steps", "u1", DIGEST),  # brightness steps, packed; zeros where it shows nothing
    ]
)
# Structured, one element a slice; mypy knows no fields.
Prints = npt.NDArray[np.void]


class Shows(enum.IntEnum):
    """What a slice can be compared by."""

    NOTHING = 0  # one level of grey: equal to all such of all patients
    PIXELS = 1  # too little to say what looks like it: only an exact copy is reported
    A_HEAD = 2


def print_of(
    encoded: bytes, grey: Grey, head: bool, *, slice_id: str, patient_id: str, split: int, label: int
) -> Prints:
    """Returns a slice's print.

    Args:
      encoded: Its file.
      grey: (rows, columns), what it shows.
      head: Whether it shows a head; couches look alike whoever lay on them.
      slice_id: Keyed hash.
      patient_id: Keyed hash.
      split: The split's place among the splits.
      label: 0 or 1.
    Returns:
      PRINT (1,).
    Raises:
      ValueError: An id is too long to be a keyed hash.
    """
    for name, text in (("slice_id", slice_id), ("patient_id", patient_id)):
        if len(text) > LONGEST_ID:
            raise ValueError(f"{name} must be a keyed hash of at most {LONGEST_ID} digits, got {len(text)}")
    steps = steps_of_grey(grey) if head else None
    packed = np.zeros(DIGEST, np.uint8) if steps is None else pack(steps[None])[0]
    shows = Shows.PIXELS if steps is None else Shows.A_HEAD
    if grey.min() == grey.max():
        shows = Shows.NOTHING
    file = hashlib.sha256(encoded).digest()
    row = (slice_id, patient_id, split, label, shows, file, pixel_digest(grey), packed)
    return np.array([row], PRINT)


def pixel_digest(grey: Grey) -> bytes:
    """Returns a SHA-256 of pixels, depth and shape."""
    digest = hashlib.sha256(f"{grey.dtype} {grey.shape}".encode())
    digest.update(np.ascontiguousarray(grey).data)
    return digest.digest()


def from_bytes(written: bytes) -> Prints:
    """Returns prints of which the bytes were put behind each other, by split and slice."""
    prints = np.frombuffer(written, PRINT)
    return prints[np.lexsort((prints["slice_id"], prints["split"]))]


def by_split(prints: Prints, slices: npt.NDArray[np.bool_], splits: Sequence[str]) -> dict[str, int]:
    """Returns how many of some slices each split has.

    Args:
      prints: Of all slices.
      slices: bool (slices,).
      splits: Names, the training split first.
    """
    counts = np.bincount(prints["split"][slices], minlength=len(splits))
    return {split: int(counts[number]) for number, split in enumerate(splits)}
