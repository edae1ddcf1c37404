"""Prints of many slices without pictures: a head's outline and a texture that changes along its series.

Of 2,501 real slices of 82 patients, 26 of a million pairs of two patients differ in at most 16 of 256 places,
and 9,300 agree in a band of the search but for one place. Of a million pairs of these prints it is 19, and
24,000: they are harder for the search than real ones.
"""

import numpy as np
import numpy.typing as npt

from components.imaging import hamming
from components.imaging.likeness import SIDE
from components.leakage.prints import PRINT, Prints, Shows

SLICES = 30  # a patient, as in that set
WAVES = 12  # of a head's texture
SPLIT_SHARES = (4 / 6, 1 / 6, 1 / 6)
PATIENTS_AT_ONCE = 200


def made_prints(slices: int, random: np.random.Generator) -> Prints:
    """Returns prints of heads, split by patient; no two have equal pixels.

    Args:
      slices: How many, rounded to whole patients.
      random: Draws them.
    """
    patients = slices // SLICES
    prints = np.zeros(patients * SLICES, PRINT)
    parts = [min(PATIENTS_AT_ONCE, patients - first) for first in range(0, patients, PATIENTS_AT_ONCE)]
    prints["steps"] = np.concatenate([hamming.pack(_steps(part, random)) for part in parts])
    prints["slice_id"] = prints["pixels"] = np.arange(len(prints)).astype("S32")
    prints["patient_id"] = np.repeat(np.arange(patients), SLICES).astype("S32")
    prints["split"] = np.repeat(random.choice(len(SPLIT_SHARES), patients, p=SPLIT_SHARES), SLICES)
    prints["shows"] = Shows.A_HEAD
    return prints[np.argsort(prints["split"], kind="stable")]


def _steps(patients: int, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Draws series and returns where their slices get brighter to the right, bool (slices, 256)."""
    of_patient = (patients, 1, 1, 1)
    y, x = np.meshgrid(_centres(SIDE), _centres(SIDE + 1), indexing="ij")
    place = np.linspace(-1, 1, SLICES)[:, None, None] + random.normal(0, 0.02, of_patient)
    size = np.sqrt(np.clip(1 - 0.5 * place**2, 0.05, 1))
    x, y = (axis - random.normal(0, 0.08, of_patient) for axis in (x, y))
    turn = random.normal(0, 0.1, of_patient)
    across = (np.cos(turn) * x + np.sin(turn) * y) / (random.normal(0.68, 0.06, of_patient) * size)
    along = (np.cos(turn) * y - np.sin(turn) * x) / (random.normal(0.85, 0.06, of_patient) * size)
    outwards = np.hypot(across, along)
    texture = np.zeros_like(outwards)
    for _ in range(WAVES):
        width, height = random.uniform(2, 9, (2, *of_patient))
        phase = random.uniform(0, 2 * np.pi, of_patient) + random.normal(0, 5, of_patient) * place
        texture += np.cos(width * across + height * along + phase)
    skull = 155 * np.exp(-(((outwards - 0.93) / 0.07) ** 2))
    tissue = 100 + 25 * texture + skull + random.normal(0, 3, outwards.shape)
    brightness = np.round(np.where(outwards < 1, np.clip(tissue, 0, 255), 0))
    return (np.diff(brightness, axis=-1) > 0).reshape(patients * SLICES, -1)


def _centres(number: int) -> npt.NDArray[np.float64]:
    return (np.arange(number) + 0.5) / number * 2 - 1
