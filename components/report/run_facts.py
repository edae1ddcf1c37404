"""What is known of a run: plain data, from which all else is made."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from schemas import history, scores


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
      settings: Key, value, unit, meaning, default of each setting that shapes a model.
      ingest: SliceExampleGen's report.
      slice_filter: SliceFilter's.
      dropped: Rows of its table of dropped slices.
      leakage: LeakageGate's report.
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

    settings: Sequence[Mapping[str, Any]]
    ingest: Mapping[str, Any]
    slice_filter: Mapping[str, Any]
    dropped: Sequence[Mapping[str, str]]
    leakage: Mapping[str, Any]
    leaking: Sequence[Mapping[str, str]]
    epochs: Sequence[history.Row]
    evaluation: Mapping[str, Any] | None
    scored: scores.ScoreTable | None
    trained_on: Mapping[str, Any]
    blessed: bool | None
    pushed: str
    data_fingerprint: str
    packages: Mapping[str, str]
    lineage: Mapping[str, Source]

    def setting(self, key: str) -> Any:
        """Returns a setting's value, or None where it is not known."""
        return next((one["value"] for one in self.settings if one["key"] == key), None)
