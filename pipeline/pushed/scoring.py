"""Scores by slice and by patient of a pushed model."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from components.ingest.params import IngestParams
from components.metrics.params import EvaluationParams
from components.metrics.scored import Scored
from components.metrics.scored import by_patient as patients_of
from pipeline.pushed.inputs import Input, read_slice

if TYPE_CHECKING:
    from components.served_model import ServedModel

__all__ = ["PatientScore", "Score", "by_patient", "score_slices"]

BATCH = 32  # slices a call of the model


@dataclasses.dataclass(frozen=True)
class Score:
    """What the model says of one file; `reason` says why it could say nothing."""

    file: str
    patient: str
    probability: float | None
    hemorrhage: int | None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class PatientScore:
    """What is said of one patient by the scores of the slices; None where no slice could be scored."""

    patient: str
    slices: int
    probability: float | None
    hemorrhage: int | None


def score_slices(model: "ServedModel", slices: Sequence[Input], params: IngestParams) -> list[Score]:
    """Scores slices by the model's `serving_bytes`, a batch at a time."""
    scores: list[Score] = []
    for start in range(0, len(slices), BATCH):
        batch = [(source, *read_slice(source, params)) for source in slices[start : start + BATCH]]
        sound = [(source, data) for source, data, reason in batch if not reason]
        answers = model.score_images([data for _, data in sound])
        answer_of = {
            source.name: (None, None, error) if error else (float(probability), int(label), "")
            for (source, _), probability, label, error in zip(
                sound, answers.probability, answers.hemorrhage, answers.error, strict=True
            )
        }
        for source, _, reason in batch:
            scores.append(
                Score(source.name, source.patient, *answer_of.get(source.name, (None, None, reason)))
            )
    return scores


def by_patient(scores: Iterable[Score], threshold: float, params: EvaluationParams) -> list[PatientScore]:
    """Returns patients in the order in which they come, scored as they are in a run's evaluation.

    Args:
      scores: Of slices.
      threshold: Of the model.
      params: How slices make a patient's score.
    """
    groups: dict[str, list[Score]] = {}
    for score in scores:
        if score.patient:  # a DICOM file without a slice is nobody's
            groups.setdefault(score.patient, []).append(score)
    patients = []
    for patient, group in groups.items():
        scored = [score for score in group if score.probability is not None]
        probability = hemorrhage = None
        if scored:
            probabilities = np.array([score.probability for score in scored], np.float32)
            row = Scored.of(np.zeros(len(scored), np.int8), probabilities, np.zeros(len(scored), np.int64))
            probability = float(patients_of(row, params.patient_score, params.top_k).probability[0])
            hemorrhage = int(probability >= threshold)
        patients.append(PatientScore(patient, len(group), probability, hemorrhage))
    return patients
