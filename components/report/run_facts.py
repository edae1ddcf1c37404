"""What is known of a run: plain data, from which all else is made."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from schemas import history, scores
from schemas.accounts.evaluation import EvaluationAccount
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.leakage import LeakageAccount, LeakingSlice
from schemas.accounts.model import TrainedOn
from schemas.accounts.report import Setting
from schemas.accounts.slice_filter import DroppedSlice, FilterAccount

__all__ = ["Source"]


@dataclasses.dataclass(frozen=True)
class Source:
    """An artifact that the report tells of.

    Attributes:
      id: In ML Metadata.
      type: Its type's name there.
      node: The node that made it.
      uri: Its folder.
      properties: Its custom properties.
    """

    id: int
    type: str
    node: str
    uri: str
    properties: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Facts:
    """All that is known of a run; what the run did not come to is empty or None.

    Attributes:
      settings: Each that shapes a model.
      ingest: SliceExampleGen's account.
      slice_filter: SliceFilter's.
      dropped: Rows of its table of dropped slices.
      leakage: LeakageGate's account.
      leaking: Rows of its table of concerned slices.
      epochs: Of the training.
      evaluation: ModelGate's account.
      scored: The scores that it is made from.
      trained_on: What the SavedModel says of itself.
      blessed: Whether the model passed its gates.
      pushed: Version under which it was pushed; "" where it was not.
      data_fingerprint: Of names, labels and contents of all that was read.
      packages: Versions by name.
      lineage: Every artifact of `sources` by the input's name.
    """

    settings: Sequence[Setting]
    ingest: IngestAccount | None
    slice_filter: FilterAccount | None
    dropped: Sequence[DroppedSlice]
    leakage: LeakageAccount | None
    leaking: Sequence[LeakingSlice]
    epochs: Sequence[history.Row]
    evaluation: EvaluationAccount | None
    scored: scores.ScoreTable | None
    trained_on: TrainedOn | None
    blessed: bool | None
    pushed: str
    data_fingerprint: str
    packages: Mapping[str, str]
    lineage: Mapping[str, Source]

    def setting(self, key: str) -> Any:
        """Returns a setting's value, or None where it is not known."""
        return next((setting.value for setting in self.settings if setting.key == key), None)
