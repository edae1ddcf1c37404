"""Which slices the page shows: errors first, then doubts, samples, and what was dropped."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.report.params import ReportParams
from components.report.run_facts import Facts
from schemas.accounts.report import ShownSlice
from schemas.accounts.slice_filter import DroppedSlice
from schemas.features import CLASSES, JUDGED
from schemas.scores import ScoreTable


@dataclasses.dataclass(frozen=True)
class Choice:
    """What was chosen; a slice may stand in several lists.

    Attributes:
      false_negatives: All of the splits that were not trained on, the lowest score first.
      false_positives: The same, the highest score first; all of them.
      near_threshold: The nearest first.
      samples: By class, in an order that says nothing of them.
      dropped: By reason; the nearest to the filter's threshold first.
    """

    false_negatives: Sequence[ShownSlice]
    false_positives: Sequence[ShownSlice]
    near_threshold: Sequence[ShownSlice]
    samples: Mapping[str, Sequence[ShownSlice]]
    dropped: Mapping[str, Sequence[ShownSlice]]

    def pictured(self, false_positives: int, most: int) -> list[ShownSlice]:
        """Returns the errors and doubts to be drawn: bounded lists first, since all may be missed.

        Args:
          false_positives: So many of them at most.
          most: Of all together.
        """
        bounded = [*self.false_positives[:false_positives], *self.near_threshold]
        return [*bounded, *self.false_negatives][:most]


def choose(facts: Facts, params: ReportParams) -> Choice:
    """Chooses from the scores and from what the slice filter dropped."""
    return Choice(**_scored(facts, params), dropped=_dropped(facts, params.dropped_slices))


def _scored(facts: Facts, params: ReportParams) -> dict[str, Any]:
    if facts.scored is None or not facts.evaluation:
        return {"false_negatives": [], "false_positives": [], "near_threshold": [], "samples": {}}
    table = facts.scored.where(np.isin(facts.scored.split, JUDGED))
    threshold = facts.evaluation.operating_point.threshold
    called = table.probability >= np.float32(threshold)
    positive = table.hemorrhage == 1
    return {
        "false_negatives": _rows(table, positive & ~called, table.probability),
        "false_positives": _rows(table, ~positive & called, -table.probability),
        "near_threshold": _rows(
            table, np.ones(len(table), bool), np.abs(table.probability - threshold), params.threshold_slices
        ),
        "samples": {
            CLASSES[label]: _rows(
                facts.scored,
                facts.scored.hemorrhage == label,
                np.zeros(len(facts.scored)),
                params.sample_slices,
            )
            for label in (1, 0)
        },
    }


def _rows(table: ScoreTable, mask: np.ndarray, key: np.ndarray, most: int | None = None) -> list[ShownSlice]:
    """Returns the rows of a mask by rising key; rows of equal keys by their ids."""
    places = np.flatnonzero(mask)
    places = places[np.lexsort((table.slice_id[places], key[places]))][:most]
    return [
        ShownSlice(
            slice_id=str(table.slice_id[at]),
            split=str(table.split[at]),
            hemorrhage=int(table.hemorrhage[at]),
            probability=round(float(table.probability[at]), 6),
            detail=", ".join(text.partition("=")[2] for text in table.attributes[at]),
        )
        for at in places
    ]


def _dropped(facts: Facts, most: int) -> dict[str, list[ShownSlice]]:
    by_reason: dict[str, list[DroppedSlice]] = {}
    for row in facts.dropped:
        by_reason.setdefault(row.reason, []).append(row)
    return {
        reason: [
            ShownSlice(
                slice_id=row.slice_id,
                split=row.split,
                hemorrhage=row.hemorrhage,
                probability=None,
                detail="" if row.brain_share is None else f"brain share {row.brain_share:.3f}",
            )
            for row in sorted(rows, key=lambda row: (-(row.brain_share or 0), row.slice_id))[:most]
        ]
        for reason, rows in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    }
