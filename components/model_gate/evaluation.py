"""From a table of scores to the account: every split by slice, by patient and by subgroup."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from components.metrics import subgroups
from components.metrics.bootstrap import Estimate, Resampling, differences
from components.metrics.catalogue import CATALOGUE
from components.metrics.params import EvaluationParams, GateParams
from components.metrics.scored import Scored, by_patient
from components.metrics.subgroups import Subgroup
from components.model_gate.units import Measuring, figures_of, measured, metrics_of, number
from schemas import features
from schemas.accounts.evaluation import (
    BaselineDifferences,
    EvaluatedSplit,
    EvaluationAccount,
    EvaluationSettings,
    GateRow,
    MeasuredSubgroup,
    ModelPoint,
    SubgroupFigure,
    SubgroupGap,
)
from schemas.scores import ScoreTable

__all__ = ["measuring_of", "scored_of"]

MeasuredGroups = list[tuple[Subgroup, Scored, dict[str, Estimate] | None]]


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What was measured, before it is judged.

    Attributes:
      metrics: Of the slices of the validation split, by which a model is judged.
      subgroups: Of the same slices; metrics are None for those too small.
      baseline: By how much each metric exceeds the latest blessed model's; None where there is none.
      operating_point: Of the model.
      settings: How it was measured.
      splits: Everything that was measured, for the account.
    """

    metrics: Mapping[str, Estimate]
    subgroups: MeasuredGroups
    baseline: Mapping[str, Estimate] | None
    operating_point: ModelPoint
    settings: EvaluationSettings
    splits: Mapping[str, EvaluatedSplit]

    def account(self, gates: Sequence[GateRow], blessed: bool) -> EvaluationAccount:
        """Returns the account, with the gates and the last word on the model."""
        baseline = self.baseline and BaselineDifferences(metrics=figures_of(self.baseline))
        return EvaluationAccount(
            operating_point=self.operating_point,
            settings=self.settings,
            splits=self.splits,
            baseline=baseline or None,
            gates=tuple(gates),
            blessed=blessed,
        )


def measuring_of(threshold: float, params: EvaluationParams, gate: GateParams) -> Measuring:
    """Returns what the settings and the model's threshold come to."""
    resampling = Resampling(params.replicates, params.confidence, params.seed)
    return Measuring(threshold, gate.at_specificity, params.prevalence, resampling)


def scored_of(table: ScoreTable) -> Scored:
    """Returns a table's rows as what metrics are made of."""
    return Scored.of(table.hemorrhage, table.probability, table.patient_id)


def evaluate(
    table: ScoreTable, operating_point: ModelPoint, params: EvaluationParams, gate: GateParams
) -> Evaluation:
    """Measures a model by its scores.

    Args:
      table: Scores of all splits.
      operating_point: Of the model.
      params: How it is measured.
      gate: At which specificity.
    Raises:
      ValueError: The validation split, which is judged, has no scores.
    """
    validation = table.of_split(features.VAL)
    if not len(validation):
        raise ValueError("scores: no slice of split val, by which a model is judged")
    measuring = measuring_of(operating_point.threshold, params, gate)
    positive = subgroups.of_hemorrhages_only(table.hemorrhage, table.attributes)
    splits, of_split, overall = {}, {}, {}
    for split in (name for name in features.SPLITS if (table.split == name).any()):
        rows = table.of_split(split)
        of_split[split] = _measure_subgroups(rows, positive, measuring, params)
        slices = scored_of(rows)
        patients = by_patient(slices, params.patient_score, params.top_k)
        overall[split] = metrics = metrics_of(slices, measuring)
        splits[split] = EvaluatedSplit(
            slices=measured(slices, metrics, measuring),
            patients=measured(patients, metrics_of(patients, measuring), measuring),
            subgroups=tuple(_subgroup(*group) for group in of_split[split]),
            largest_gaps=_gaps(of_split[split]),
        )
    return Evaluation(
        metrics=overall[features.VAL],
        subgroups=of_split[features.VAL],
        baseline=compared_with_baseline(validation, measuring),
        operating_point=operating_point,
        settings=EvaluationSettings(**params.model_dump(mode="json"), at_specificity=gate.at_specificity),
        splits=splits,
    )


def compared_with_baseline(validation: ScoreTable, measuring: Measuring) -> dict[str, Estimate] | None:
    """Returns by how much metrics exceed the latest blessed model's on the same slices, if there is one."""
    known = ~np.isnan(validation.baseline_probability)
    if not known.any():
        return None
    candidate = scored_of(validation.where(known))
    baseline = candidate.with_probability(validation.baseline_probability[known])
    differing = differences(
        candidate,
        baseline,
        measuring.threshold,
        measuring.threshold,
        measuring.at_specificity,
        measuring.resampling,
    )
    # Of a baseline only scores are known, not its threshold.
    return {name: estimate for name, estimate in differing.items() if not CATALOGUE[name].at_threshold}


def _measure_subgroups(
    rows: ScoreTable, positive: frozenset[str], measuring: Measuring, params: EvaluationParams
) -> MeasuredGroups:
    slices = scored_of(rows)
    groups = [
        *subgroups.by_attribute(rows.hemorrhage, rows.attributes, positive),
        *subgroups.by_position(slices.patient, rows.slice_index),
    ]
    groups_measured: MeasuredGroups = []
    for group in groups:
        picked = slices.where(group.mask)
        # What is rare is what counts: of a subtype its hemorrhages, not the normals beside them.
        own = slices.where(group.mask & (rows.hemorrhage == 1)) if group.all_normals else picked
        large = len(own) >= params.min_subgroup_slices and own.patients >= params.min_subgroup_patients
        groups_measured.append((group, picked, metrics_of(picked, measuring) if large else None))
    return groups_measured


def _subgroup(group: Subgroup, picked: Scored, metrics: dict[str, Estimate] | None) -> MeasuredSubgroup:
    return MeasuredSubgroup(
        column=group.column,
        value=group.value,
        slices=len(picked),
        patients=picked.patients,
        hemorrhages=picked.hemorrhages,
        all_normals=group.all_normals,
        metrics=None if metrics is None else figures_of(metrics),
    )


def _gaps(groups: MeasuredGroups) -> tuple[SubgroupGap, ...]:
    large = [(group, metrics) for group, _, metrics in groups if metrics is not None]
    return tuple(
        SubgroupGap(
            metric=gap.metric,
            column=gap.column,
            highest=SubgroupFigure(value=gap.highest[0], figure=number(gap.highest[1])),
            lowest=SubgroupFigure(value=gap.lowest[0], figure=number(gap.lowest[1])),
            gap=number(gap.gap),
            intervals_overlap=gap.intervals_overlap,
        )
        for gap in subgroups.largest_gaps(large)
    )
