"""The classifier's layers, and where its trunk's weights come from."""

from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest

from components.trainer import devices, epochs, preflight, weights
from components.trainer import model as models
from components.trainer.history import History
from components.trainer.slices import Slices
from components.trainer.state import TrainingState

pytestmark = pytest.mark.tf

SHAPE = (64, 64, 1)


@pytest.fixture
def trunk(made: ModuleType) -> keras.Model:
    return models.trunk_of(models.build(made.params(), SHAPE))


def pixels(channels: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (2, 64, 64, channels)).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_trunk_sees_three_channels_from_minus_one_to_one(made: ModuleType, channels: int):
    model = models.build(made.params(), (64, 64, channels))
    maps = models.trunk_of(model)(np.broadcast_to(pixels(channels) * 2 - 1, (2, 64, 64, 3))).numpy()
    kernel, bias = model.layers[-1].get_weights()
    logits = maps.mean(axis=(1, 2)) @ kernel + bias  # pooled; dropout does nothing at inference
    np.testing.assert_allclose(model(pixels(channels)), 1 / (1 + np.exp(-logits)), rtol=1e-4)


def test_every_batch_norm_has_the_momentum_that_was_set(made: ModuleType):
    model = models.build(made.params(batch_norm_momentum=0.8), SHAPE)
    assert {layer.momentum for layer in models.batch_norms(model)} == {0.8}


def test_slices_too_small_for_inception_are_refused(made: ModuleType):
    with pytest.raises(ValueError, match=r"transform\.image_side: .*at least 75 pixels, got 64"):
        models.build(made.params(trunk="inception_v3"), SHAPE)


def test_a_warm_up_leaves_the_trunk_alone_and_trains_the_head(made: ModuleType, tmp_path: Path):
    split = Slices((pixels(1) * 255).astype(np.uint8), np.array([0, 1], np.float32))
    params = made.params(warmup_epochs=2, epochs=1)
    model = models.build(params, SHAPE)
    seen = [[weight.copy() for weight in model.get_weights()]]

    class Watched(TrainingState):
        def save(self, model: keras.Model, rows) -> None:
            super().save(model, rows)
            seen.append(model.get_weights())

    epochs.train(
        model, {"train": split, "val": split}, params, History(str(tmp_path), 3), Watched(tmp_path / "state")
    )

    def changed(before: int, after: int) -> list[bool]:
        pairs = zip(seen[before], seen[after], strict=True)
        return [not np.array_equal(old, new) for old, new in pairs]

    kernel_of_trunk, bias_of_head = 0, -1
    order = [weight.path for weight in model.weights]
    assert "trunk" not in order[bias_of_head]
    assert not any(change for change, path in zip(changed(0, 3), order, strict=True) if "conv" in path)
    assert changed(0, 3)[bias_of_head]
    assert changed(3, 4)[kernel_of_trunk]


def test_a_machine_without_a_gpu_computes_in_plain_float32():
    before = keras.config.dtype_policy().name
    with devices.precision(mixed=True):
        assert keras.config.dtype_policy().name == "float32"
    assert keras.config.dtype_policy().name == before


@pytest.mark.parametrize("name", ["trunk.weights.h5", "trunk.keras"])
def test_weights_come_from_a_file(made: ModuleType, trunk: keras.Model, tmp_path: Path, name: str):
    path = tmp_path / name
    if name.endswith(".keras"):
        trunk.save(path)
    else:
        trunk.save_weights(path)
    other = models.trunk_of(models.build(made.params(), SHAPE))
    assert not np.array_equal(other.get_weights()[0], trunk.get_weights()[0])
    weights.load(other, "tiny", str(path))
    for loaded, saved in zip(other.get_weights(), trunk.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, saved)


def test_no_weights_leave_the_trunk_as_it_is(trunk: keras.Model):
    before = trunk.get_weights()
    weights.load(trunk, "tiny", "none")
    np.testing.assert_array_equal(trunk.get_weights()[0], before[0])


