"""Every trunk of the table: what it is given; a model of it is saved, served, explained and frozen."""

import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from keras.applications import efficientnet_v2, inception_v3
from keras.src.utils import file_utils
from PIL import Image

from components.trainer import epochs, export, preflight, weights
from components.trainer import model as models
from components.trainer.history import History
from components.trainer.saliency import GradCam
from components.trainer.slices import Slices, Transform
from components.trainer.state import TrainingState
from components.trainer.trunks import TRUNK, TRUNKS, ImageNetWeights
from schemas import features
from schemas.accounts.model import TrainedOn

pytestmark = pytest.mark.tf

SIDE = 80  # pixels; enough for every trunk
# The layer whose maps are weighed, and how far apart its cells are; the tiny trunk's are named by number.
MAPS = {
    "inception_v3": ("mixed2", 8), "efficientnet_v2_b0": ("block4a_expand_activation", 8),
    "tiny": ("re_lu", 8),
}  # fmt: skip
APPLICATIONS = {
    "inception_v3": (inception_v3.InceptionV3, inception_v3.preprocess_input),
    "efficientnet_v2_b0": (efficientnet_v2.EfficientNetV2B0, efficientnet_v2.preprocess_input),
}
# Source: keras/src/applications/, which is the same in all releases since 2.8.
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Built(NamedTuple):
    name: str
    model: keras.Model


@pytest.fixture(scope="module", params=list(TRUNKS))
def built(made: ModuleType, request: pytest.FixtureRequest) -> Built:
    keras.utils.set_random_seed(5)
    return Built(request.param, models.build(made.params(trunk=request.param), (SIDE, SIDE, 1)))


def pictures(channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, channels)).astype(np.uint8)


def first_convolution(trunk: keras.Model) -> keras.Model:
    """From the pixels to what the first convolution is given."""
    layer = next(layer for layer in trunk.layers if isinstance(layer, keras.layers.Conv2D))
    return keras.Model(trunk.input, layer.input)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", APPLICATIONS)
