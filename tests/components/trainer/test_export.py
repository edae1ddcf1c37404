"""The SavedModel as seen with TensorFlow alone, without ichor's code."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from components.trainer import export
from components.trainer import model as models
from schemas import features
from schemas.accounts.model import TrainedOn

pytestmark = pytest.mark.tf

FRESH_PROCESS = """
import sys
for name in ("components", "schemas", "tensorflow_transform", "tfx", "keras", "tf_keras"):
    sys.modules[name] = None  # importing it fails
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
with open(sys.argv[2], "rb") as file:
    answer = model.signatures["serving_bytes"](images=tf.constant([file.read()]))
print(float(answer["probability"][0]))
"""


@pytest.fixture(scope="module")
def model(made: ModuleType) -> keras.Model:
    """Random weights, and a head that puts half of the slices on each side of the first threshold."""
    model = models.build(made.params(), (made.SIDE, made.SIDE, 1))
    head = model.layers[-1]
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 10, bias])
    said = probabilities(made, model)
    head.set_weights([kernel * 10, bias - np.median(np.log(said / (1 - said)))])
    return model


@pytest.fixture(scope="module")
def served(
    made: ModuleType, inputs: Path, model: keras.Model, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("export") / "model"
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    export.write(model, transform, str(folder), TrainedOn(windows="", image_side=made.SIDE, channels=1))
    return folder


@pytest.fixture(scope="module")
def signatures(served: Path):
    loaded = tf.saved_model.load(str(served))
    yield loaded.signatures
    del loaded


def probabilities(made: ModuleType, model: keras.Model) -> npt.NDArray[np.float32]:
    """What the Keras model says about the pictures, decoded by TensorFlow alone and not resized."""
    decoded = [tf.io.decode_png(record.image) for record in made.records(made.VAL, 1)]
    return model(tf.cast(tf.stack(decoded), tf.float32) / 255.0).numpy()[:, 0]


def test_records_and_files_get_the_answer_of_the_keras_model(made: ModuleType, model, signatures):
    slices = made.records(made.VAL, 1)
    by_record = signatures["serving_default"](
        examples=tf.constant([record.to_example().SerializeToString() for record in slices])
    )
    by_file = signatures["serving_bytes"](images=tf.constant([record.image for record in slices]))
    assert set(by_record) == set(by_file) == {"probability", "hemorrhage", "threshold", "version", "error"}
    np.testing.assert_array_equal(by_record[features.PROBABILITY], by_file[features.PROBABILITY])
    np.testing.assert_allclose(by_file[features.PROBABILITY], probabilities(made, model), atol=1e-5)


def test_a_slice_is_called_a_hemorrhage_at_or_above_a_half_at_first(made: ModuleType, model, signatures):
    answer = signatures["serving_bytes"](images=tf.constant([o.image for o in made.records(made.VAL, 1)]))
    called = answer[features.PREDICTED]
    assert called.dtype == tf.int64
    assert called.shape == (made.VAL,)
    expected = (probabilities(made, model) >= 0.5).astype(int)
    assert 0 < expected.sum() < made.VAL
    np.testing.assert_array_equal(called, expected)


BAD = {
    "no image": b"a letter",
    "nothing": b"",
    "cut short": None,  # made of a slice
}


@pytest.mark.parametrize("kind", BAD)
def test_an_item_that_cannot_be_read_gets_an_error_and_spoils_no_other(
    made: ModuleType, signatures, kind: str
):
    images = [record.image for record in made.records(3, 1)]
    alone = signatures["serving_bytes"](images=tf.constant(images))
    bad = images[1][:60] if BAD[kind] is None else BAD[kind]
    answer = signatures["serving_bytes"](images=tf.constant([images[0], bad, images[2]]))
    assert answer["error"].numpy().tolist() == [b"", b"not a PNG or JPEG image that can be decoded", b""]
    assert np.isnan(answer["probability"][1])
    assert int(answer["hemorrhage"][1]) == -1
    for place in (0, 2):
        assert float(answer["probability"][place]) == pytest.approx(float(alone["probability"][place]))
        assert int(answer["hemorrhage"][place]) == int(alone["hemorrhage"][place])


def test_a_record_that_cannot_be_read_gets_an_error_of_its_own(made: ModuleType, signatures):
    sound = made.records(1, 1)[0].to_example()
    no_image = tf.train.Example.FromString(sound.SerializeToString())
    del no_image.features.feature[features.IMAGE]
    answer = signatures["serving_default"](
        examples=tf.constant([b"a letter", sound.SerializeToString(), no_image.SerializeToString()])
    )
    error = b"not a tf.Example record with a PNG or JPEG image that can be decoded"
    assert answer["error"].numpy().tolist() == [error, b"", error]
    assert answer["hemorrhage"].numpy().tolist()[::2] == [-1, -1]


@pytest.mark.parametrize("size", [1, 2, 33, 64])
def test_a_slice_gets_the_same_answer_in_a_request_of_any_size(made: ModuleType, signatures, size: int):
    images = [record.image for record in made.records(made.VAL, 1)]
    first = signatures["serving_bytes"](images=tf.constant(images[:1]))["probability"]
    answer = signatures["serving_bytes"](images=tf.constant((images * 3)[:size]))["probability"]
    assert answer.shape == (size,)
    assert float(answer[0]) == pytest.approx(float(first[0]), abs=1e-6)


def test_a_record_without_a_label_is_served(made: ModuleType, signatures):
    record = made.records(1, 1)[0].to_example()
    full = signatures["serving_default"](examples=tf.constant([record.SerializeToString()]))
    for name in list(record.features.feature):
        if name != features.IMAGE:
            del record.features.feature[name]
    bare = signatures["serving_default"](examples=tf.constant([record.SerializeToString()]))
    np.testing.assert_array_equal(bare[features.PROBABILITY], full[features.PROBABILITY])


def test_a_jpeg_is_served(made: ModuleType, signatures):
    png = tf.io.decode_png(made.records(1, 1)[0].image)
    answer = signatures["serving_bytes"](images=tf.stack([tf.io.encode_jpeg(png, quality=100)]))
    assert 0 <= float(answer[features.PROBABILITY][0]) <= 1


def test_transformed_features_are_the_pixels_and_the_target(made: ModuleType, signatures):
    slices = made.records(6, 1)
    out = signatures["transform_features"](
        examples=tf.constant([record.to_example().SerializeToString() for record in slices])
    )
    assert set(out) == {features.PIXELS, features.TARGET}
    decoded = tf.stack([tf.io.decode_png(record.image) for record in slices])
    np.testing.assert_array_equal(np.round(out[features.PIXELS] * 255), decoded)
    np.testing.assert_array_equal(out[features.TARGET], [[0], [1], [0], [1], [0], [1]])


def test_weights_and_operating_point_are_saved_once_and_no_optimizer(served: Path, model: keras.Model):
    variables = tf.train.list_variables(str(served / "variables" / "variables"))
    floats = sum(int(np.prod(shape)) for name, shape in variables if "VARIABLE_VALUE" in name)
    assert floats == model.count_params() + 3  # threshold, temperature, version
    assert not [name for name, _ in variables if "optimizer" in name or "momentum" in name]


def test_a_process_with_tensorflow_alone_loads_it(
    made: ModuleType, served: Path, model: keras.Model, tmp_path: Path
):
    (tmp_path / "slice.png").write_bytes(made.records(1, 1)[0].image)
    command = [sys.executable, "-c", FRESH_PROCESS, str(served), str(tmp_path / "slice.png")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert float(result.stdout.splitlines()[-1]) == pytest.approx(
        float(probabilities(made, model)[0]), abs=1e-5
    )


def test_the_saved_model_says_what_it_was_trained_on(made: ModuleType, served: Path):
    trained_on = json.loads((served / features.TRAINED_ON_FILE).read_text())
    assert trained_on == {"windows": "", "image_side": made.SIDE, "channels": 1}
