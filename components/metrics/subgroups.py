"""Groups of slices to measure apart: by the columns of the label table, and by place in the series."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from components.metrics.bootstrap import Estimate
from components.metrics.catalogue import HEADLINES

__all__ = ["Subgroup", "by_attribute", "by_position", "largest_gaps", "of_hemorrhages_only"]

Mask = npt.NDArray[np.bool_]
SLICE_POSITION = "slice_position"
THIRDS = ("first", "middle", "last")  # of the patient's slices, by their place in the series


@dataclasses.dataclass(frozen=True)
class Subgroup:
    """Slices that have something in common.

    Attributes:
      column: Of the label table, or `SLICE_POSITION`.
      value: What they have there.
      mask: bool, (n,), which of all slices.
      all_normals: No normal slice has the value, as of a subtype, so all normal slices are in the group.
    """

    column: str
    value: str
    mask: Mask
    all_normals: bool


@dataclasses.dataclass(frozen=True)
class Gap:
    """How far apart the figures of two subgroups of one column are: the furthest of all columns."""

    metric: str
    column: str
    highest: tuple[str, float]
    lowest: tuple[str, float]
    gap: float
    intervals_overlap: bool | None


def of_hemorrhages_only(
    hemorrhage: npt.NDArray[np.int8], attributes: Sequence[Iterable[str]]
) -> frozenset[str]:
    """Returns the "column=value" that no normal slice has, as a subtype, or 1 in a column of a subtype.

    Among such slices there is nothing to tell apart. Ask with all splits together, since a rare value of any
    column may by chance come with hemorrhages only in a small split.

    Args:
      hemorrhage: int8, (n,), the label, 0 or 1.
      attributes: n rows of "column=value".
    """
    seen: tuple[set[str], set[str]] = (set(), set())
    for label, row in zip(hemorrhage.tolist(), attributes, strict=True):
        seen[label].update(row)
    return frozenset(seen[1] - seen[0])


def by_attribute(
    hemorrhage: npt.NDArray[np.int8], attributes: Sequence[Iterable[str]], positive: frozenset[str]
) -> Iterator[Subgroup]:
    """Yields a group for each value of each column; a slice with several values is in several.

    Args:
      hemorrhage: int8, (n,), the label, 0 or 1.
      attributes: n rows of "column=value".
      positive: As `of_hemorrhages_only` returns them; they are measured against all normal slices.
    """
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(attributes):
        for one in row:
            column, _, value = one.partition("=")
            rows[column, value].append(number)
    for (column, value), numbers in sorted(rows.items()):
        mask = np.zeros(len(hemorrhage), np.bool_)
        mask[numbers] = True
        all_normals = f"{column}={value}" in positive
        yield Subgroup(column, value, mask | (hemorrhage == 0) if all_normals else mask, all_normals)


def by_position(patient: npt.NDArray[np.int64], slice_index: npt.NDArray[np.int64]) -> Iterator[Subgroup]:
    """Yields the thirds of the range of each patient's slice indices; slices without an index are in none.

    Args:
      patient: int64, (n,), numbers from 0.
      slice_index: int64, (n,), -1 where it is not known.
    """
    known = slice_index >= 0
    if not known.any():
        return
    patients = int(patient.max()) + 1
    first = np.full(patients, np.iinfo(np.int64).max)
    last = np.full(patients, -1)
    np.minimum.at(first, patient[known], slice_index[known])
    np.maximum.at(last, patient[known], slice_index[known])
    extent = (last - first)[patient]
    placed = known & (extent > 0)  # one slice has no place
    third = np.full(len(patient), -1)
    third[placed] = np.minimum(3 * (slice_index - first[patient])[placed] // extent[placed], 2)
    for number, name in enumerate(THIRDS):
        yield Subgroup(SLICE_POSITION, name, third == number, all_normals=False)


def largest_gaps(measured: Iterable[tuple[Subgroup, Mapping[str, Estimate]]]) -> list[Gap]:
    """Returns for each of `HEADLINES` the two subgroups of one column that are furthest apart.

    Args:
      measured: Subgroups that are large enough, with their metrics.
    """
    found = []
    rows = list(measured)
    for metric in HEADLINES:
        figures: dict[str, list[tuple[str, Estimate]]] = defaultdict(list)
        for group, metrics in rows:
            shared = group.all_normals and metric == "specificity"  # of the same normals in each group
            judged = not metrics[metric].too_few and not np.isnan(metrics[metric].value)
            if judged and not shared:
                figures[group.column].append((group.value, metrics[metric]))
        gaps = [_gap(metric, column, values) for column, values in figures.items() if len(values) > 1]
        if gaps:
            found.append(max(gaps, key=lambda gap: gap.gap))
    return found


def _gap(metric: str, column: str, values: list[tuple[str, Estimate]]) -> Gap:
    (low_name, lowest), *_, (high_name, highest) = sorted(values, key=lambda item: item[1].value)
    return Gap(
        metric,
        column,
        (high_name, highest.value),
        (low_name, lowest.value),
        highest.value - lowest.value,
        None if np.isnan(lowest.high) or np.isnan(highest.low) else not lowest.high < highest.low,
    )
