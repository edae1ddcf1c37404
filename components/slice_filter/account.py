"""The filter's account: counts, threshold sweep, and whether the run may go on."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from components.slice_filter.params import FilterParams
from components.slice_filter.rules import Reason
from components.slice_filter.tally import LeftOut, Outcome, Tally
from schemas.accounts.slice_filter import DroppedSlice, FilterAccount, FilterTotals, SweepRow
from schemas.features import CLASSES

__all__ = ["account"]


def sweep_csv(sweep: Iterable[SweepRow]) -> str:
    """Returns a sweep as a table with a header."""
    text = io.StringIO()
    table = csv.DictWriter(text, list(SweepRow.model_fields), lineterminator="\n")
    table.writeheader()
    table.writerows(row.model_dump() for row in sweep)
    return text.getvalue()


def dropped_csv(left_out: Iterable[LeftOut]) -> str:
    """Returns the dropped slices as a table with a header, ordered by their ids."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(DroppedSlice.model_fields)
    for row in sorted(left_out):
        share = "" if row.brain_share is None else f"{row.brain_share:.4f}"
        table.writerow((row.slice_id, row.split, row.hemorrhage, row.reason.value, share))
    return text.getvalue()


def account(
    tally: Tally, splits: Iterable[str], warnings: Iterable[str] = (), labels_of: str = ""
) -> FilterAccount:
    """Draws up the account.

    Args:
      tally: Of all slices of all splits.
      splits: Every split that was read, in the order to tell them in, even when nothing was in it.
      warnings: Passed on.
      labels_of: What a label is of where it is not of one slice: then blank slices have the label of their
        study, and losing them is a warning and no objection.
    """
    outcomes = tally.counts
    counts = {split: _by_class(outcomes, split) for split in splits}
    reasons = _sums((outcome.reason, number) for outcome, number in outcomes.items())
    readable = {outcome: n for outcome, n in outcomes.items() if outcome.reason is not Reason.UNREADABLE}
    hemorrhages = sum(n for outcome, n in readable.items() if outcome.hemorrhage)
    lost = _sums((o.reason, n) for o, n in readable.items() if o.hemorrhage and o.reason is not Reason.KEEP)
    sweep = _sweep(readable, tally.thresholds, hemorrhages)
    objections = _missing_classes(counts)
    if labels_of:
        warnings = [*warnings, *_lost_by_coarse_labels(lost.total(), hemorrhages, labels_of)]
    else:
        objections = [*_lost_hemorrhages(lost, hemorrhages, sweep, tally.params), *objections]
    return FilterAccount(
        settings=tally.params.model_dump(mode="json"),
        totals=FilterTotals(
            read=reasons.total(),
            kept=reasons[Reason.KEEP],
            dropped={reason.value: reasons[reason] for reason in Reason if reason is not Reason.KEEP},
            hemorrhages=hemorrhages,
            hemorrhages_lost=lost.total(),
            hemorrhages_lost_share=_share(lost.total(), hemorrhages),
        ),
        counts=counts,
        unreadable=dict(sorted(_sums((o.detail, n) for o, n in outcomes.items() if o.detail).items())),
        sweep=sweep,
        objections=tuple(objections),
        warnings=tuple(warnings),
    )


def split_line(split: str, by_class: Mapping[str, Mapping[str, int]]) -> str:
    """Returns what became of a split in one line, from its entry in `FilterAccount.counts`."""
    both: Counter[str] = Counter()
    for by_reason in by_class.values():
        both.update(by_reason)
    kept = " + ".join(f"{by_class[name][Reason.KEEP]} {name}" for name in CLASSES)
    return f"{split}: {both.total()} read, {both[Reason.KEEP]} kept ({kept}), dropped: {_dropped(both)}"


def _by_class(outcomes: Mapping[Outcome, int], split: str) -> dict[str, dict[str, int]]:
    table = {name: {reason.value: 0 for reason in Reason} for name in CLASSES}
    for outcome, number in outcomes.items():
        if outcome.split == split:
            table[CLASSES[outcome.hemorrhage]][outcome.reason.value] += number
    return table


def _sweep(
    readable: Mapping[Outcome, int], thresholds: tuple[float, ...], hemorrhages: int
) -> tuple[SweepRow, ...]:
    total = sum(readable.values())
    rows = []
    for place, threshold in enumerate(thresholds):
        dropped = {
            outcome: number
            for outcome, number in readable.items()
            if outcome.passes <= place or outcome.judged in (Reason.BLANK, Reason.DARK)
        }
        number = sum(dropped.values())
        lost = sum(n for outcome, n in dropped.items() if outcome.hemorrhage)
        rows.append(
            SweepRow(
                min_brain_share=threshold,
                dropped=number,
                dropped_share=_share(number, total),
                hemorrhages_lost=lost,
                hemorrhages_lost_share=_share(lost, hemorrhages),
            )
        )
    return tuple(rows)


def _lost_hemorrhages(
    lost: Counter[Reason], hemorrhages: int, sweep: tuple[SweepRow, ...], params: FilterParams
) -> list[str]:
    """Objects to too many dropped hemorrhages; unreadable ones are the files' fault, not the filter's."""
    share = _share(lost.total(), hemorrhages)
    if share <= params.max_lost_hemorrhage_share:
        return []
    named = ", ".join(f"{number} {reason.value}" for reason, number in lost.most_common())
    fitting = [row for row in sweep if row.hemorrhages_lost_share <= params.max_lost_hemorrhage_share]
    if fitting:
        way_out = (
            f"lower filter.min_brain_share from {params.min_brain_share:g} to "
            f"{max(row.min_brain_share for row in fitting):g} or less"
        )
    else:
        way_out = "export the slices anew with a brain window, since no filter.min_brain_share helps"
    return [
        f"SliceFilter would drop {lost.total()} of {hemorrhages} hemorrhage slices ({share:.1%}: {named}); "
        f"filter.max_lost_hemorrhage_share allows {params.max_lost_hemorrhage_share:.1%}. Look at the "
        f"contact sheet, then {way_out}; or switch the filter off (filter.enabled = false); or, if these "
        f"slices really show no brain, raise filter.max_lost_hemorrhage_share."
    ]


def _lost_by_coarse_labels(lost: int, hemorrhages: int, labels_of: str) -> list[str]:
    if not lost:
        return []
    return [
        f"labels are of a whole {labels_of}: {lost} of {hemorrhages} slices called hemorrhage show too "
        "little brain and were left out"
    ]


def _missing_classes(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> list[str]:
    objections = []
    for split, by_class in counts.items():
        for name, by_reason in by_class.items():
            if by_reason[Reason.KEEP] == 0:
                named = _dropped(Counter(by_reason))
                objections.append(
                    f"SliceFilter keeps no {name} slice in split {split} (read {sum(by_reason.values())}; "
                    f"dropped: {named}). A split needs both classes: look at the contact sheet, lower "
                    f"filter.min_brain_share, give more patients, or split with another ingest.seed."
                )
    return objections


def _dropped(by_reason: Counter[str]) -> str:
    named = [f"{by_reason[reason]} {reason.value}" for reason in Reason if reason is not Reason.KEEP]
    return ", ".join(text for text in named if not text.startswith("0 ")) or "none"


def _sums(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for key, number in pairs:
        sums[key] += number
    return sums


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
