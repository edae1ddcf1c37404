"""Scores of made-up patients, some of whom are hard in all of their slices, as real ones are."""

import numpy as np

from components.metrics.scored import Scored


def clustered(patients: int, slices: int, seed: int, spread: float = 1.5, skill: float = 2.0) -> Scored:
    """Returns slices of patients who shift the scores of all of their slices.

    Args:
      patients: How many.
      slices: Of each.
      seed: Of everything.
      spread: Standard deviation of the patients' shifts, in logits; 0 makes slices independent.
      skill: By how much a hemorrhage raises a score, in logits.
    """
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), slices)
    share = np.where(random.random(patients) < 0.5, 0.6, 0.05)  # of a patient's slices
    hemorrhage = (random.random(patients * slices) < share[patient]).astype(np.int8)
    logits = skill * (hemorrhage - 0.5) + random.normal(0, 1, len(patient))
    logits += random.normal(0, spread, patients)[patient]
    return Scored.of(hemorrhage, (1 / (1 + np.exp(-logits))).astype(np.float32), patient)
