"""Which slices are worth learning from: a decision with a reason, from a slice's measures alone."""

import enum

from components.imaging.content import HEAD_FLOOR, WINDOW_FLOOR, SliceMeasures
from components.slice_filter.params import FilterParams

__all__ = ["EMPTY_CONTRAST", "Reason", "judge"]

DARK_CEILING = WINDOW_FLOOR / 255  # a slice whose 99th percentile is below shows nothing of the brain window
EMPTY_CONTRAST = 1 / 255  # one grey level; an empty picture varies less
DARK_CONTRAST = DARK_CEILING / 2  # what lies below the ceiling varies no more; the few pixels of a couch do


class Reason(enum.StrEnum):
    """What becomes of a slice, and why."""

    KEEP = "keep"
    BLANK = "blank"  # no head: background, and perhaps couch and headrest
    DARK = "dark"  # something is there, but below the brain window: most likely exported without one
    LITTLE_BRAIN = "little_brain"  # end of scan: vertex tip, below the chin
    UNREADABLE = "unreadable"  # does not decode


def judge(measures: SliceMeasures, min_brain_share: float, hu_known: bool = False) -> Reason:
    """Returns what the filter thinks of a readable slice, switched on or not.

    Args:
      measures: Of the slice.
      min_brain_share: Threshold, 0..1.
      hu_known: Whether it is shown in known windows of HU; it is not DARK then, for want of a window.
    """
    if measures.head_share < HEAD_FLOOR:
        if hu_known:
            return Reason.BLANK
        varied = EMPTY_CONTRAST < measures.contrast <= DARK_CONTRAST
        return Reason.DARK if varied and measures.bright_intensity <= DARK_CEILING else Reason.BLANK
    if measures.brain_share < min_brain_share:
        return Reason.LITTLE_BRAIN
    return Reason.KEEP


def decide(measures: SliceMeasures, params: FilterParams, hu_known: bool = False) -> Reason:
    """Returns what becomes of a readable slice: `judge`'s verdict, or KEEP with the filter switched off."""
    return judge(measures, params.min_brain_share, hu_known) if params.enabled else Reason.KEEP
