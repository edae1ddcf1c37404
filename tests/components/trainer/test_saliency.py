"""Grad-CAM against finite differences, and where the cells of a layer look against gradients."""

from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf

from components.trainer import model as models
from components.trainer.receptive import Cells, passages
from components.trainer.saliency import GradCam, spread

pytestmark = pytest.mark.tf


@pytest.fixture(scope="module")
def model(made: ModuleType) -> keras.Model:
    keras.utils.set_random_seed(5)
    return models.build(made.params(), (made.SIDE, made.SIDE, 1))


def branched(side: int) -> keras.Model:
    """Sums and means of neighbours, so that a gradient's middle is the middle of what a cell sees."""
    ones = {"kernel_initializer": "ones", "use_bias": False}
    inputs = keras.Input((side, side, 1))
    stem = keras.layers.Conv2D(1, 3, 2, padding="valid", name="stem", **ones)(inputs)
    left = keras.layers.Conv2D(1, 3, padding="same", name="left", **ones)(stem)
    right = keras.layers.AveragePooling2D(3, 1, padding="same", name="right")(stem)
    met = keras.layers.Concatenate(name="met")([left, right])
    halved = keras.layers.Conv2D(1, 3, 2, padding="same", name="halved", **ones)(met)
    return keras.Model(inputs, keras.layers.AveragePooling2D(2, name="end")(halved))


@pytest.mark.parametrize("side", [64, 65, 67])
def test_cells_look_where_the_gradient_of_their_value_lies(side: int):
    trunk = branched(side)
    all_cells = passages(trunk)
    assert [cells.layer for cells in all_cells] == ["stem", "met", "halved", "end"]
    for cells in all_cells:
        values = keras.Model(trunk.inputs, trunk.get_layer(cells.layer).output)
        pixels = tf.zeros((1, side, side, 1))
        at = cells.count // 2
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            value = tf.reduce_sum(values(pixels)[0, at, at])
        share = tape.gradient(value, pixels).numpy()[0, ..., 0].sum(axis=1)
        middle = (share * np.arange(side)).sum() / share.sum()
        assert middle == pytest.approx(cells.first + cells.stride * at, abs=1e-4)


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (96, Cells("mixed2", 9, 8, 13.0)),
        (160, Cells("mixed2", 17, 8, 13.0)),
        (224, Cells("mixed2", 25, 8, 13.0)),
    ],
)
def test_the_deepest_layer_of_inception_with_a_cell_every_eight_pixels_is_weighed(
    made: ModuleType, side, expected
):
    big = models.build(made.params(trunk="inception_v3"), (side, side, 1))
    assert GradCam(big).cells == expected


def test_weights_of_maps_are_the_logits_mean_slope_by_finite_differences(made: ModuleType, model):
    cam = GradCam(model)
    trunk = models.trunk_of(model)
    layer = trunk.get_layer(cam.cells.layer)
    pixels = np.random.default_rng(2).random((2, made.SIDE, made.SIDE, 1)).astype(np.float32)
    maps = keras.Model(trunk.inputs, layer.output)(np.repeat(2 * pixels - 1, 3, axis=3)).numpy()
    rest = keras.Model(layer.output, trunk.output)
    kernel, bias = model.layers[-1].get_weights()

    def logit(changed: np.ndarray) -> np.ndarray:
        return (rest(changed).numpy().mean((1, 2)) @ kernel + bias)[:, 0].astype(np.float64)

    step = 1e-3
    places = maps.shape[1] * maps.shape[2]
    expected = np.zeros(maps.shape[:3])
    for channel in range(maps.shape[3]):
        nudge = np.zeros(maps.shape[3], np.float32)
        nudge[channel] = step
        weight = (logit(maps + nudge) - logit(maps - nudge)) / (2 * step * places)
        expected += weight[:, np.newaxis, np.newaxis] * maps[..., channel]
    expected = expected.clip(0)
    probability, placed = cam(tf.constant(pixels))
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-logit(maps))), atol=1e-6)
    cells = [int(cam.cells.first + cam.cells.stride * at) for at in range(cam.cells.count)]
    at_cells = placed.numpy()[:, cells][:, :, cells]
    np.testing.assert_allclose(at_cells, expected, atol=0.02 * expected.max())
    assert placed.shape == pixels.shape[:3]
    assert float(tf.reduce_min(placed)) >= 0


def test_a_map_falls_to_nothing_a_stride_outside_its_cells():
    rows = spread(Cells("any", 2, 4, 5.0), 16)
    np.testing.assert_allclose(rows[:, 0], [0, 0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(rows[:, 1], [0, 0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0, 0])


def test_a_layer_that_is_not_there_is_refused(model):
    with pytest.raises(ValueError, match="the trunk has no layer 'mixed9' that all of the signal passes"):
        GradCam(model, "mixed9")
