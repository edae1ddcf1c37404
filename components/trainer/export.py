"""One SavedModel that takes what people have: records or image files."""

import dataclasses
import json
import os

import keras
import tensorflow as tf

from components.trainer.slices import Transform
from schemas import features

EXAMPLES, IMAGES = "examples", "images"  # names of the signatures' inputs


@dataclasses.dataclass(frozen=True)
class TrainedOn:
    """What a model was trained on, and so has to be given.

    Attributes:
      windows: Of HU that the channels of its slices show, as `features.WINDOWS_EXAMPLE`; "" for images
        whose HU are not known.
      image_side: Pixels that slices are resized to.
      channels: 1 or 3.
    """

    windows: str
    image_side: int
    channels: int


class ServedModel(tf.Module):
    """The classifier behind the preprocessing graph that it was trained with.

    It holds no optimizer. The operating threshold is a variable of the saved model.
    """

    def __init__(self, model: keras.Model, transform: Transform, threshold: float):
        super().__init__()
        self.model = model
        self.transform = transform
        self.threshold = tf.Variable(threshold, trainable=False, dtype=tf.float32, name="threshold")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, EXAMPLES)])
    def serving_default(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Scores serialized `tf.Example` records of schemas/; only the image is read."""
        raw = tf.io.parse_example(examples, {features.IMAGE: tf.io.FixedLenFeature([1], tf.string)})
        return self._score(raw[features.IMAGE])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, IMAGES)])
    def serving_bytes(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Scores whole PNG and JPEG files."""
        return self._score(images[:, tf.newaxis])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, EXAMPLES)])
    def transform_features(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the pixels and the target of serialized, labelled records."""
        raw = {
            features.IMAGE: tf.io.FixedLenFeature([1], tf.string),
            features.LABEL: tf.io.FixedLenFeature([1], tf.int64),
        }
        return dict(self.transform(tf.io.parse_example(examples, raw)))

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.string)])  # traced once for both signatures
    def _score(self, encoded: tf.Tensor) -> dict[str, tf.Tensor]:
        pixels = self.transform({features.IMAGE: encoded})[features.PIXELS]
        # Keras' own loss cuts here; TFMA's takes the logarithm of what it is given.
        margin = keras.config.epsilon()
        probability = tf.clip_by_value(self.model(pixels, training=False), margin, 1.0 - margin)
        called = tf.cast(probability >= self.threshold, tf.int64)
        return {features.PROBABILITY: probability, features.PREDICTED: called}


def write(
    model: keras.Model, transform: Transform, threshold: float, folder: str, trained_on: TrainedOn
) -> None:
    """Writes the SavedModel, and beside its graph what it was trained on, in `features.TRAINED_ON_FILE`.

    Args:
      model: Never compiled, so that no optimizer comes along; slices to probability.
      transform: Raw columns to transformed columns, the saved graph of Transform.
      threshold: At or above it a slice is called a hemorrhage, 0..1.
      folder: Where to; may be remote.
      trained_on: What slices it takes.
    """
    served = ServedModel(model, transform, threshold)
    signatures = {
        "serving_default": served.serving_default,
        "serving_bytes": served.serving_bytes,
        "transform_features": served.transform_features,
    }
    tf.saved_model.save(served, folder, signatures)
    path = os.path.join(folder, features.TRAINED_ON_FILE)  # noqa: PTH118 - may be remote
    tf.io.gfile.makedirs(os.path.dirname(path))  # noqa: PTH120
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(json.dumps(dataclasses.asdict(trained_on), indent=2) + "\n")
