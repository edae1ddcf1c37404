"""Why a run would stop that has begun: too many files that cannot be read, too many hemorrhages dropped."""

from collections.abc import Mapping, Sequence

from components.ingest.account import by_reason, unreadable
from components.ingest.params import IngestParams
from components.slice_filter.account import account
from components.slice_filter.params import FilterParams
from components.slice_filter.tally import Tally
from components.slices.header import Rejection
from components.slices.labels import SLICE
from pipeline.inspection.contents import Contents


def too_many_rejected(
    contents: Contents, headers: Mapping[str, Rejection], params: IngestParams
) -> list[str]:
    """Says what SliceExampleGen would refuse; from a part of the slices it is an estimate.

    Args:
      contents: What was seen.
      headers: Files that are rejected by their header already.
      params: The share that is allowed.
    """
    rejected = {
        str(number): seen.content
        for number, seen in enumerate(contents.seen)
        if isinstance(seen.content, Rejection)
    }
    lost = unreadable(headers)
    files = contents.of + len(lost)
    estimate = len(lost) + contents.of * len(rejected) / max(1, len(contents.seen))
    if not files or estimate / files <= params.max_rejected_share:
        return []
    reasons = ", ".join(f"{number} {reason}" for reason, number in by_reason({**lost, **rejected}).items())
    about = "" if contents.are_whole else "about "
    return [
        f"{about}{round(estimate)} of {files} files cannot be read, {estimate / files:.1%}, and "
        f"{params.max_rejected_share:.1%} are allowed (seen: {reasons}); repair or remove them, or raise "
        "ingest.max_rejected_share"
    ]


def too_much_dropped(
    contents: Contents, splits: Sequence[str], params: FilterParams, labels_of: str
) -> list[str]:
    """Says what SliceFilter would object to.

    Args:
      contents: What was seen, with labels.
      splits: Whose slices are known by split; none where they are not.
      params: The filter's.
      labels_of: What a label is of; of anything but a slice, lost hemorrhages are no objection.
    """
    coarse = "" if labels_of == SLICE else labels_of
    tally = Tally(params)
    for seen in contents.seen:
        split = seen.slice.split if splits else ""
        if seen.measures:
            tally.count(split, seen.slice.hemorrhage or 0, seen.measures, seen.has_hu)
        elif seen.judged:
            tally.add_unreadable(split, seen.slice.hemorrhage or 0, seen.problem)
    report = account(tally, splits or [""], labels_of=coarse)
    if splits and contents.are_whole:
        return list(report.objections)
    lost = not coarse and report.totals.hemorrhages_lost_share > params.max_lost_hemorrhage_share
    looked = "" if contents.are_whole else f"of {len(contents.seen)} slices looked at, "
    return [f"{looked}{report.objections[0]}"] if lost else []
