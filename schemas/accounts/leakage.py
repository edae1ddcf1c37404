"""LeakageGate's account, `leakage.json`."""

from collections.abc import Mapping

from pydantic import JsonValue

from schemas.accounts.account import Account, Part

__all__ = [
    "ComparedSlices",
    "ComparedSplit",
    "FindingCounts",
    "LeakageAccount",
    "LeakingSlice",
    "ListedPair",
    "PairedSlice",
]


class ComparedSplit(Part):
    """What of a split was compared; `pictures` counts distinct pixels."""

    slices: int
    patients: int
    pictures: int


class ComparedSlices(Part):
    """How many slices were compared by likeness, for exact copies alone, and, showing nothing, not at all."""

    likeness: int
    pixels_only: int
    nothing: int


class FindingCounts(Part):
    """One kind of leakage: groups, how many of them have so many slices, and the slices by split."""

    groups: int
    group_sizes: Mapping[int, int]
    slices: Mapping[str, int]


class PairedSlice(Part):
    """One slice of a pair; its label is 0 or 1."""

    slice_id: str
    split: str
    hemorrhage: int


class ListedPair(Part):
    """Two slices to look at.

    Attributes:
      finding: The kind of leakage.
      slices: Both.
      same_patient: Whether they are of one patient.
      same_file: Whether their files are equal.
      same_pixels: Whether their pixels are.
      distance: Places of 256 in which their brightness steps differ; None where one has none.
      correlation: Of their edges; None where it was not looked at.
    """

    finding: str
    slices: tuple[PairedSlice, PairedSlice]
    same_patient: bool
    same_file: bool
    same_pixels: bool
    distance: int | None
    correlation: float | None


class LeakingSlice(Part):
    """A row of `slices.csv`: a slice that a finding concerns, its group, and whether it is dropped."""

    finding: str
    group: int
    slice_id: str
    split: str
    hemorrhage: int
    dropped: bool


class LeakageAccount(Account):
    """What is in two splits or has two labels.

    Attributes:
      settings: The gate's parameters.
      splits: What was compared of each.
      compared: How slices were compared.
      within_distance: Slices of each split whose hash is near that of another picture in another split,
        before their edges were compared.
      findings: By kind.
      pairs: A few of each finding.
      dropped: Slices left out, by split and reason.
      objections: Why the run must not go on; empty when it may.
      warnings: What every later reader of the run's numbers should know.
    """

    settings: Mapping[str, JsonValue]
    splits: Mapping[str, ComparedSplit]
    compared: ComparedSlices
    within_distance: Mapping[str, int]
    findings: Mapping[str, FindingCounts]
    pairs: tuple[ListedPair, ...]
    dropped: Mapping[str, Mapping[str, int]]
    objections: tuple[str, ...]
    warnings: tuple[str, ...]
