"""Pictures that LeakageGate would find pixel for pixel in two splits or with two labels, of those looked at.

What merely looks alike is found by a run alone: the search takes all slices.
"""

import collections
import dataclasses
from collections.abc import Iterator, Sequence

from components.ingest.plan import Plan
from components.leakage.findings import Kind
from components.leakage.wording import MENDED_BY, describe_finding
from components.slice_filter.rules import Reason
from pipeline.inspection.contents import Contents, Seen
from pipeline.settings.config import Config
from schemas.features import SPLITS

UNPLACED = "looked at"  # in the place of a split that is not known
REMOVE = MENDED_BY[Kind.IDENTICAL]
LET_BY = {
    "drop": "leakage.action = drop leaves the copies to train on out",
    "warn": "leakage.action = warn goes on with a warning; metrics may be flattered",
}


@dataclasses.dataclass(frozen=True)
class Copies:
    """What was found.

    Attributes:
      refusals: Why a run would stop at LeakageGate; empty where it would not.
      warnings: What else is doubtful.
    """

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def copies(contents: Contents, plan: Plan, config: Config) -> Copies:
    """Looks for equal pictures among the slices looked at that the slice filter would keep.

    Args:
      contents: What was seen, with labels, and with splits where these are known.
      plan: What a run would read.
      config: What the filter and the gate do.
    """
    of_picture: dict[bytes, list[Seen]] = collections.defaultdict(list)
    for seen in contents.seen:
        if seen.pixels and (seen.judged is Reason.KEEP or not config.filter.enabled):
            of_picture[seen.pixels].append(seen)
    equal = [members for members in of_picture.values() if len(members) > 1]
    looked = "" if contents.are_whole else f"of {len(contents.seen)} slices looked at, "
    findings = list(_findings(equal))
    if config.leakage.action == "fail":
        refusals = [f"LeakageGate: {looked}{words}; {MENDED_BY[kind]}" for kind, words in findings]
        warnings = []
    else:
        way = LET_BY[config.leakage.action]
        refusals, warnings = [], [f"{looked}{words}; {way}" for _, words in findings]
    if shared := _of_two_patients(equal, plan):
        warnings.append(
            f"{looked}pictures that two patients have, pixel for pixel: {shared}; where the two fall into "
            f"two splits, LeakageGate finds them (leakage.action = {config.leakage.action}); {REMOVE}"
        )
    return Copies(tuple(refusals), tuple(warnings))


def _findings(equal: Sequence[Sequence[Seen]]) -> Iterator[tuple[Kind, str]]:
    """Yields each kind that there is, and in words of how many pictures and slices."""
    for kind, name in ((Kind.IDENTICAL, "split"), (Kind.CONFLICT, "hemorrhage")):
        concerned = [members for members in equal if len({getattr(seen.slice, name) for seen in members}) > 1]
        if concerned:
            splits = collections.Counter(
                seen.slice.split or UNPLACED for members in concerned for seen in members
            )
            yield (
                kind,
                describe_finding(kind, len(concerned), {name: splits[name] for name in (*SPLITS, UNPLACED)}),
            )


def _of_two_patients(equal: Sequence[Sequence[Seen]], plan: Plan) -> int:
    """Returns how many pictures two patients have, where the split is not known."""
    if plan.patients_from == "none":
        return 0
    patient_of = {(row.path, row.frame): row.patient for row in plan.slices}
    unplaced = [[seen.slice for seen in members] for members in equal if not members[0].slice.split]
    return sum(len({patient_of[seen.path, seen.frame] for seen in slices}) > 1 for slices in unplaced)
