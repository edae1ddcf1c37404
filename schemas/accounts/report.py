"""Report's account, `report.json`: the whole report as plain data."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from schemas.accounts.account import Account, Part
from schemas.accounts.evaluation import Confusion, EvaluationAccount, Figure
from schemas.accounts.ingest import SplitCounts

__all__ = [
    "ChecklistItem",
    "DataFacts",
    "Epoch",
    "Flow",
    "Headline",
    "LineageRow",
    "ModelCard",
    "ReportAccount",
    "Setting",
    "ShownSlice",
    "ShownSlices",
    "Training",
    "Verdict",
]


class Verdict(Part):
    """What became of the model; `blessed` is None where it was not judged, `pushed` a version or ""."""

    blessed: bool | None
    pushed: str
    title: str
    why: tuple[str, ...]
    warnings: tuple[str, ...]


class Headline(Part):
    """The few figures that a reader wants first, of one split; slices and patients are counts."""

    split: str
    slices: int
    patients: int
    hemorrhages: int
    normals: int
    confusion: Confusion
    by_slice: Mapping[str, Figure | None]
    by_patient: Mapping[str, Figure | None]


class Flow(Part):
    """Counts of slices from the folder to the splits; reasons by name, commonest first.

    Attributes:
      found: Slices that the folder has.
      not_slices: Files that were not to be read, such as localizers; not among `found`.
      rejected: Files that could not be read.
      read: Slices in records.
      dropped: What the slice filter left out.
      kept: What it kept.
      leaking: What LeakageGate left out.
      splits: What is left, by split.
    """

    found: int
    not_slices: Mapping[str, int]
    rejected: Mapping[str, int]
    read: int
    dropped: Mapping[str, int]
    kept: int
    leaking: Mapping[str, int]
    splits: Mapping[str, SplitCounts]


class Epoch(Part):
    """A row of the training's table, as `schemas.history.Row`; None for a figure that is not finite."""

    epoch: int
    loss: float | None
    binary_accuracy: float | None
    val_loss: float | None
    val_binary_accuracy: float | None
    timestamp: str
    runtime: float | None


class Training(Part):
    """The training's table, and which epoch was exported."""

    epochs: tuple[Epoch, ...]
    exported_epoch: int


class ShownSlice(Part):
    """A slice to be shown or listed.

    Attributes:
      slice_id: Keyed hash.
      split: Name of the split.
      hemorrhage: Its label, 0 or 1.
      probability: What the model says; None for a slice that it was not asked about.
      detail: What else is to be said: attributes, or why it was dropped.
    """

    slice_id: str
    split: str
    hemorrhage: int
    probability: float | None
    detail: str = ""


class ShownSlices(Part):
    """The slices that the report shows or lists; samples by class, dropped ones by reason.

    Attributes:
      explained: Whether errors are shown with the model's own map of its evidence.
    """

    explained: bool
    false_negatives: tuple[ShownSlice, ...]
    false_positives: tuple[ShownSlice, ...]
    near_threshold: tuple[ShownSlice, ...]
    samples: Mapping[str, tuple[ShownSlice, ...]]
    dropped: Mapping[str, tuple[ShownSlice, ...]]


class Setting(Part):
    """One setting that shapes a model or its judgement.

    Attributes:
      reference: Of a model card, to where the value comes from; written only where there is one.
    """

    default: Any
    key: str
    meaning: str
    reference: str = ""
    unit: str
    value: Any

    @model_serializer(mode="wrap")
    def _without_empty_reference(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = serialize(self)
        return content if self.reference else {key: content[key] for key in content if key != "reference"}


class DataFacts(Part):
    """What is known of the data; "" where nothing is."""

    fingerprint: str
    key_fingerprint: str
    source: str
    form: str
    patients_from: str
    columns: tuple[str, ...]


class LineageRow(Part):
    """An artifact that the report is made from; its place is below the folder of all artifacts."""

    input: str
    id: int
    type: str
    node: str
    place: str


class ModelCard(Part):
    """A model card; what stands below each section is named by the Model Card Toolkit, not by ichor."""

    model_details: Mapping[str, Any]
    model_parameters: Mapping[str, Any]
    quantitative_analysis: Mapping[str, Any]
    considerations: Mapping[str, Any]


class ChecklistItem(Part):
    """One item of the CLAIM checklist.

    Attributes:
      number: 1 to 44.
      section: Of the checklist.
      asks: For what.
      status: Whether the run answers it, does so in part, or leaves it to people.
      answer: What the run knows; "" where it knows nothing.
    """

    number: int
    section: str
    asks: str
    status: Literal["answered", "in part", "open"]
    answer: str


class ReportAccount(Account):
    """All of a report; what the run did not come to is None or empty.

    Attributes:
      format: `FORMAT`, which this account has always written.
    """

    format: Literal[1] = 1
    verdict: Verdict
    headline: Headline | None
    flow: Flow | None
    training: Training
    evaluation: EvaluationAccount | None
    slices: ShownSlices
    settings: tuple[Setting, ...]
    versions: Mapping[str, str]
    seeds: Mapping[str, Any]
    data: DataFacts
    lineage: tuple[LineageRow, ...]
    model_card: ModelCard
    claim_2024: tuple[ChecklistItem, ...]
