"""Which slices are left out so that no copy stays in an earlier split, and why. Pure NumPy."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from components.leakage.findings import Finding, Kind
from components.leakage.prints import Prints
from schemas.features import CLASSES

KEPT = -1
KINDS = tuple(Kind)

Reasons = npt.NDArray[np.intp]


def reasons_to_drop(findings: Sequence[Finding]) -> Reasons:
    """Returns why each slice is dropped.

    Args:
      findings: In the order in which they are reasons.
    Returns:
      int (slices,): the place in `KINDS` of the first finding that has the slice among its copies, or KEPT.
    """
    reasons = np.full(len(findings[0].slices), KEPT, np.intp)
    for finding in findings:
        reasons[finding.copies & (reasons == KEPT)] = KINDS.index(finding.kind)
    return reasons


def count_drops(prints: Prints, reasons: Reasons, splits: Sequence[str]) -> dict[str, dict[str, int]]:
    """Returns how many slices of each split are dropped for which reason."""
    return {
        split: {
            kind.value: int(((reasons == place) & (prints["split"] == number)).sum())
            for place, kind in enumerate(KINDS)
        }
        for number, split in enumerate(splits)
    }


def objections_to_drop(
    prints: Prints, reasons: Reasons, splits: Sequence[str], max_dropped_share: float
) -> list[str]:
    """Returns why slices must not be dropped: what would be left of a split is too little to go on with.

    Args:
      prints: Of all slices.
      reasons: Of `reasons_to_drop`.
      splits: Names, the training split first.
      max_dropped_share: Of a split's slices.
    """
    objections = []
    for number, split in enumerate(splits):
        of_split = prints["split"] == number
        dropped = of_split & (reasons != KEPT)
        if not dropped.any():
            continue
        share = dropped.sum() / of_split.sum()
        if share > max_dropped_share:
            objections.append(
                f"leakage.action = drop would leave out {dropped.sum()} of {of_split.sum()} {split} slices "
                f"({share:.1%}); leakage.max_dropped_share allows {max_dropped_share:.1%}. So much is no "
                "matter of a few copies but of the split."
            )
        objections += [
            f"leakage.action = drop would leave no {name} slice in split {split} (it has "
            f"{(of_split & (prints['label'] == label)).sum()}, all of them copies or with two labels): give "
            "more patients, or split with another ingest.seed."
            for label, name in enumerate(CLASSES)
            if not (of_split & (reasons == KEPT) & (prints["label"] == label)).any()
        ]
    return objections
