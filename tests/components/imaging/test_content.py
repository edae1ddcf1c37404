"""Measures of drawn heads whose areas are known from geometry."""

import dataclasses
import math

import numpy as np
import pytest

from components.imaging.content import SliceMeasures, measure
from schemas import features

pytestmark = pytest.mark.numpy

AIR, BRAIN, BONE, COUCH = 0, 120, 255, 90


def head(
    side: int = 512,
    brain: float = 0.25,
    skull: float = 0.3,
    degrees: float = 0,
    couch: bool = False,
    shape: tuple[int, int] | None = None,
) -> np.ndarray:
    """Draws an elliptic head; `brain` and `skull` are its long half-axes as shares of `side`.

    The short half-axes are 0.8 of them, so that the brain's area is 0.8 pi brain^2 side^2. The couch
    is a grey arc of 0.02 sides below the head and a headrest of 0.025 sides to its left and right.
    """
    rows, columns = shape or (side, side)
    down = (np.arange(rows) + 0.5 - rows / 2)[:, None] / side
    right = (np.arange(columns) + 0.5 - columns / 2)[None, :] / side
    turn = math.radians(degrees)
    along = down * math.cos(turn) + right * math.sin(turn)
    across = (right * math.cos(turn) - down * math.sin(turn)) / 0.8
    radius = np.hypot(along, across)
    picture = np.full((rows, columns), AIR, np.uint8)
    if couch:
        arc = np.hypot(along + 0.5, across * 0.8)
        picture[(arc > 0.92) & (arc < 0.94)] = COUCH
        picture[(np.abs(np.abs(across * 0.8) - 0.4) < 0.0125) & (along > 0)] = COUCH
    picture[radius < skull] = BONE
    picture[radius < brain] = BRAIN
    return picture


def ellipse(half_axis: float) -> float:
    return 0.8 * math.pi * half_axis**2


def test_measures_are_named_as_the_contract_says():
    names = tuple(field.name for field in dataclasses.fields(SliceMeasures))
    assert names == features.MEASURES + features.HU_MEASURES


@pytest.mark.parametrize("brain", [0.06, 0.1, 0.25])
def test_brain_share_is_the_area_of_the_brain_and_head_share_that_of_the_skull(brain):
    measures = measure(head(brain=brain))
    assert measures.brain_share == pytest.approx(ellipse(brain), abs=5e-4)
    assert measures.head_share == pytest.approx(ellipse(0.3), abs=5e-4)


@pytest.mark.parametrize("side", [48, 64, 100, 224, 300, 511, 650, 1024])
def test_shares_do_not_depend_on_the_size_of_the_picture(side):
    assert measure(head(side)).brain_share == pytest.approx(ellipse(0.25), rel=0.02)


@pytest.mark.parametrize("shape", [(512, 700), (700, 512)])
def test_a_picture_need_not_be_square(shape):
    expected = ellipse(0.25) * 512 / 700
    assert measure(head(shape=shape)).brain_share == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("degrees", [0, 17, 30, 45, 90, 180])
def test_couch_and_headrest_hardly_count_however_the_picture_is_turned(degrees):
    """What is left is a crossing of couch and headrest: a quarter of the filter's threshold."""
    measures = measure(head(degrees=degrees, couch=True))
    assert measures.brain_share == pytest.approx(ellipse(0.25), abs=0.005)
    assert measures.head_share == pytest.approx(ellipse(0.3), abs=0.005)


@pytest.mark.parametrize("degrees", [0, 17, 30, 45, 90])
@pytest.mark.parametrize("side", [256, 512, 650])
def test_a_blank_slice_with_couch_and_headrest_shows_hardly_any_head(side, degrees):
    picture = head(side, brain=0, skull=0, degrees=degrees, couch=True)
    assert ((picture > 10) & (picture < 245)).mean() > 0.02  # which a bare count would call brain
    assert measure(picture).head_share < 0.005


