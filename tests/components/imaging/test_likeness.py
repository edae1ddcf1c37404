"""Copies of phantoms against other patients' phantoms: what must look alike, and what must not."""

import functools
import io
import itertools

import numpy as np
import pytest
from PIL import Image

from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.imaging.likeness import (
    CLOSER_SIDE,
    brightness_steps,
    closer_look,
    edge_correlation,
    steps_of_grey,
)
from components.phantoms.params import PhantomParams
from components.phantoms.series import make_series
from pipeline.settings.config import DEFAULTS

pytestmark = pytest.mark.numpy

PATIENTS, SLICES, SIDE = 4, 12, 256
ALIKE_PLACES, ALIKE_EDGES = DEFAULTS["leakage"]["max_hash_distance"], DEFAULTS["leakage"]["min_correlation"]


@functools.cache
def heads() -> list[list[np.ndarray]]:
    """The slices of a few patients that show brain, as the slice filter keeps them, in a brain window."""
    params = PhantomParams(
        patients=PATIENTS, seed=5, side=SIDE, slices_per_series=SLICES, hemorrhage_share=0.5
    )
    series = [make_series(patient, params) for patient in range(PATIENTS)]
    return [
        [
            to_grey(hu, BRAIN_WINDOW)
            for hu, brain in zip(head.hu, head.brain_share, strict=True)
            if brain >= 0.02
        ]
        for head in series
    ]


def encoded(grey: np.ndarray, kind: str, **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, kind, **options)
    return file.getvalue()


def decoded(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))


def resized(grey: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(grey).resize((side, side), Image.Resampling.BICUBIC))


def brighter(grey: np.ndarray, factor: float, levels: float = 0) -> np.ndarray:
    return np.uint8(np.clip(np.rint(grey.astype(float) * factor + levels), 0, 255))


COPIES = {
    "a JPEG of quality 90": lambda grey: decoded(encoded(grey, "JPEG", quality=90)),
    "a JPEG of quality 75": lambda grey: decoded(encoded(grey, "JPEG", quality=75)),
    "480 of 512 pixels": lambda grey: resized(grey, SIDE * 480 // 512),
    "half the pixels": lambda grey: resized(grey, SIDE // 2),
    "2 % brighter": lambda grey: brighter(grey, 1.02),
    "2 % darker": lambda grey: brighter(grey, 0.98),
    "5 levels brighter": lambda grey: brighter(grey, 1, 5),
    "5 levels darker": lambda grey: brighter(grey, 1, -5),
    "16 bits": lambda grey: grey.astype(np.uint16) * 257,
    "smaller, brighter and a JPEG": lambda grey: decoded(
        encoded(brighter(resized(grey, SIDE * 480 // 512), 1.02), "JPEG", quality=90)
    ),
}


def places(first: np.ndarray, second: np.ndarray) -> int:
    """In how many of 256 places two pictures' brightness steps differ."""
    ours, theirs = steps_of_grey(first), steps_of_grey(second)
    assert ours is not None
    assert theirs is not None
    return int((ours != theirs).sum())


def edges(first: np.ndarray, second: np.ndarray) -> float:
    return float(edge_correlation(closer_look(first)[None], closer_look(second)[None])[0])


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_looks_like_its_original(copy: str):
    for grey in itertools.chain(*heads()):
        again = COPIES[copy](grey)
        assert places(grey, again) <= ALIKE_PLACES
        assert edges(grey, again) >= ALIKE_EDGES


def test_slices_of_two_patients_do_not_look_alike():
    for ours, theirs in itertools.combinations(heads(), 2):
        for grey, other in itertools.product(ours, theirs):
            assert places(grey, other) > ALIKE_PLACES or edges(grey, other) < ALIKE_EDGES


def test_equal_pixels_have_equal_steps_whatever_they_are_encoded_as():
    grey = decoded(encoded(heads()[0][5], "JPEG", quality=80))
    for file in (encoded(grey, "PNG"), encoded(grey, "PNG", compress_level=1)):
        assert (steps_of_grey(decoded(file)) == steps_of_grey(grey)).all()
        assert (brightness_steps(file) == steps_of_grey(grey)).all()


def test_edges_correlate_as_the_gradients_do_by_hand():
    step = np.zeros((CLOSER_SIDE, CLOSER_SIDE), np.uint8)
    step[:, 32:] = 100  # an edge downwards, of 63 differences to the right
    corner = step.copy()
    corner[32:] = 0  # half of that edge, 32 long, and one of 31 to the left below it
    assert edges(step, step) == pytest.approx(1)
    assert edges(step, 150 - step) == pytest.approx(-1)
    assert edges(step, step // 2 + 20) == pytest.approx(1)  # other brightness and contrast
    assert edges(step, step.T) == 0  # one to the right, one downwards
    assert edges(step, corner) == pytest.approx(32 / np.sqrt(63 * (32 + 31)))


def test_a_flat_picture_has_no_steps_and_correlates_with_nothing():
    flat = np.full((SIDE, SIDE), 40, np.uint8)
    assert steps_of_grey(flat) is None
    assert steps_of_grey(np.zeros((SIDE, SIDE), np.uint16)) is None
    assert edges(flat, flat) == edges(flat, heads()[0][5]) == 0
