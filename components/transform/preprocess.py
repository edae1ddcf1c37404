"""The `preprocessing_fn` of TFX Transform."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from components.transform import images
from components.transform.params import TransformParams
from schemas import features

__all__ = ["preprocessing_fn"]


def preprocessing_fn(inputs: Mapping[str, Any], custom_config: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Maps raw records onto what the model sees; called by TFX Transform.

    It holds no analyzer, so Transform needs no pass over the data, and pixels depend on
    the image alone, so a served model needs no label.

    Args:
      inputs: Batch of raw columns by name; `features.IMAGE` string (n, 1), `features.LABEL` int64 (n, 1).
      custom_config: "params" holds `TransformParams` as JSON.
    Returns:
      `features.PIXELS` float32 (n, side, side, channels), 0..1 in steps of 1/255;
      `features.TARGET` float32 (n, 1), 0 or 1.
    """
    params = TransformParams.from_json(custom_config["params"])
    encoded = tf.reshape(inputs[features.IMAGE], [-1])
    return {
        features.PIXELS: images.to_pixels(encoded, params.image_side, params.channels),
        features.TARGET: tf.cast(inputs[features.LABEL], tf.float32),
    }
