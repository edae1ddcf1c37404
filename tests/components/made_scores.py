"""Tables of scores, as SliceScorer would write them, of made-up patients."""

import numpy as np

from schemas.scores import ScoreTable

SLICES = 12  # of a patient
SUBTYPES = ("subdural", "epidural")


def made_scores(patients: int = 60, *, baseline: bool = False, seed: int = 0) -> ScoreTable:
    """Returns slices of patients, by turns of train, val and test, every other one with hemorrhages.

    A slice with a hemorrhage, in the middle of the series, has a subtype; each slice has a sex. The
    baseline, which scored val, is a model made worse by its own noise.
    """
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), SLICES)
    index = np.tile(np.arange(SLICES), patients)
    hemorrhage = ((patient // 3) % 2 == 0) & (index > 3) & (index < 9)
    logits = (
        4.0 * hemorrhage - 2.5 + random.normal(0, 0.8, patients)[patient] + random.normal(0, 1, len(patient))
    )
    noise = random.normal(0, 2, len(patient))
    split = np.array(["train", "val", "test"])[patient % 3]
    known = baseline & (split == "val")
    return ScoreTable(
        split=split,
        slice_id=np.array([f"s{number:06d}" for number in range(len(patient))]),
        patient_id=np.array([f"p{number:04d}" for number in patient]),
        hemorrhage=hemorrhage.astype(np.int8),
        probability=_sigmoid(logits),
        baseline_probability=np.where(known, _sigmoid(logits + noise), np.nan).astype(np.float32),
        slice_index=index,
        attributes=[
            (*([f"subtype={SUBTYPES[number // 6 % 2]}"] if ill else []), f"sex={'fm'[number // 3 % 2]}")
            for number, ill in zip(patient, hemorrhage, strict=True)
        ],
    )


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-logits))).astype(np.float32)