def test_the_first_convolution_gets_what_keras_own_preprocessing_gives_it(
    made: ModuleType, name: str, channels: int
):
    application, preprocess_input = APPLICATIONS[name]
    images = pictures(channels)
    theirs = application(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    coloured = np.broadcast_to(images, (2, SIDE, SIDE, 3)).astype(np.float32)
    expected = first_convolution(theirs)(preprocess_input(coloured.copy()))
    model = models.build(made.params(trunk=name), (SIDE, SIDE, channels))
    trunk = models.trunk_of(model)
    entered = keras.Model(model.input, model.layers[model.layers.index(trunk) - 1].output)
    given = first_convolution(trunk)(entered(images.astype(np.float32) / 255))
    np.testing.assert_allclose(given, expected, atol=2e-6)


def test_efficientnet_is_given_imagenets_mean_as_zero_and_its_deviation_as_one(made: ModuleType):
    trunk = models.trunk_of(models.build(made.params(trunk="efficientnet_v2_b0"), (SIDE, SIDE, 3)))
    mean, deviation = (255 * np.array(values, np.float32) for values in (IMAGENET_MEAN, IMAGENET_DEVIATION))
    images = np.broadcast_to(np.stack([mean, mean + deviation])[:, None, None], (2, SIDE, SIDE, 3))
    given = first_convolution(trunk)(images).numpy()
    np.testing.assert_allclose(given[0], 0, atol=1e-5)
    np.testing.assert_allclose(given[1], 1, atol=1e-5)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_imagenet_weights_are_fetched_from_where_keras_fetches_them(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    class Fetched(Exception):
        pass

    def refuse(file: str, origin: str, *, cache_subdir: str, file_hash: str) -> str:
        raise Fetched(file, origin, cache_subdir, file_hash)

    monkeypatch.setattr(file_utils, "get_file", refuse)
    with pytest.raises(Fetched) as theirs:
        APPLICATIONS[name][0](include_top=False, weights="imagenet")
    ours = TRUNKS[name].imagenet
    assert ours == ImageNetWeights(url=theirs.value.args[1], md5=theirs.value.args[3])
    assert ours.url.endswith(f"/{theirs.value.args[0]}")


def test_it_needs_no_more_than_its_smallest_side(made: ModuleType, built: Built):
    least = TRUNKS[built.name].least_side
    params = made.params(trunk=built.name)
    preflight.check(params, least)
    smallest = models.build(params, (least, least, 1))
    assert smallest(np.zeros((1, least, least, 1), np.float32)).shape == (1, 1)
    with pytest.raises(
        ValueError, match=f"trunk {built.name} needs at least {least} pixels, got {least - 1}"
    ):
        preflight.check(params, least - 1)


def test_every_batch_norm_of_it_has_the_momentum_of_the_settings(made: ModuleType, built: Built):
    norms = models.batch_norms(built.model)
    assert len(norms) >= 3
    assert {layer.momentum for layer in norms} == {made.PARAMS["batch_norm_momentum"]}


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_of_its_layers_that_train_is_counted_from_its_end(built: Built, share: float):
    models.unfreeze(built.model, share)
    try:
        trains = [layer.trainable for layer in models.trunk_of(built.model).layers if layer.weights]
    finally:
        models.unfreeze(built.model, 1.0)
    assert trains == sorted(trains)
    assert sum(trains) == round(share * len(trains))


def test_its_weights_come_from_a_file(made: ModuleType, built: Built, tmp_path: Path):
    trunk, path = models.trunk_of(built.model), tmp_path / "trunk.weights.h5"
    trunk.save_weights(path)
    other = models.trunk_of(models.build(made.params(trunk=built.name), (SIDE, SIDE, 1)))
    weights.load(other, built.name, str(path))
    for loaded, saved in zip(other.get_weights(), trunk.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, saved)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_weights_of_efficientnet_as_keras_saves_it_fit(made: ModuleType, suffix: str, tmp_path: Path):
    theirs = efficientnet_v2.EfficientNetV2B0(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    path = tmp_path / f"b0{suffix}"
    theirs.save(path)
    trunk = models.trunk_of(models.build(made.params(trunk="efficientnet_v2_b0"), (SIDE, SIDE, 1)))
    weights.load(trunk, "efficientnet_v2_b0", str(path))
    for loaded, saved in zip(trunk.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, saved)


def test_a_saved_model_of_it_scores_and_explains_and_weighs_what_the_table_says(
    made: ModuleType, inputs: Path, built: Built, tmp_path: Path
):
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    export.write(
        built.model, resized(transform), str(tmp_path), TrainedOn(windows="", image_side=SIDE, channels=1)
    )
    images = [record.image for record in made.records(4, 1)]
    pixels = tf.stack([tf.image.resize(tf.io.decode_png(image), (SIDE, SIDE)) for image in images])
    expected = built.model(pixels / 255).numpy()[:, 0]
    served = tf.saved_model.load(str(tmp_path)).signatures
    scored, explained = (
        served[name](images=tf.constant(images)) for name in ("serving_bytes", "explain_bytes")
    )
    np.testing.assert_allclose(scored["probability"], expected, atol=1e-5)
    np.testing.assert_allclose(explained["probability"], expected, atol=1e-5)
    maps = [np.asarray(Image.open(io.BytesIO(png))) for png in explained["heat_map_bytes"].numpy()]
    assert {each.shape for each in maps} == {(made.SIDE, made.SIDE)}
    assert {int(each.max()) for each in maps} <= {0, 255}
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert 4 * built.model.count_params() < size < 1.1 * TRUNKS[built.name].model_bytes
    assert size > 0.9 * TRUNKS[built.name].model_bytes or built.name == "tiny"


def resized(transform: Transform) -> Transform:
    """The graph's pixels at the side that these models want."""

    def apply(columns: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        out = dict(transform(columns))
        return {**out, features.PIXELS: tf.image.resize(out[features.PIXELS], (SIDE, SIDE))}

    return apply


def test_maps_are_those_of_the_deepest_layer_with_a_cell_every_eight_pixels(built: Built):
    name, stride = MAPS[built.name]
    cells = GradCam(built.model).cells
    assert cells.layer.startswith(name)
    assert cells.stride == stride


def test_a_training_of_a_trunk_with_dropout_goes_on_as_if_it_had_not_been_stopped(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def dropping(side: int) -> keras.Model:
        trunk = plain.build(side)
        return keras.Model(trunk.input, keras.layers.Dropout(0.5)(trunk.output), name=TRUNK)

    plain = TRUNKS["tiny"]
    monkeypatch.setitem(TRUNKS, "tiny", dataclasses.replace(plain, build=dropping))
    split = Slices(pictures().repeat(8, axis=0), np.tile([0, 1], 8).astype(np.float32))

    def trained(folder: str, *lasts: int) -> list[np.ndarray]:
        state = TrainingState(tmp_path / folder)
        for last in lasts:
            keras.utils.set_random_seed(3 if last == lasts[0] else 4)
            model = models.build(made.params(epochs=last), (SIDE, SIDE, 1))
            history = History(str(tmp_path / f"{folder}-{last}"), last, state.rows())
            epochs.train(model, {"train": split, "val": split}, made.params(epochs=last), history, state)
        return model.get_weights()

    for whole, resumed in zip(trained("whole", 2), trained("stopped", 1, 2), strict=True):
        np.testing.assert_array_equal(whole, resumed)
