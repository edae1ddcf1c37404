"""The pointing game on maps and masks of a few pixels."""

import numpy as np
import pytest

from components.explanations.pointing import Pointed, Share, mean_of, pointed, widened
from components.metrics.bootstrap import Resampling

pytestmark = pytest.mark.numpy

MASK = np.zeros((6, 8), bool)
MASK[2:4, 3:5] = True
HOW = Resampling(500, 0.95, 0)


def heat(**levels: int) -> np.ndarray:
    """A map with levels at places such as r2c3."""
    drawn = np.zeros(MASK.shape, np.uint8)
    for place, level in levels.items():
        drawn[int(place[1]), int(place[3])] = level
    return drawn


def test_a_peak_in_the_mask_is_a_hit_and_the_mass_is_the_share_of_the_sum_there():
    assert pointed(heat(r2c3=255, r0c0=85), MASK, 0) == Pointed(True, 0.75)
    assert pointed(heat(r2c3=85, r0c0=255), MASK, 0) == Pointed(False, 0.25)


def test_a_tolerance_is_a_distance_from_the_mask():
    beside = heat(r0c1=255)  # two rows and two columns off: 2.83 pixels
    assert [pointed(beside, MASK, off).hit for off in (0, 2.8, 2.9)] == [False, False, True]


def test_a_map_of_zeros_points_nowhere():
    assert pointed(heat(), MASK, 100) == Pointed(False, 0.0)


def test_of_equally_high_pixels_the_middle_one_is_the_peak():
    assert pointed(heat(r2c2=255, r2c3=255, r2c4=255, r2c5=255, r2c6=255), MASK, 0).hit
    assert not pointed(heat(r0c0=255, r0c1=255, r0c2=255), MASK, 0).hit


def test_a_widened_mask_has_the_pixels_that_a_tolerance_lets_in():
    np.testing.assert_array_equal(widened(MASK, 0), MASK)
    for tolerance in (1, 1.5, 3):
        expected = [
            [pointed(heat(**{f"r{row}c{column}": 1}), MASK, tolerance).hit for column in range(8)]
            for row in range(6)
        ]
        np.testing.assert_array_equal(widened(MASK, tolerance), expected)


def test_a_mask_of_another_size_or_without_a_pixel_is_refused():
    with pytest.raises(ValueError, match=r"a mask of \(6, 7\), 4 pixels set, for a map of \(6, 8\)"):
        pointed(heat(), MASK[:, :-1], 0)
    with pytest.raises(ValueError, match="0 pixels set"):
        pointed(heat(), np.zeros_like(MASK), 0)


def test_slices_of_one_patient_are_drawn_together():
    patients = np.repeat(np.arange(10), 20)
    values = np.repeat([0.0, 1.0], 100)
    together = mean_of(values, patients, HOW)
    assert together.value == 0.5
    # Ten patients, each 0 or 1: the mean of ten draws has a standard deviation of sqrt(0.25 / 9) = 0.167, and
    # Student's quantile at nine degrees of freedom is 2.262. Such a mean comes in tenths.
    assert together.high - together.low == pytest.approx(2 * 2.262 * 0.167, abs=0.11)
    apart = mean_of(values, np.arange(200), HOW)
    assert apart.high - apart.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 200), abs=0.03)


def test_by_too_few_patients_there_is_no_interval():
    assert mean_of(np.array([1.0, 0.0]), np.array([0, 1]), HOW) == Share(0.5, None, None)
