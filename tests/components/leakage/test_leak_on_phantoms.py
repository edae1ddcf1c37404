"""Phantoms split by patient, and the same split by slice, as it must not be."""

import io

import numpy as np
import pytest
from PIL import Image

from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.imaging.likeness import closer_look
from components.leakage.alike import Alike
from components.leakage.findings import Finding
from components.leakage.prints import Prints, from_bytes, print_of
from components.phantoms.params import PhantomParams
from components.phantoms.series import make_series
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

PATIENTS, SLICES, SIDE = 5, 40, 256
TRAIN, VAL = 0, 1


@pytest.fixture(scope="module")
def heads() -> list[list[np.ndarray]]:
    """The slices of a few patients that show brain, some 4 mm apart."""
    params = PhantomParams(
        patients=PATIENTS, seed=1, side=SIDE, slices_per_series=SLICES, hemorrhage_share=0.5
    )
    series = [make_series(patient, params) for patient in range(PATIENTS)]
    return [
        [to_grey(hu, BRAIN_WINDOW) for hu, brain in zip(one.hu, one.brain_share, strict=True) if brain > 0.02]
        for one in series
    ]


def found_in(slices: list[tuple[np.ndarray, int]]) -> tuple[Prints, Finding]:
    """What the gate finds alike by its defaults among (pixels, split), each of a patient of its own."""
    prints = from_bytes(
        b"".join(
            print_of(b"", grey, True, slice_id=f"{n:03d}", patient_id=f"{n}", split=split, label=0).tobytes()
            for n, (grey, split) in enumerate(slices)
        )
    )
    looks = np.stack([closer_look(slices[int(name)][0]) for name in prints["slice_id"]])
    defaults = DEFAULTS["leakage"]
    search = Alike(prints, defaults["max_hash_distance"])
    return prints, search.confirmed(lambda indices: looks[indices], defaults["min_correlation"], 5)


def test_phantoms_split_by_patient_pass(heads):
    slices = [(grey, int(patient >= 3)) for patient, series in enumerate(heads) for grey in series]
    assert not found_in(slices)[1].slices.any()


def test_phantoms_split_by_slice_are_caught_though_nothing_says_whose_they_are(heads):
    slices = [(grey, int(place % 5 == 2)) for series in heads for place, grey in enumerate(series)]
    prints, found = found_in(slices)
    held_out = prints["split"] == VAL
    assert found.slices[held_out].mean() > 0.1
    for pair in found.pairs:  # of one series, near each other
        one, other = (int(prints["slice_id"][index]) for index in (pair.one, pair.other))
        assert abs(one - other) <= 2


def resized(grey: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(grey).resize((SIDE * 480 // 512,) * 2, Image.Resampling.BICUBIC))


def jpeg(grey: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=90)
    return np.asarray(Image.open(file))


def brighter(grey: np.ndarray) -> np.ndarray:
    return np.uint8(np.clip(grey * 1.02, 0, 255))


@pytest.mark.parametrize("copy", [jpeg, resized, brighter, lambda grey: jpeg(brighter(resized(grey)))])
def test_every_copy_that_was_made_anew_is_caught(heads, copy):
    slices = [(grey, TRAIN) for series in heads for grey in series[::4]]
    copies = [(copy(grey), VAL) for grey, _ in slices]
    prints, found = found_in(slices + copies)
    assert found.slices.all()
    assert (found.copies == (prints["split"] == TRAIN)).all()
