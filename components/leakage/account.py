"""The gate's account: counts, a few pairs, what stands against going on, what is to be warned of."""

import collections
import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from components.leakage.drops import KEPT, KINDS, Reasons, count_drops, objections_to_drop
from components.leakage.findings import Finding, Kind, Mask, Pair
from components.leakage.params import LeakageParams
from components.leakage.prints import Prints, Shows, by_split
from components.leakage.wording import describe_finding
from schemas.accounts.leakage import (
    ComparedSlices,
    ComparedSplit,
    FindingCounts,
    LeakageAccount,
    LeakingSlice,
    ListedPair,
    PairedSlice,
)

PAIRS_FILE = "pairs.png"


def account(
    prints: Prints,
    near: Mask,
    findings: Sequence[Finding],
    reasons: Reasons,
    splits: Sequence[str],
    params: LeakageParams,
) -> LeakageAccount:
    """Draws up the account.

    Args:
      prints: Of all slices of all splits.
      near: bool (slices,), which are near another picture in another split.
      findings: One of each kind.
      reasons: Why slices are dropped, of `reasons_to_drop`; all KEPT where none is.
      splits: Names, the training split first.
      params: The gate's.
    """
    present = {finding.kind: finding for finding in findings if finding.slices.any()}
    in_words = {
        kind: describe_finding(kind, finding.number, by_split(prints, finding.slices, splits))
        for kind, finding in present.items()
    }
    objections, warnings = [], []
    if params.action == "fail":
        objections = list(in_words.values())
    elif params.action == "warn":
        warnings = [f"leakage: {text}; metrics may be flattered" for text in in_words.values()]
    else:
        objections = objections_to_drop(prints, reasons, splits, params.max_dropped_share)
        warnings = _left_in(prints, present, reasons, splits)
    return LeakageAccount(
        settings=params.model_dump(mode="json"),
        splits={split: _count(prints[prints["split"] == number]) for number, split in enumerate(splits)},
        compared=ComparedSlices(
            likeness=int((prints["shows"] == Shows.A_HEAD).sum()),
            pixels_only=int((prints["shows"] == Shows.PIXELS).sum()),
            nothing=int((prints["shows"] == Shows.NOTHING).sum()),
        ),
        within_distance=by_split(prints, near, splits),
        findings={finding.kind.value: _describe(prints, finding, splits) for finding in findings},
        pairs=tuple(_pair(prints, pair, splits) for pair in pairs_to_show(findings, params.example_pairs)),
        dropped=count_drops(prints, reasons, splits),
        objections=tuple(objections),
        warnings=tuple(warnings),
    )


def pairs_to_show(findings: Sequence[Finding], most: int) -> list[Pair]:
    """Picks pairs of the findings in turn, so that each that there is has some."""
    picked: list[Pair] = []
    for place in range(most):
        picked += [finding.pairs[place] for finding in findings if place < len(finding.pairs)]
    return sorted(picked[:most], key=lambda pair: KINDS.index(pair.kind))


def slices_csv(prints: Prints, findings: Sequence[Finding], reasons: Reasons, splits: Sequence[str]) -> str:
    """Returns a table of all slices that are concerned, a row for each finding that concerns one.

    Args:
      prints: Of all slices.
      findings: One of each kind.
      reasons: (slices,), why slices are dropped, of `reasons_to_drop`.
      splits: Names, the training split first.
    Returns:
      CSV with a header.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(LeakingSlice.model_fields)
    for finding in findings:
        members = np.flatnonzero(finding.slices)
        for index in members[np.argsort(finding.groups[members], kind="stable")]:
            row = prints[index]
            dropped = int(reasons[index] != KEPT)
            table.writerow(
                (finding.kind.value, finding.groups[index], row["slice_id"].decode(), splits[row["split"]],
                 row["label"], dropped)
            )  # fmt: skip
    return text.getvalue()


def _left_in(
    prints: Prints, present: Mapping[Kind, Finding], reasons: Reasons, splits: Sequence[str]
) -> list[str]:
    """Warns of what dropping copies does not mend."""
    warnings = []
    if alike := present.get(Kind.ALIKE):
        text = describe_finding(Kind.ALIKE, alike.number, by_split(prints, alike.slices, splits))
        warnings.append(
            f"leakage: {text}; copies were dropped, but where these are neighbours of one series, the rest "
            "of it is in both splits still"
        )
    if conflict := present.get(Kind.CONFLICT):
        slices = conflict.slices & (reasons == KEPT)
        if slices.any():
            number = len(np.unique(conflict.groups[slices]))
            text = describe_finding(Kind.CONFLICT, number, by_split(prints, slices, splits))
            warnings.append(f"leakage: {text}; only slices to train on were dropped")
    return warnings


def _describe(prints: Prints, finding: Finding, splits: Sequence[str]) -> FindingCounts:
    sizes = collections.Counter(np.bincount(finding.groups[finding.slices]).tolist())
    return FindingCounts(
        groups=finding.number,
        group_sizes=dict(sorted(sizes.items())),
        slices=by_split(prints, finding.slices, splits),
    )


def _pair(prints: Prints, pair: Pair, splits: Sequence[str]) -> ListedPair:
    first, second = prints[pair.one], prints[pair.other]
    return ListedPair(
        finding=pair.kind.value,
        slices=(_paired(first, splits), _paired(second, splits)),
        same_patient=bool(first["patient_id"] == second["patient_id"]),
        same_file=bool(first["file"] == second["file"]),
        same_pixels=bool(first["pixels"] == second["pixels"]),
        distance=pair.distance,
        correlation=None if pair.correlation is None else round(pair.correlation, 4),
    )


def _paired(row: np.void, splits: Sequence[str]) -> PairedSlice:
    return PairedSlice(
        slice_id=row["slice_id"].decode(), split=splits[row["split"]], hemorrhage=int(row["label"])
    )


def _count(prints: Prints) -> ComparedSplit:
    return ComparedSplit(
        slices=len(prints),
        patients=len(np.unique(prints["patient_id"])),
        pictures=len(np.unique(prints["pixels"])),
    )
