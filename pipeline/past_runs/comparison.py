"""Two models by their tables of scores: each on its own slices, and both on the slices that both scored."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from components.metrics.bootstrap import differences
from components.metrics.params import EvaluationParams, GateParams
from components.metrics.scored import Scored, by_patient
from components.model_gate.evaluation import measuring_of, scored_of
from components.model_gate.units import Measuring, figures_of, metrics_of
from components.slices.errors import DataError
from schemas import features
from schemas.accounts.account import Account, Part
from schemas.accounts.evaluation import Metrics
from schemas.scores import ScoreTable

__all__ = ["ComparedRun", "Comparison", "Contender", "OwnFigures", "SharedFigures", "compare"]


@dataclasses.dataclass(frozen=True)
class Contender:
    """One of the two models.

    Attributes:
      name: How it is called in messages.
      scores: Of all splits.
      threshold: Its own, 0..1.
    """

    name: str
    scores: ScoreTable
    threshold: float


class OwnFigures(Part):
    """A model on its own slices of a split."""

    count: int
    hemorrhages: int
    patients: int
    metrics: Metrics


class SharedFigures(Part):
    """Both models on the slices, or patients, that both scored; differences are the first's figures minus
    the second's.
    """

    count: int
    hemorrhages: int
    patients: int
    metrics: tuple[Metrics, Metrics]
    differences: Metrics


class ComparedSplit(Part):
    """A split: each model on its own slices, and both on the same, by slices and by patients."""

    own: tuple[OwnFigures, OwnFigures]
    both: Mapping[str, SharedFigures]


class ComparedRun(Part):
    """A run as it was named, its id, and the operating point of its model."""

    name: str
    id: str
    threshold: float
    temperature: float
    version: str
    rule: str


class Comparison(Account):
    """What `ichor compare --json` prints."""

    END: ClassVar[str] = ""

    runs: tuple[ComparedRun, ComparedRun]
    settings_that_differ: Mapping[str, tuple[Any, Any]]
    warnings: tuple[str, ...]
    confidence: float
    splits: Mapping[str, ComparedSplit]


def compare(
    first: Contender, second: Contender, params: EvaluationParams, gate: GateParams
) -> dict[str, ComparedSplit]:
    """Returns metrics of both on their own slices, on those that both scored, and the differences there.

    Args:
      first: Its figures minus the second's are the differences.
      second: The other model.
      params: How it is measured.
      gate: At which specificity.
    Raises:
      DataError: The runs have no slice in common, split or label them differently, or one learnt from
        patients by whom the other is judged.
    """
    _require_comparable(first, second)
    measuring = [measuring_of(contender.threshold, params, gate) for contender in (first, second)]
    splits = {}
    for split in features.JUDGED:
        own = [contender.scores.of_split(split) for contender in (first, second)]
        if not all(map(len, own)):
            continue
        shared = np.intersect1d(own[0].slice_id, own[1].slice_id)
        both = [_ordered(table, shared) for table in own]
        splits[split] = ComparedSplit(
            own=(_own(scored_of(own[0]), measuring[0]), _own(scored_of(own[1]), measuring[1])),
            both=_both([scored_of(table) for table in both], measuring, params),
        )
    return splits


def _both(
    slices: list[Scored], measuring: list[Measuring], params: EvaluationParams
) -> dict[str, SharedFigures]:
    patients = [by_patient(scored, params.patient_score, params.top_k) for scored in slices]
    by_unit = {}
    for unit, (first, second) in (("slices", slices), ("patients", patients)):
        differing = differences(
            first,
            second,
            measuring[0].threshold,
            measuring[1].threshold,
            measuring[0].at_specificity,
            measuring[0].resampling,
        )
        by_unit[unit] = SharedFigures(
            count=len(first),
            hemorrhages=first.hemorrhages,
            patients=first.patients,
            metrics=(
                figures_of(metrics_of(first, measuring[0])),
                figures_of(metrics_of(second, measuring[1])),
            ),
            differences=figures_of(differing),
        )
    return by_unit


def _own(slices: Scored, measuring: Measuring) -> OwnFigures:
    return OwnFigures(
        count=len(slices),
        hemorrhages=slices.hemorrhages,
        patients=slices.patients,
        metrics=figures_of(metrics_of(slices, measuring)),
    )


def _ordered(table: ScoreTable, slice_ids: np.ndarray) -> ScoreTable:
    """Returns the rows with these ids, which are sorted, in their order."""
    kept = table.where(np.isin(table.slice_id, slice_ids))
    order = np.argsort(kept.slice_id)
    return dataclasses.replace(
        kept,
        **{
            field.name: getattr(kept, field.name)[order]
            for field in dataclasses.fields(kept)
            if field.name != features.ATTRIBUTES
        },
        attributes=[kept.attributes[row] for row in order],
    )


def _require_comparable(first: Contender, second: Contender) -> None:
    pair = f"{first.name} and {second.name}"
    table, other = first.scores, second.scores
    shared = np.intersect1d(table.slice_id, other.slice_id)
    if not len(shared):
        raise DataError(
            f"{pair} scored no slice in common: their data folders or their keys "
            "(ingest.key_file) differ; give both runs the same"
        )
    table, other = _ordered(table, shared), _ordered(other, shared)
    moved = int((table.split != other.split).sum())
    strangers = _split_of_patients(first.scores, second.scores)
    if moved or strangers:
        raise DataError(
            f"{pair} split patients differently: {moved} slices that both scored and {strangers} patients "
            "are in other splits, so that one model may have learnt from what the other is judged by; give "
            "both runs the same ingest.seed and ingest.*_buckets"
        )
    relabelled = int((table.hemorrhage != other.hemorrhage).sum())
    if relabelled:
        raise DataError(
            f"{pair} read other labels for {relabelled} of {len(shared)} slices that "
            "both scored; run both on the same labels"
        )
    if (table.patient_id != other.patient_id).any():
        raise DataError(
            f"{pair} know other patients for the same slices; give both runs the same "
            "label table or ingest.patient_pattern"
        )


def _split_of_patients(table: ScoreTable, other: ScoreTable) -> int:
    """Counts patients who are in different splits of the two tables."""
    splits: Mapping[str, str] = dict(zip(table.patient_id.tolist(), table.split.tolist(), strict=True))
    others = dict(zip(other.patient_id.tolist(), other.split.tolist(), strict=True))
    return sum(splits.get(patient, split) != split for patient, split in others.items())
