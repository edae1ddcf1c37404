"""The SavedModel as somebody sees it who has TensorFlow and nothing of ours."""

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

pytestmark = pytest.mark.tf

THRESHOLD = 0.4
FRESH_PROCESS = """
import sys
for name in ("components", "schemas", "tensorflow_transform", "tfx", "keras", "tf_keras"):
    sys.modules[name] = None  # importing it fails
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
with open(sys.argv[2], "rb") as file:
    answer = model.signatures["serving_bytes"](images=tf.constant([file.read()]))
print(float(answer["probability"][0, 0]))
"""


@pytest.fixture(scope="module")
def model(made: ModuleType) -> keras.Model:
    """Random weights, and a head that puts half of the slices on each side of the threshold."""
    model = models.build(made.params(), (made.SIDE, made.SIDE, 1))
    head = model.layers[-1]
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 10, bias])
    logits = np.log(probabilities(made, model) / (1 - probabilities(made, model)))
    head.set_weights([kernel * 10, np.log(THRESHOLD / (1 - THRESHOLD)) - np.median(logits, axis=0)])
    return model


@pytest.fixture(scope="module")
def served(
    made: ModuleType, inputs: Path, model: keras.Model, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("export") / "model"
    transform = tft.TFTransformOutput(str(inputs / "graph")).transform_features_layer()
    export.write(model, transform, THRESHOLD, str(folder), export.TrainedOn("", made.SIDE, 1))
    return folder


@pytest.fixture(scope="module")
def signatures(served: Path):
    loaded = tf.saved_model.load(str(served))
    yield loaded.signatures
    del loaded


def probabilities(made: ModuleType, model: keras.Model) -> npt.NDArray[np.float32]:
    """What the Keras model says about the pictures, decoded by TensorFlow alone and not resized."""
    decoded = [tf.io.decode_png(one.image) for one in made.records(made.VAL, 1)]
    return model(tf.cast(tf.stack(decoded), tf.float32) / 255.0).numpy()


def test_records_and_files_get_the_answer_of_the_keras_model(made: ModuleType, model, signatures):
    slices = made.records(made.VAL, 1)
    by_record = signatures["serving_default"](
        examples=tf.constant([one.to_example().SerializeToString() for one in slices])
    )
    by_file = signatures["serving_bytes"](images=tf.constant([one.image for one in slices]))
    assert set(by_record) == set(by_file) == {features.PROBABILITY, features.PREDICTED}
    np.testing.assert_array_equal(by_record[features.PROBABILITY], by_file[features.PROBABILITY])
    np.testing.assert_allclose(by_file[features.PROBABILITY], probabilities(made, model), atol=1e-5)


def test_a_slice_is_called_a_hemorrhage_at_or_above_the_threshold(made: ModuleType, model, signatures):
    answer = signatures["serving_bytes"](images=tf.constant([o.image for o in made.records(made.VAL, 1)]))
    called = answer[features.PREDICTED]
    assert called.dtype == tf.int64
    assert called.shape == (made.VAL, 1)
    expected = (probabilities(made, model) >= THRESHOLD).astype(int)
    assert 0 < expected.sum() < made.VAL
    np.testing.assert_array_equal(called, expected)


def test_the_threshold_is_a_variable_of_the_saved_model(served: Path):
    assert tf.saved_model.load(str(served)).threshold.numpy() == pytest.approx(THRESHOLD)


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
    assert 0 <= float(answer[features.PROBABILITY][0, 0]) <= 1


def test_transformed_features_are_the_pixels_and_the_target(made: ModuleType, signatures):
    slices = made.records(6, 1)
    out = signatures["transform_features"](
        examples=tf.constant([one.to_example().SerializeToString() for one in slices])
    )
    assert set(out) == {features.PIXELS, features.TARGET}
    decoded = tf.stack([tf.io.decode_png(one.image) for one in slices])
    np.testing.assert_array_equal(np.round(out[features.PIXELS] * 255), decoded)
    np.testing.assert_array_equal(out[features.TARGET], [[0], [1], [0], [1], [0], [1]])


def test_weights_and_threshold_are_saved_once_and_no_optimizer(served: Path, model: keras.Model):
    variables = tf.train.list_variables(str(served / "variables" / "variables"))
    floats = sum(int(np.prod(shape)) for name, shape in variables if "VARIABLE_VALUE" in name)
    assert floats == model.count_params() + 1
    assert not [name for name, _ in variables if "optimizer" in name or "momentum" in name]


def test_a_process_with_tensorflow_alone_loads_it(
    made: ModuleType, served: Path, model: keras.Model, tmp_path: Path
):
    (tmp_path / "slice.png").write_bytes(made.records(1, 1)[0].image)
    command = [sys.executable, "-c", FRESH_PROCESS, str(served), str(tmp_path / "slice.png")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    assert float(result.stdout.splitlines()[-1]) == pytest.approx(
        float(probabilities(made, model)[0, 0]), abs=1e-5
    )


def test_the_saved_model_says_what_it_was_trained_on(made: ModuleType, served: Path):
    told = json.loads((served / features.TRAINED_ON_FILE).read_text())
    assert told == {"windows": "", "image_side": made.SIDE, "channels": 1}
