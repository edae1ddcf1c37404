"""The gate's account: counts, a few pairs, what stands against going on, what is to be warned of."""

import collections
import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.leakage.drops import KEPT, KINDS, Reasons, count_drops, objections_to_drop
from components.leakage.findings import Finding, Kind, Mask, Pair
from components.leakage.params import LeakageParams
from components.leakage.prints import Prints, Shows, by_split
from components.leakage.wording import tell

PAIRS_FILE = "pairs.png"
# How slices are compared that show so much.
COMPARED = {Shows.A_HEAD: "likeness", Shows.PIXELS: "pixels_only", Shows.NOTHING: "nothing"}


@dataclasses.dataclass(frozen=True)
class Report:
    """The account of all splits.

    Attributes:
      settings: The gate's parameters.
      splits: `slices`, `patients` and `pictures` (distinct pixels) of each split.
      compared: How many slices were looked for by `likeness`, by exact copies alone (`pixels_only`), and not
        at all, since they show `nothing`.
      within_distance: Slices of each split whose hash is near that of another picture in another split,
        before their edges were compared.
      findings: By kind: `groups`, `group_sizes` (how many groups have so many slices), `slices` by split.
      pairs: A few of each finding to look at, as slice ids with split and label.
      dropped: Slices left out, by split and reason.
      objections: Why the run must not go on; empty when it may.
      warnings: What every later reader of the run's numbers should know.
    """

    settings: Mapping[str, Any]
    splits: Mapping[str, Mapping[str, int]]
    compared: Mapping[str, int]
    within_distance: Mapping[str, int]
    findings: Mapping[str, Mapping[str, Any]]
    pairs: Sequence[Mapping[str, Any]]
    dropped: Mapping[str, Mapping[str, int]]
    objections: Sequence[str]
    warnings: Sequence[str]

    def to_json(self) -> str:
        """Returns all of it as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"


def account(
    prints: Prints,
    near: Mask,
    findings: Sequence[Finding],
    reasons: Reasons,
    splits: Sequence[str],
    params: LeakageParams,
) -> Report:
    """Draws up the account.

    Args:
      prints: Of all slices of all splits.
      near: bool (slices,), which are near another picture in another split.
      findings: One of each kind.
      reasons: Why slices are dropped, of `reasons_to_drop`; all KEPT where none is.
      splits: Names, the training split first.
      params: The gate's.
    """
    found = {finding.kind: finding for finding in findings if finding.slices.any()}
    told = {kind: tell(kind, one.number, by_split(prints, one.slices, splits)) for kind, one in found.items()}
    objections, warnings = [], []
    if params.action == "fail":
        objections = list(told.values())
    elif params.action == "warn":
        warnings = [f"leakage: {text}; metrics may be flattered" for text in told.values()]
    else:
        objections = objections_to_drop(prints, reasons, splits, params.max_dropped_share)
        warnings = _left_in(prints, found, reasons, splits)
    return Report(
        settings=params.model_dump(mode="json"),
        splits={split: _count(prints[prints["split"] == number]) for number, split in enumerate(splits)},
        compared={
            name: int((prints["shows"] == shows).sum())
            for name, shows in (
                ("likeness", Shows.A_HEAD),
                ("pixels_only", Shows.PIXELS),
                ("nothing", Shows.NOTHING),
            )
        },
        within_distance=by_split(prints, near, splits),
        findings={finding.kind.value: _describe(prints, finding, splits) for finding in findings},
        pairs=[_pair(prints, pair, splits) for pair in pairs_to_show(findings, params.example_pairs)],
        dropped=count_drops(prints, reasons, splits),
        objections=objections,
        warnings=warnings,
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
    table.writerow(("finding", "group", "slice_id", "split", "hemorrhage", "dropped"))
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
    prints: Prints, found: Mapping[Kind, Finding], reasons: Reasons, splits: Sequence[str]
) -> list[str]:
    """Warns of what dropping copies does not mend."""
    warnings = []
    if alike := found.get(Kind.ALIKE):
        told = tell(Kind.ALIKE, alike.number, by_split(prints, alike.slices, splits))
        warnings.append(
            f"leakage: {told}; copies were dropped, but where these are neighbours of one series, the rest "
            "of it is in both splits still"
        )
    if conflict := found.get(Kind.CONFLICT):
        slices = conflict.slices & (reasons == KEPT)
        if slices.any():
            number = len(np.unique(conflict.groups[slices]))
            told = tell(Kind.CONFLICT, number, by_split(prints, slices, splits))
            warnings.append(f"leakage: {told}; only slices to train on were dropped")
    return warnings


def _describe(prints: Prints, finding: Finding, splits: Sequence[str]) -> dict[str, Any]:
    sizes = collections.Counter(np.bincount(finding.groups[finding.slices]).tolist())
    return {
        "groups": finding.number,
        "group_sizes": dict(sorted(sizes.items())),
        "slices": by_split(prints, finding.slices, splits),
    }


def _pair(prints: Prints, pair: Pair, splits: Sequence[str]) -> dict[str, Any]:
    ours, theirs = prints[pair.one], prints[pair.other]
    return {
        "finding": pair.kind.value,
        "slices": [
            {
                "slice_id": each["slice_id"].decode(),
                "split": splits[each["split"]],
                "hemorrhage": int(each["label"]),
            }
            for each in (ours, theirs)
        ],
        "same_patient": bool(ours["patient_id"] == theirs["patient_id"]),
        "same_file": bool(ours["file"] == theirs["file"]),
        "same_pixels": bool(ours["pixels"] == theirs["pixels"]),
        "distance": pair.distance,
        "correlation": None if pair.correlation is None else round(pair.correlation, 4),
    }


def _count(prints: Prints) -> dict[str, int]:
    return {
        "slices": len(prints),
        "patients": len(np.unique(prints["patient_id"])),
        "pictures": len(np.unique(prints["pixels"])),
    }
