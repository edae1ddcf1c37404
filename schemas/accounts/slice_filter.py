"""SliceFilter's account, `filter.json`."""

from collections.abc import Mapping

from pydantic import JsonValue

from schemas.accounts.account import Account, Part

__all__ = ["KEPT", "DroppedSlice", "FilterAccount", "FilterTotals", "SweepRow"]

KEPT = "keep"  # among the reasons, that of a slice which is not dropped


class DroppedSlice(Part):
    """A row of `dropped.csv`; its brain share is None where it does not decode."""

    slice_id: str
    split: str
    hemorrhage: int
    reason: str
    brain_share: float | None


class FilterTotals(Part):
    """Slices of all splits.

    Attributes:
      read: That there were.
      kept: Of them.
      dropped: Of them, by reason.
      hemorrhages: Of them, readable ones with a hemorrhage.
      hemorrhages_lost: How many of these were dropped.
      hemorrhages_lost_share: The same as a share, 0..1.
    """

    read: int
    kept: int
    dropped: Mapping[str, int]
    hemorrhages: int
    hemorrhages_lost: int
    hemorrhages_lost_share: float


class SweepRow(Part):
    """What one threshold would do; shares are of the readable slices, and of those with a hemorrhage."""

    min_brain_share: float
    dropped: int
    dropped_share: float
    hemorrhages_lost: int
    hemorrhages_lost_share: float


class FilterAccount(Account):
    """What was kept and dropped of all splits.

    Attributes:
      settings: The filter's parameters.
      totals: Of all splits.
      counts: Slices by split, class (`normal`, `hemorrhage`) and reason; the reason of a kept one is KEPT.
      unreadable: How many slices do not decode, by what is wrong with them.
      sweep: What other thresholds would do.
      objections: Why the run must not go on; empty when it may.
      warnings: What SliceExampleGen warned of and every later reader should know.
    """

    settings: Mapping[str, JsonValue]
    totals: FilterTotals
    counts: Mapping[str, Mapping[str, Mapping[str, int]]]
    unreadable: Mapping[str, int]
    sweep: tuple[SweepRow, ...]
    objections: tuple[str, ...]
    warnings: tuple[str, ...]
