"""How many slices went in, and where the others stayed: the counts of the flow diagram."""

from collections import Counter
from collections.abc import Mapping

from components.report.run_facts import Facts
from schemas import features
from schemas.accounts.ingest import SplitCounts
from schemas.accounts.report import Flow
from schemas.accounts.slice_filter import KEPT


def flow(facts: Facts) -> Flow | None:
    """Returns the counts, or None where the run did not come so far as to filter."""
    if not facts.ingest or not facts.slice_filter:
        return None
    totals = facts.slice_filter.totals
    leaking: Counter[str] = Counter()
    for by_reason in facts.leakage.dropped.values() if facts.leakage else ():
        leaking.update(by_reason)
    return Flow(
        found=facts.ingest.found,
        not_slices=_commonest(facts.ingest.not_to_be_read),
        rejected=_commonest(facts.ingest.rejected),
        read=totals.read,
        dropped=_commonest(totals.dropped),
        kept=totals.kept,
        leaking=_commonest(leaking),
        splits={
            split: _left(facts, split, by_class) for split, by_class in facts.slice_filter.counts.items()
        },
    )


def _left(facts: Facts, split: str, counts: Mapping[str, Mapping[str, int]]) -> SplitCounts:
    left = {name: counts[name][KEPT] for name in features.CLASSES}
    gone = {
        row.slice_id: features.CLASSES[row.hemorrhage]
        for row in facts.leaking
        if row.split == split and row.dropped
    }
    for name in gone.values():
        left[name] -= 1
    normal, hemorrhage = (left[name] for name in features.CLASSES)
    compared = facts.leakage.splits.get(split) if facts.leakage else None
    return SplitCounts(
        slices=normal + hemorrhage,
        hemorrhage=hemorrhage,
        normal=normal,
        patients=compared.patients if compared else 0,
    )


def _commonest(reasons: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(((k, n) for k, n in reasons.items() if n), key=lambda item: (-item[1], item[0])))
