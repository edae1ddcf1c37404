"""ModelGate's account, `evaluation.json`; a figure that cannot be had is None."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from schemas.accounts.account import Account, Part

__all__ = [
    "BaselineDifferences",
    "CalibrationBin",
    "Confusion",
    "EvaluatedSplit",
    "EvaluationAccount",
    "EvaluationSettings",
    "Figure",
    "GateRow",
    "Measured",
    "MeasuredSubgroup",
    "Metrics",
    "ModelPoint",
    "PrecisionRecallCurve",
    "PredictiveValues",
    "RocCurve",
    "ScoreHistogram",
    "SubgroupFigure",
    "SubgroupGap",
]

Figures = tuple[float | None, ...]


class Figure(Part):
    """A metric with its interval; `left_out` counts the replicates in which it cannot be had."""

    value: float | None
    low: float | None
    high: float | None
    left_out: int


Metrics = Mapping[str, Figure]  # by the metric's name


class Confusion(Part):
    """Rows by label and by what they are called."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int


class RocCurve(Part):
    """Points of a ROC curve with the interval of the sensitivity; empty where a class is missing."""

    false_positive_rate: Figures
    sensitivity: Figures
    threshold: Figures
    low: Figures
    high: Figures


class PrecisionRecallCurve(Part):
    """Points of precision against recall; empty where a class is missing."""

    recall: Figures
    precision: Figures
    threshold: Figures


class CalibrationBin(Part):
    """Rows with scores `lowest` to `highest`: their mean score, and the share that has a hemorrhage."""

    lowest: float | None = Field(validation_alias="from", serialization_alias="from")
    highest: float | None = Field(validation_alias="to", serialization_alias="to")
    count: int
    mean_probability: float | None
    observed: float | None
    low: float | None
    high: float | None


class ScoreHistogram(Part):
    """How many rows of each class have a score between two neighbouring edges."""

    edges: tuple[float, ...]
    hemorrhage: tuple[int, ...]
    normal: tuple[int, ...]


class PredictiveValues(Part):
    """At a prevalence, which is the rows' `own` unless the settings name another."""

    prevalence: float | None
    own: bool
    ppv: Figure
    npv: Figure


class Measured(Part):
    """One set of rows, slices or patients."""

    count: int
    hemorrhages: int
    normals: int
    patients: int
    metrics: Metrics
    confusion: Confusion
    roc: RocCurve
    precision_recall: PrecisionRecallCurve
    calibration: tuple[CalibrationBin, ...]
    histogram: ScoreHistogram
    predictive_values: PredictiveValues


class MeasuredSubgroup(Part):
    """Slices with one value of a column.

    Attributes:
      column: Of the label table.
      value: In it.
      slices: With that value; of a subtype, its hemorrhages and all normals.
      patients: Of them.
      hemorrhages: Among them.
      all_normals: Whether the group is a subtype's hemorrhages against all normal slices.
      metrics: None for a group that is too small.
    """

    column: str
    value: str
    slices: int
    patients: int
    hemorrhages: int
    all_normals: bool
    metrics: Metrics | None


class SubgroupFigure(Part):
    """What a metric comes to in the subgroup of one value."""

    value: str
    figure: float | None


class SubgroupGap(Part):
    """How far subgroups of a column are apart in a metric; overlap is None where an interval is missing."""

    metric: str
    column: str
    highest: SubgroupFigure
    lowest: SubgroupFigure
    gap: float | None
    intervals_overlap: bool | None


class EvaluatedSplit(Part):
    """A split by slice, by patient and by subgroup."""

    slices: Measured
    patients: Measured
    subgroups: tuple[MeasuredSubgroup, ...]
    largest_gaps: tuple[SubgroupGap, ...]

    def by_unit(self) -> dict[str, Measured]:
        """Returns what was measured by "slices" and by "patients"."""
        return {"slices": self.slices, "patients": self.patients}


class ModelPoint(Part):
    """The operating point of the model, which version it is of, and the rule that chose its threshold."""

    threshold: float
    temperature: float
    version: str
    rule: str


class EvaluationSettings(Part):
    """How it was measured: the parameters of the evaluation, and the specificity that the gate names."""

    patient_score: str
    top_k: int
    replicates: int
    confidence: float
    prevalence: float
    min_subgroup_slices: int
    min_subgroup_patients: int
    seed: int
    at_specificity: float


class BaselineDifferences(Part):
    """By how much metrics exceed the latest blessed model's on the same slices."""

    metrics: Metrics


class GateRow(Part):
    """One demand and what became of it.

    Attributes:
      gate: What is looked at.
      bound: What is demanded, in words.
      value: What came; None where there is none.
      passed: Whether that is enough.
      note: What a reader should know beside it.
      split: On which it is judged.
    """

    gate: str
    bound: str
    value: float | None
    passed: bool
    note: str
    split: str


class EvaluationAccount(Account):
    """What a model is worth, and whether it passed its gates."""

    INDENT: ClassVar[int | None] = None
    END: ClassVar[str] = ""

    operating_point: ModelPoint
    settings: EvaluationSettings
    splits: Mapping[str, EvaluatedSplit]
    baseline: BaselineDifferences | None
    gates: tuple[GateRow, ...]
    blessed: bool
