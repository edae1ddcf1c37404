"""The signature that explains a score by a heat map, and the further functions of a loaded model."""

import io
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from PIL import Image

from components.operating_point.saved_model import set_operating_point
from components.trainer import export
from components.trainer import model as models
from schemas.accounts.model import TrainedOn

pytestmark = pytest.mark.tf


@pytest.fixture(scope="module")
def model(made: ModuleType) -> keras.Model:
    """Random weights, and a head that separates slices and takes every input for evidence."""
    keras.utils.set_random_seed(5)
    model = models.build(made.params(), (made.SIDE, made.SIDE, 1))
    head = model.layers[-1]
    head.set_weights([np.abs(head.get_weights()[0]) * 10, head.get_weights()[1]])
    return model


@pytest.fixture(scope="module")
def loaded(made: ModuleType, inputs: Path, model, tmp_path_factory: pytest.TempPathFactory):
    """The model as it is pushed: saved, loaded, and saved again with an operating point."""
    folder = tmp_path_factory.mktemp("explained")
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    trained_on = TrainedOn(windows="", image_side=made.SIDE, channels=1)
    export.write(model, transform, str(folder / "first"), trained_on)
    set_operating_point(str(folder / "first"), str(folder / "second"), 0.3, 2.0)
    return tf.saved_model.load(str(folder / "second"))


def encoded(size: tuple[int, int], kind: str = "PNG", mode: str = "L") -> bytes:
    """A picture of (rows, columns) with a bright square."""
    values = np.random.default_rng(0).normal(90, 12, size).clip(0, 255).astype(np.uint8)
    values[10:22, 20:32] = 230
    stream = io.BytesIO()
    image = Image.fromarray(values.astype(np.uint16) * 256) if mode == "I;16" else Image.fromarray(values)
    (image if mode in ("L", "I;16") else image.convert(mode)).save(stream, kind)
    return stream.getvalue()


def picture(png: bytes) -> npt.NDArray[np.uint8]:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.mode) == ("PNG", "L")
    return np.asarray(image)


def test_an_explained_slice_gets_the_answer_that_it_gets_without(made: ModuleType, loaded):
    images = tf.constant([record.image for record in made.records(made.VAL, 1)])
    plain = loaded.signatures["serving_bytes"](images=images)
    explained = loaded.signatures["explain_bytes"](images=images)
    assert set(explained) == {*plain, "heat_map_bytes"}
    np.testing.assert_allclose(explained["probability"], plain["probability"], rtol=0, atol=1e-6)
    for name in ("hemorrhage", "threshold", "version", "error"):
        np.testing.assert_array_equal(explained[name], plain[name])


@pytest.mark.parametrize(
    ("size", "kind", "mode"),
    [
        ((64, 64), "PNG", "L"),
        ((80, 50), "PNG", "RGB"),
        ((40, 300), "PNG", "I;16"),
        ((70, 90), "JPEG", "L"),
        ((90, 70), "GIF", "L"),
    ],
)
def test_a_heat_map_is_as_large_as_its_image_and_its_peak_is_255(loaded, size, kind, mode):
    image = encoded(size, kind, mode)
    (png,) = loaded.signatures["explain_bytes"](images=tf.constant([image]))["heat_map_bytes"].numpy()
    heat = picture(png)
    assert heat.shape == size
    assert heat.max() == 255


def test_images_of_all_sizes_are_explained_at_once_and_one_that_cannot_be_read_gets_no_map(loaded):
    sizes = [(64, 64), (30, 90), (120, 40)]
    images = [encoded(size) for size in sizes]
    images[1:1] = [b"a letter"]
    answer = loaded.signatures["explain_bytes"](images=tf.constant(images))
    maps = answer["heat_map_bytes"].numpy()
    assert maps[1] == b""
    assert np.isnan(answer["probability"][1])
    assert [picture(maps[place]).shape for place in (0, 2, 3)] == sizes


def test_a_loaded_model_has_gradients_by_the_pixels(made: ModuleType, model, loaded):
    images = tf.constant([record.image for record in made.records(4, 1)])
    pixels, sound = loaded.read_images(images)
    assert sound.numpy().all()
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logit = loaded.logit(pixels)
    gradient = tape.gradient(logit, pixels)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        probability = model(pixels, training=False)[:, 0]
    slope = tape.gradient(probability, pixels) / (probability * (1 - probability))[:, None, None, None]
    assert float(tf.reduce_max(tf.abs(slope))) > 1e-3
    np.testing.assert_allclose(gradient, slope, atol=0.01 * float(tf.reduce_max(tf.abs(slope))))
    plain = loaded.signatures["serving_bytes"](images=images)["probability"]
    np.testing.assert_allclose(tf.sigmoid(logit / 2.0), plain, atol=1e-5)
