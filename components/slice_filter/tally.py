"""What is remembered of the slices that went by: counts, measures, and the few nearest to the threshold."""

import bisect
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Self

from components.imaging.content import SliceMeasures
from components.imaging.decode import Grey
from components.imaging.sheet import thumbnail
from components.slice_filter.contact_sheet import Shown
from components.slice_filter.params import FilterParams
from components.slice_filter.profile import Profile
from components.slice_filter.rules import Reason, decide, judge
from schemas.features import TRAIN

__all__ = ["Tally"]

SWEEP_STEPS = 20
SWEEP_STEP = 0.01  # 0.00 to 0.20; a whole brain in a usual field of view has a share of 0.2 to 0.5


class Outcome(NamedTuple):
    """What slices are counted by.

    Attributes:
      split: Name of the split.
      hemorrhage: 0 or 1.
      reason: What became of the slice.
      judged: What the filter thinks of it; differs from `reason` where it is switched off.
      passes: How many thresholds of the sweep the slice reaches.
      detail: Why it does not decode; empty where it does.
    """

    split: str
    hemorrhage: int
    reason: Reason
    judged: Reason
    passes: int = 0
    detail: str = ""


class LeftOut(NamedTuple):
    """A slice that is dropped; sorted, slices stand in an order that says nothing of them.

    Attributes:
      slice_id: Keyed hash.
      split: Name of the split.
      hemorrhage: 0 or 1.
      reason: Why.
      brain_share: 0..1; None where the slice does not decode.
    """

    slice_id: str
    split: str
    hemorrhage: int
    reason: Reason
    brain_share: float | None


def sweep_thresholds(params: FilterParams) -> tuple[float, ...]:
    """Returns the thresholds that are compared, rising, the one in use among them."""
    steps = {step * SWEEP_STEP for step in range(SWEEP_STEPS + 1)}
    return tuple(sorted({round(step, 4) for step in steps} | {params.min_brain_share}))


class Tally:
    """Counts slices by outcome, profiles the train split, and keeps the slices nearest to the threshold.

    It grows by some 100 bytes a slice of the train split, and as much a dropped slice. Tallies of parts
    add up to that of the whole.
    """

    def __init__(self, params: FilterParams) -> None:
        """Starts at nothing."""
        self.params = params
        self.thresholds = sweep_thresholds(params)
        self.counts: Counter[Outcome] = Counter()
        self.kept: list[Shown] = []
        self.dropped: list[Shown] = []
        self.left_out: list[LeftOut] = []
        self.profile = Profile()

    def add(
        self,
        split: str,
        hemorrhage: int,
        slice_id: str,
        measures: SliceMeasures,
        grey: Grey,
        windows: str = "",
    ) -> Reason:
        """Decides on a slice, counts it, and returns what becomes of it."""
        hu_known = bool(windows)
        reason = self.count(split, hemorrhage, measures, hu_known)
        if reason is not Reason.KEEP:
            self.left_out.append(LeftOut(slice_id, split, hemorrhage, reason, measures.brain_share))
        judged = judge(measures, self.params.min_brain_share, hu_known)
        if split == TRAIN:
            self.profile.add(grey.shape, windows, measures, judged)
        shown = self.kept if judged is Reason.KEEP else self.dropped
        distance = abs(measures.brain_share - self.params.min_brain_share)
        if len(shown) < self.params.contact_sheet_slices or (distance, slice_id) < shown[-1].rank:
            share = measures.brain_share
            item = Shown(distance, slice_id, split, hemorrhage, judged, share, thumbnail(grey))
            bisect.insort(shown, item, key=lambda item: item.rank)
            del shown[self.params.contact_sheet_slices :]
        return reason

    def count(self, split: str, hemorrhage: int, measures: SliceMeasures, hu_known: bool = False) -> Reason:
        """Decides on a slice and counts it, as `add` does, but keeps no picture of it."""
        reason = decide(measures, self.params, hu_known)
        judged = judge(measures, self.params.min_brain_share, hu_known)
        passes = bisect.bisect_right(self.thresholds, measures.brain_share)
        self.counts[Outcome(split, hemorrhage, reason, judged, passes)] += 1
        return reason

    def add_unreadable(self, split: str, hemorrhage: int, detail: str, slice_id: str = "") -> Reason:
        """Counts a slice that does not decode; remembers which, if that is told."""
        if slice_id:
            self.left_out.append(LeftOut(slice_id, split, hemorrhage, Reason.UNREADABLE, None))
        self.counts[Outcome(split, hemorrhage, Reason.UNREADABLE, Reason.UNREADABLE, detail=detail)] += 1
        return Reason.UNREADABLE

    @classmethod
    def total(cls, params: FilterParams, parts: Iterable[Self]) -> "Tally":
        """Returns the sum of parts that were made with the same parameters."""
        parts = list(parts)
        whole = cls(params)
        for part in parts:
            whole.counts.update(part.counts)
            whole.kept += part.kept
            whole.dropped += part.dropped
            whole.left_out += part.left_out
        whole.profile = Profile.total(part.profile for part in parts)
        for shown in (whole.kept, whole.dropped):
            shown.sort(key=lambda item: item.rank)
            del shown[params.contact_sheet_slices :]
        return whole