def test_sixteen_bits_measure_as_eight():
    picture = head(couch=True)
    assert measure(picture.astype(np.uint16) * 257) == measure(picture)


def test_an_inverted_slice_measures_as_the_slice_itself():
    picture = head(couch=True)
    assert measure(255 - picture) == measure(picture)
    sixteen = picture.astype(np.uint16) * 257
    assert measure(65535 - sixteen) == measure(picture)


def test_a_grey_background_with_noise_is_air():
    noise = np.random.default_rng(0).integers(-4, 5, (512, 512))
    picture = head()
    video = np.where(picture == AIR, 16 + noise, np.minimum(picture, 235)).astype(np.uint8)
    measures = measure(video)
    assert measures.head_share == pytest.approx(ellipse(0.3), abs=1e-3)


@pytest.mark.parametrize("grey", [0, 60, 128, 255])
def test_an_even_picture_shows_nothing_whatever_its_grey(grey):
    measures = measure(np.full((128, 128), grey, np.uint8))
    assert (measures.brain_share, measures.head_share, measures.contrast) == (0, 0, 0)


def test_noise_in_the_dark_is_not_a_head():
    noise = np.random.default_rng(1).integers(0, 9, (512, 512)).astype(np.uint8)
    assert measure(noise).head_share == 0


def test_a_head_that_the_picture_cuts_off_is_not_taken_for_background():
    whole = head(1024, brain=0.36, skull=0.4)
    cut = whole[256:768, 256:768]  # no air is left
    inside = cut == BRAIN
    grey_and_white = np.where(np.mgrid[:512, :512].sum(0) % 64 < 32, 105, 135).astype(np.uint8)
    picture = np.where(inside, grey_and_white, cut)
    assert inside.mean() > 0.9
    assert measure(picture).brain_share == pytest.approx(inside.mean(), abs=5e-3)


def test_a_thin_white_frame_does_not_make_a_slice_inverted():
    picture = head()
    picture[[0, -1], :] = picture[:, [0, -1]] = 255
    assert measure(picture).mean_intensity == pytest.approx(measure(head()).mean_intensity, abs=0.01)


def test_the_lattice_counts_what_all_pixels_would():
    """A ring every 12 pixels: ten times more edge than a brain has."""
    down, right = np.mgrid[-256:256, -256:256] + 0.5
    radius = np.hypot(down, right)
    rings = np.where(radius < 200, np.where(radius % 12 < 7, BRAIN, BONE), AIR).astype(np.uint8)
    assert measure(rings).brain_share == pytest.approx((rings == BRAIN).mean(), abs=1e-3)


def test_intensities_are_those_of_a_histogram_done_by_hand():
    picture = np.zeros((100, 100), np.uint8)
    picture[:, 50:] = 102  # 0.4 of 255
    measures = measure(picture)
    assert measures.mean_intensity == pytest.approx(0.2)
    assert measures.contrast == pytest.approx(0.2)
    assert measures.bright_intensity == pytest.approx(0.4)
    picture[0, :40] = 204  # four of a thousand: above the 99th percentile
    assert measure(picture).bright_intensity == pytest.approx(0.4)


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (17, 17)])
def test_tiny_pictures_are_measured_within_bounds(shape):
    picture = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    measures = dataclasses.asdict(measure(picture))
    assert all(0 <= measures[name] <= 1 for name in features.MEASURES)
    assert all(measures[name] is None for name in features.HU_MEASURES)


def test_what_is_not_a_grey_picture_is_refused():
    with pytest.raises(ValueError, match=r"rows, columns.*got shape \(4, 4, 3\)"):
        measure(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ValueError, match=r"at least one pixel, got shape \(0, 4\)"):
        measure(np.zeros((0, 4), np.uint8))
    with pytest.raises(TypeError, match="uint8 or uint16, got float32"):
        measure(np.zeros((4, 4), np.float32))
