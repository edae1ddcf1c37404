"""What is in two splits, and what has two labels: counts of slices and groups. Pure NumPy.

Pairs are quadratic in what is alike, so they are not counted; a few are picked to look at.
"""

import dataclasses
import enum

import numpy as np
import numpy.typing as npt

from components.leakage.prints import Prints, Shows

__all__ = ["Codes", "Kind", "conflicting_labels", "identical_images", "shared_patients"]

LOOKED_THROUGH = 100  # slices of a patient in a split, for the two that are most alike

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]


class Kind(enum.StrEnum):
    """What is wrong with slices; also why a slice is dropped, the first of these that is true."""

    PATIENT = "patient_in_two_splits"
    IDENTICAL = "identical_across_splits"
    ALIKE = "alike_across_splits"
    CONFLICT = "conflicting_labels"


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two slices to look at.

    Attributes:
      kind: What is wrong with them.
      one: Index of the slice in the earlier split.
      other: Index of the other.
      distance: Places of 256 in which their brightness steps differ; None where one has none.
      correlation: Of their edges; None where it was not looked at.
    """

    kind: Kind
    one: int
    other: int
    distance: int | None
    correlation: float | None = None


@dataclasses.dataclass(frozen=True)
class Finding:
    """One kind of leakage.

    Attributes:
      kind: Of leakage.
      slices: bool (slices,), which are concerned.
      copies: bool (slices,), which of them have a counterpart in a later split.
      groups: int (slices,), the number of the group that a slice is in, from 0; -1 for slices not concerned.
      pairs: A few to look at.
    """

    kind: Kind
    slices: Mask
    copies: Mask
    groups: Codes
    pairs: tuple[Pair, ...]

    @property
    def number(self) -> int:
        """How many groups there are."""
        return int(self.groups.max(initial=-1)) + 1

    @property
    def largest(self) -> int:
        """How many slices the largest group has."""
        return int(np.bincount(self.groups[self.slices]).max(initial=0))


def shared_patients(prints: Prints, most: int) -> Finding:
    """Finds patients with slices in two splits.

    Args:
      prints: Of all slices of all splits.
      most: Pairs to pick.
    """
    return _shared(Kind.PATIENT, prints, _codes(prints["patient_id"]), np.ones(len(prints), np.bool_), most)


def identical_images(prints: Prints, most: int) -> Finding:
    """Finds images that are in two splits pixel for pixel, whatever their files are.

    Args:
      prints: Of all slices of all splits.
      most: Pairs to pick.
    """
    return _shared(Kind.IDENTICAL, prints, _codes(prints["pixels"]), prints["shows"] != Shows.NOTHING, most)


def conflicting_labels(prints: Prints, most: int) -> Finding:
    """Finds images that have both labels, within a split or across splits; copies are those to train on.

    Args:
      prints: Of all slices of all splits.
      most: Pairs to pick.
    """
    codes = _codes(prints["pixels"])
    compared = prints["shows"] != Shows.NOTHING
    slices = compared & (_distinct(codes[compared], prints["label"][compared], len(prints)) > 1)[codes]
    groups = number_groups(codes, slices)
    pairs = _pick(Kind.CONFLICT, prints, groups, prints["label"], most)
    return Finding(Kind.CONFLICT, slices, slices & (prints["split"] == 0), groups, pairs)


def number_groups(codes: Codes, slices: Mask) -> Codes:
    """Returns for each of some slices the number of its group, in the order of codes; -1 for the others."""
    groups = np.full(len(codes), -1, np.intp)
    groups[slices] = _codes(codes[slices])
    return groups


def distance_of(prints: Prints, one: int, other: int) -> int | None:
    """Returns in how many of 256 places two slices differ, where both have such places."""
    if not (prints["shows"][[one, other]] == Shows.A_HEAD).all():
        return None
    return int(np.bitwise_count(prints["steps"][one] ^ prints["steps"][other]).sum())


def _shared(kind: Kind, prints: Prints, codes: Codes, compared: Mask, most: int) -> Finding:
    splits = prints["split"]
    slices = compared & (_distinct(codes[compared], splits[compared], len(prints)) > 1)[codes]
    last = np.zeros(len(prints), np.uint8)
    np.maximum.at(last, codes[slices], splits[slices])
    groups = number_groups(codes, slices)
    return Finding(
        kind, slices, slices & (splits < last[codes]), groups, _pick(kind, prints, groups, splits, most)
    )


def _codes(keys: npt.NDArray[np.generic]) -> Codes:
    """Returns a number for each key, equal for equal keys, from 0."""
    return np.asarray(np.unique(keys, return_inverse=True)[1], np.intp).ravel()


def _distinct(codes: Codes, values: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.intp]:
    """Returns how many distinct values come with each code, of `size` codes."""
    both = np.unique(np.stack([codes, values.astype(np.intp)]), axis=1)
    return np.bincount(both[0], minlength=size)


def _pick(
    kind: Kind, prints: Prints, groups: Codes, values: npt.NDArray[np.generic], most: int
) -> tuple[Pair, ...]:
    """Picks a pair of slices that differ in a value of the first groups."""
    pairs = []
    for group in range(min(most, int(groups.max(initial=-1)) + 1)):
        members = np.flatnonzero(groups == group)
        of_first = values[members] == values[members[0]]
        ours, theirs = members[of_first][:LOOKED_THROUGH], members[~of_first][:LOOKED_THROUGH]
        steps = prints["steps"]
        distances = np.bitwise_count(steps[ours][:, None] ^ steps[theirs][None]).sum(axis=-1)
        nearest = np.unravel_index(np.argmin(distances), distances.shape)
        one, other = sorted((int(ours[nearest[0]]), int(theirs[nearest[1]])))
        pairs.append(Pair(kind, one, other, distance_of(prints, one, other)))
    return tuple(pairs)
