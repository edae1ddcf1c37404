"""How many slices went in, and where the others stayed: the counts of the flow diagram."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

from components.report.run_facts import Facts
from schemas import features


@dataclasses.dataclass(frozen=True)
class SplitCounts:
    """What of a split is left in the end."""

    slices: int
    hemorrhage: int
    normal: int
    patients: int


@dataclasses.dataclass(frozen=True)
class Flow:
    """Counts of slices from the folder to the splits; reasons by name, commonest first.

    Attributes:
      found: Slices that the folder has.
      not_slices: Files that were not to be read, such as localizers; not among `found`.
      rejected: Files that could not be read.
      read: Slices in records.
      dropped: What the slice filter left out.
      kept: What it kept.
      leaking: What LeakageGate left out.
      splits: What is left, by split.
    """

    found: int
    not_slices: Mapping[str, int]
    rejected: Mapping[str, int]
    read: int
    dropped: Mapping[str, int]
    kept: int
    leaking: Mapping[str, int]
    splits: Mapping[str, SplitCounts]

    def to_dict(self) -> dict[str, Any]:
        """Returns it for JSON."""
        return dataclasses.asdict(self)


def flow(facts: Facts) -> Flow | None:
    """Returns the counts, or None where the run did not come so far as to filter."""
    ingest, totals = facts.ingest, facts.slice_filter.get("totals")
    if not ingest or not totals:
        return None
    leaking: Counter[str] = Counter()
    for by_reason in facts.leakage.get("dropped", {}).values():
        leaking.update(by_reason)
    return Flow(
        found=ingest["found"],
        not_slices=_commonest(ingest.get("not_to_be_read", {})),
        rejected=_commonest(ingest["rejected"]),
        read=totals["read"],
        dropped=_commonest(totals["dropped"]),
        kept=totals["kept"],
        leaking=_commonest(leaking),
        splits={split: _left(facts, split) for split in facts.slice_filter["counts"]},
    )


def _left(facts: Facts, split: str) -> SplitCounts:
    by_class = {name: facts.slice_filter["counts"][split][name]["keep"] for name in features.CLASSES}
    gone = {
        row["slice_id"]: features.CLASSES[int(row["hemorrhage"])]
        for row in facts.leaking
        if row["split"] == split and row["dropped"] == "1"
    }
    for name in gone.values():
        by_class[name] -= 1
    patients = facts.leakage.get("splits", {}).get(split, {}).get("patients", 0)
    return SplitCounts(sum(by_class.values()), by_class["hemorrhage"], by_class["normal"], patients)


def _commonest(reasons: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(((k, n) for k, n in reasons.items() if n), key=lambda item: (-item[1], item[0])))
