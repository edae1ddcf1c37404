"""Scores with what they are judged by: labels, and which patient each belongs to."""

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Scored", "by_patient"]

PatientScore = Literal["max", "top_mean"]


@dataclasses.dataclass(frozen=True)
class Scored:
    """Scored slices, or scored patients; all of one length n.

    Attributes:
      hemorrhage: int8, (n,), the label, 0 or 1.
      probability: float32, (n,), 0..1.
      patient: int64, (n,), number of the row's patient, 0 to `patients` - 1, each of which occurs.
      patients: How many patients there are.
    """

    hemorrhage: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float32]
    patient: npt.NDArray[np.int64]
    patients: int

    @classmethod
    def of(
        cls,
        hemorrhage: npt.NDArray[np.int8],
        probability: npt.NDArray[np.float32],
        patient_id: npt.NDArray[np.str_] | npt.NDArray[np.int64],
    ) -> "Scored":
        """Returns rows whose patients are numbered in the order of their ids."""
        names, patient = np.unique(patient_id, return_inverse=True)
        return cls(
            np.asarray(hemorrhage, np.int8),
            np.asarray(probability, np.float32),
            patient.astype(np.int64),
            len(names),
        )

    def __len__(self) -> int:
        return len(self.hemorrhage)

    @property
    def hemorrhages(self) -> int:
        """How many rows have a hemorrhage."""
        return int(np.count_nonzero(self.hemorrhage))

    def where(self, mask: npt.NDArray[np.bool_]) -> "Scored":
        """Returns the rows that a mask, bool (n,), picks; patients are numbered anew."""
        return Scored.of(self.hemorrhage[mask], self.probability[mask], self.patient[mask])

    def with_probability(self, probability: npt.NDArray[np.float32]) -> "Scored":
        """Returns the same rows with the scores, float32 (n,), of another model."""
        return dataclasses.replace(self, probability=np.asarray(probability, np.float32))


def by_patient(slices: Scored, score: PatientScore, top_k: int) -> Scored:
    """Returns one row a patient, who has a hemorrhage if any of the slices has.

    Args:
      slices: Scored slices.
      score: `max`: the highest score of the patient's slices. `top_mean`: the mean of the `top_k` highest,
        or of all where there are fewer.
      top_k: Slices, at least 1; `max` does not look at it.
    """
    order = np.lexsort((-slices.probability, slices.patient))
    patient = slices.patient[order]
    starts = np.searchsorted(patient, np.arange(slices.patients))
    rank = np.arange(len(slices)) - starts[patient]
    counted = rank < (1 if score == "max" else top_k)
    sums = np.bincount(patient[counted], slices.probability[order][counted], minlength=slices.patients)
    counts = np.bincount(patient[counted], minlength=slices.patients)
    hemorrhage = np.bincount(slices.patient, slices.hemorrhage, minlength=slices.patients) > 0
    return Scored(
        hemorrhage.astype(np.int8),
        (sums / np.maximum(counts, 1)).astype(np.float32),
        np.arange(slices.patients, dtype=np.int64),
        slices.patients,
    )