def test_the_fingerprint_of_weights_is_of_their_contents_alone(tmp_path: Path):
    file, copy = tmp_path / "one.h5", tmp_path / "copy.h5"
    file.write_bytes(b"a")
    copy.write_bytes(b"a")
    before = weights.fingerprint(str(file))
    assert before == weights.fingerprint(str(copy)) == "ca978112ca1bbdca"  # SHA-256 of "a", as NIST has it
    file.write_bytes(b"b")
    assert weights.fingerprint(str(file)) != before
    assert weights.fingerprint("imagenet") == weights.fingerprint("none") == ""


def test_imagenet_weights_of_another_trunk_are_refused_before_any_node_runs(made: ModuleType):
    with pytest.raises(ValueError, match=r"trainer\.weights=imagenet: there are none for the trunk tiny"):
        preflight.check(made.params(weights="imagenet"), 64)


def test_a_missing_file_of_weights_is_refused_with_the_way_out(trunk: keras.Model):
    with pytest.raises(FileNotFoundError, match=r"no such file: /nowhere/w\.h5; give a file with trainer\.w"):
        weights.load(trunk, "tiny", "/nowhere/w.h5")


def test_a_file_of_another_kind_is_refused(trunk: keras.Model, tmp_path: Path):
    (tmp_path / "weights.txt").touch()
    with pytest.raises(ValueError, match=r"expected a file ending in \.h5 or \.keras, got .*weights\.txt"):
        weights.load(trunk, "tiny", str(tmp_path / "weights.txt"))


def test_a_file_that_is_no_weights_file_is_refused(trunk: keras.Model, tmp_path: Path):
    (tmp_path / "w.h5").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=r"w\.h5 does not hold weights of the trunk tiny"):
        weights.load(trunk, "tiny", str(tmp_path / "w.h5"))


@pytest.mark.parametrize("name", ["other.weights.h5", "other.keras"])
def test_weights_of_another_model_are_refused(trunk: keras.Model, tmp_path: Path, name: str):
    inputs = keras.Input((64, 64, 3))
    other = keras.Model(inputs, keras.layers.Conv2D(4, 5)(inputs))
    path = tmp_path / name
    if name.endswith(".keras"):
        other.save(path)
    else:
        other.save_weights(path)
    with pytest.raises(ValueError, match="does not hold weights of the trunk tiny without its top"):
        weights.load(trunk, "tiny", str(path))


def test_imagenet_weights_of_the_tiny_trunk_do_not_exist(trunk: keras.Model):
    with pytest.raises(ValueError, match="weights=imagenet: there are none for the trunk tiny"):
        weights.load(trunk, "tiny", "imagenet")


def test_a_failed_fetch_names_the_path_option(trunk: keras.Model, monkeypatch: pytest.MonkeyPatch):
    def unreachable(*_, **__) -> str:
        raise Exception("URL fetch failure: no route to host")  # what keras.utils.get_file raises

    monkeypatch.setattr(keras.utils, "get_file", unreachable)
    with pytest.raises(OSError, match=r"no route to host; give a file with trainer\.weights=/path/to/"):
        weights.load(trunk, "inception_v3", "imagenet")


def test_a_fetch_is_checked_by_hash(trunk: keras.Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    fetched = {}

    def fetch(name: str, origin: str, **options: str) -> str:
        fetched.update(options, name=name, origin=origin)
        trunk.save_weights(tmp_path / "fetched.weights.h5")
        return str(tmp_path / "fetched.weights.h5")

    monkeypatch.setattr(keras.utils, "get_file", fetch)
    weights.load(trunk, "inception_v3", "imagenet")
    source = Path(keras.applications.inception_v3.InceptionV3.__code__.co_filename).read_text()
    assert fetched["file_hash"] in source
    assert fetched["origin"].rpartition("/")[2] == fetched["name"]
    assert fetched["name"] in source
