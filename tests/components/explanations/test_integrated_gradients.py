"""Integrated gradients of functions whose integrals are known."""

import numpy as np
import pytest
import tensorflow as tf

from components.explanations.integrated_gradients import integrated_gradients, smoothed

pytestmark = pytest.mark.tf

RANDOM = np.random.default_rng(0)
PIXELS = tf.constant(RANDOM.random((6, 6, 2)), tf.float32)
WEIGHTS = tf.constant(RANDOM.normal(size=(6, 6, 2)), tf.float32)


def test_of_a_weighted_sum_each_pixel_adds_its_weight_times_itself():
    result = integrated_gradients(lambda x: tf.reduce_sum(WEIGHTS * x, (1, 2, 3)) + 3.0, PIXELS, 5)
    np.testing.assert_allclose(result.values, (WEIGHTS * PIXELS).numpy().sum(-1), atol=1e-5)
    assert result.gap == pytest.approx(0, abs=1e-5)
    assert result.rise == pytest.approx(float(tf.reduce_sum(WEIGHTS * PIXELS)), abs=1e-5)


def test_of_a_square_of_a_sum_pixels_share_what_they_add_together():
    # f = (x1 + x2)^2 at (3, 1): along the way df/dx = 2 * 4t, so x1 adds 3 * 4 and x2 adds 1 * 4.
    pixels = tf.reshape(tf.constant([3.0, 1.0, 0.0, 0.0]), (2, 2, 1))
    result = integrated_gradients(lambda x: tf.square(tf.reduce_sum(x, (1, 2, 3))), pixels, 20)
    np.testing.assert_allclose(result.values, [[12.0, 4.0], [0.0, 0.0]], atol=1e-4)


def test_more_steps_leave_less_unaccounted_for():
    def logit(x: tf.Tensor) -> tf.Tensor:
        return tf.tanh(3.0 * tf.reduce_sum(WEIGHTS * x, (1, 2, 3)))

    gaps = [integrated_gradients(logit, PIXELS, steps).gap for steps in (2, 8, 64)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.01


def test_smoothing_keeps_what_speaks_for_a_hemorrhage_and_moves_no_peak():
    values = np.zeros((25, 25), np.float32)
    values[12, 7], values[3, 20] = 1.0, -5.0
    blurred = smoothed(values, 0.08)  # two pixels
    assert blurred.min() >= 0
    assert np.unravel_index(blurred.argmax(), blurred.shape) == (12, 7)
    assert blurred[12, 9] / blurred[12, 7] == pytest.approx(np.exp(-0.5), rel=0.01)
    np.testing.assert_array_equal(smoothed(values, 0), values.clip(0))
