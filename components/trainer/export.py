"""One SavedModel that takes what people have: records or image files."""

import os
from collections.abc import Callable

import keras
import tensorflow as tf

from components.trainer import heat_maps
from components.trainer.saliency import GradCam
from components.trainer.slices import Transform
from schemas import features
from schemas.accounts.model import TrainedOn

__all__ = ["write"]

EXAMPLES, IMAGES = "examples", "images"  # names of the signatures' inputs
NO_RECORD = "not a tf.Example record with a PNG or JPEG image that can be decoded"
NO_IMAGE = "not a PNG or JPEG image that can be decoded"
DECODED_AT_ONCE = 8  # items of a request; a request's decoding spreads over so many cores
# Until an operating point is chosen.
FIRST_THRESHOLD, FIRST_TEMPERATURE = 0.5, 1.0


class ExportedModel(tf.Module):
    """The classifier behind the preprocessing graph that it was trained with.

    It holds no optimizer. Threshold, temperature and version are variables of the saved model, which a later
    node sets.
    """

    def __init__(self, model: keras.Model, transform: Transform):
        super().__init__()
        self.model = model
        self.transform = transform
        self.threshold = tf.Variable(FIRST_THRESHOLD, trainable=False, dtype=tf.float32, name="threshold")
        self.temperature = tf.Variable(
            FIRST_TEMPERATURE, trainable=False, dtype=tf.float32, name="temperature"
        )
        with tf.device("CPU"):  # no other device holds texts
            self.version = tf.Variable("", trainable=False, dtype=tf.string, name="version")
        self._explain = GradCam(model)
        pixels = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, features.PIXELS)
        # No signature: whoever loads the model takes gradients of it by the pixels.
        self.logit = tf.function(self._explain.logit, input_signature=[pixels])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, EXAMPLES)])
    def serving_default(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Scores serialized `tf.Example` records of schemas/; only the image is read."""
        pixels, sound = self._read(examples, _image_of)
        return self._told(self._probability(pixels), sound, NO_RECORD)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, IMAGES)])
    def serving_bytes(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Scores whole PNG and JPEG files."""
        pixels, sound = self._read(images, tf.identity)
        return self._told(self._probability(pixels), sound, NO_IMAGE)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, IMAGES)])
    def explain_bytes(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Scores whole PNG and JPEG files as `serving_bytes` does, and maps where the evidence lies."""
        pixels, sound = self._read(images, tf.identity)
        probability, evidence = self._explain(pixels)
        heat_map = heat_maps.to_png(evidence, images, sound)
        return {**self._told(probability, sound, NO_IMAGE), features.HEAT_MAP: heat_map}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, IMAGES)])
    def read_images(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the pixels of whole PNG and JPEG files as the model sees them, and which can be read."""
        return self._read(images, tf.identity)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, EXAMPLES)])
    def transform_features(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the pixels and the target of serialized, labelled records."""
        raw = {
            features.IMAGE: tf.io.FixedLenFeature([1], tf.string),
            features.LABEL: tf.io.FixedLenFeature([1], tf.int64),
        }
        return dict(self.transform(tf.io.parse_example(examples, raw)))

    def _read(
        self, items: tf.Tensor, image_of: Callable[[tf.Tensor], tf.Tensor]
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns pixels (n, side, side, channels), zeros for what cannot be read, and what can be (n,).

        A kernel that meets bad bytes fails the whole request; a dataset can pass over the one item.
        """
        shape = self.model.input_shape[1:]
        count = tf.size(items, tf.int64)

        def read(place: tf.Tensor, item: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            encoded = tf.reshape(image_of(item), (1, 1))
            return place, tf.ensure_shape(
                self.transform({features.IMAGE: encoded})[features.PIXELS][0], shape
            )

        readable = (
            tf.data.Dataset.from_tensor_slices(items)
            .enumerate()
            .map(read, num_parallel_calls=DECODED_AT_ONCE, deterministic=True)
            .ignore_errors()
        )
        nothing = tf.data.Dataset.from_tensors((count, tf.zeros(shape)))  # a dataset must not come out empty
        places, pixels = readable.concatenate(nothing).batch(count + 1).get_single_element()
        every = tf.concat([[count + 1], tf.constant(shape, tf.int64)], 0)
        spread = tf.scatter_nd(places[:, tf.newaxis], pixels, every)[:-1]
        sound = tf.scatter_nd(places[:, tf.newaxis], tf.ones_like(places), [count + 1])[:-1] > 0
        return tf.ensure_shape(spread, (None, *shape)), sound

    @tf.function(reduce_retracing=True)  # traced once for all signatures
    def _probability(self, pixels: tf.Tensor) -> tf.Tensor:
        return self.model(pixels, training=False)[:, 0]

    def _told(self, raw: tf.Tensor, sound: tf.Tensor, complaint: str) -> dict[str, tf.Tensor]:
        margin = features.PROBABILITY_MARGIN
        raw = tf.clip_by_value(raw, margin, 1.0 - margin)
        logit = tf.math.log(raw) - tf.math.log1p(-raw)
        cooled = tf.clip_by_value(tf.sigmoid(logit / self.temperature), margin, 1.0 - margin)
        probability = tf.where(self.temperature == FIRST_TEMPERATURE, raw, cooled)
        called = tf.cast(probability >= self.threshold, tf.int64)
        same = tf.shape(raw)
        return {
            features.PROBABILITY: tf.where(sound, probability, float("nan")),
            features.PREDICTED: tf.where(sound, called, -1),
            features.THRESHOLD: tf.fill(same, self.threshold.read_value()),
            features.VERSION: tf.fill(same, self.version.read_value()),
            features.ERROR: tf.where(sound, "", complaint),
        }


def _image_of(record: tf.Tensor) -> tf.Tensor:
    return tf.io.parse_single_example(record, {features.IMAGE: tf.io.FixedLenFeature([], tf.string)})[
        features.IMAGE
    ]


def write(model: keras.Model, transform: Transform, folder: str, trained_on: TrainedOn) -> None:
    """Writes the SavedModel, and beside its graph what it was trained on, in `features.TRAINED_ON_FILE`.

    Args:
      model: Never compiled, so that no optimizer comes along; slices to probability.
      transform: Raw columns to transformed columns, the saved graph of Transform.
      folder: Where to; may be remote.
      trained_on: What slices it takes.
    """
    served = ExportedModel(model, transform)
    signatures = {
        "serving_default": served.serving_default,
        "serving_bytes": served.serving_bytes,
        "explain_bytes": served.explain_bytes,
        "transform_features": served.transform_features,
    }
    tf.saved_model.save(served, folder, signatures)
    path = os.path.join(folder, features.TRAINED_ON_FILE)  # noqa: PTH118 - may be remote
    tf.io.gfile.makedirs(os.path.dirname(path))  # noqa: PTH120
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(trained_on.to_json())
