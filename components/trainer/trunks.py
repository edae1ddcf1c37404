"""Every trunk, once: how it is built and scaled, what it needs and costs, where its ImageNet weights are.

A new trunk is one entry of `TRUNKS`. Keras is imported where a trunk is built, not with this module: settings
name trunks, and are read without TensorFlow.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import keras

__all__ = ["TRUNKS"]

RGB = 3  # channels that trunks are designed for
TRUNK = "trunk"  # name of the trunk within a classifier
TINY_LAYERS = ((16, 2), (32, 1), (64, 1))  # filters and stride; enough to tell phantoms apart
_APPLICATIONS = "https://storage.googleapis.com/tensorflow/keras-applications"


@dataclasses.dataclass(frozen=True)
class ImageNetWeights:
    """A file of a trunk's ImageNet weights, without its top.

    Attributes:
      url: Address; its last part is the file's name.
      md5: Of the file, hexadecimal.
    """

    url: str
    md5: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trunk:
    """What the project has to know of a convolutional trunk.

    Maps of evidence need no entry: `saliency` picks the layer by its stride.

    Attributes:
      build: Of the side of a slice, the trunk of random weights under the name `TRUNK`: float32
        (n, side, side, RGB) to maps.
      scale: Slices of 0..1 are multiplied by it,
      offset: and this is added, before they enter the trunk.
      least_side: Smallest side of a slice, pixels.
      step_seconds: CPU seconds of a training step for one slice of 224 pixels, all cores together, on the
        machine of docs/performance.md.
      model_bytes: Of its SavedModel.
      imagenet: None where there are no ImageNet weights.
      reference: Of a model card.
    """

    build: "Callable[[int], keras.Model]"
    scale: float
    offset: float
    least_side: int
    step_seconds: float
    model_bytes: int
    imagenet: ImageNetWeights | None = None
    reference: str = ""


def _inception_v3(side: int) -> "keras.Model":
    import keras

    return keras.applications.InceptionV3(
        include_top=False, weights=None, input_shape=(side, side, RGB), name=TRUNK
    )


def _efficientnet_v2_b0(side: int) -> "keras.Model":
    import keras

    # Keras picks its blocks and its scaling by its name, so that it cannot be built under another.
    built = keras.applications.EfficientNetV2B0(
        include_top=False, weights=None, input_shape=(side, side, RGB), include_preprocessing=True
    )
    return keras.Model(built.input, built.output, name=TRUNK)


def _tiny(side: int) -> "keras.Model":
    import keras

    inputs = keras.Input((side, side, RGB))
    maps = inputs
    for filters, strides in TINY_LAYERS:
        maps = keras.layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(maps)
        maps = keras.layers.BatchNormalization(scale=False)(maps)
        maps = keras.layers.ReLU()(maps)
        maps = keras.layers.MaxPooling2D()(maps)
    return keras.Model(inputs, maps, name=TRUNK)


# Source of addresses and hashes: keras/src/applications/, of scaling each one's preprocess_input.
TRUNKS: dict[str, Trunk] = {
    "inception_v3": Trunk(
        build=_inception_v3,
        scale=2.0,
        offset=-1.0,
        least_side=75,  # smaller slices vanish in its valid-padded stem
        step_seconds=0.206,
        model_bytes=91_000_000,
        imagenet=ImageNetWeights(
            f"{_APPLICATIONS}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "bcbd6486424b2319ff4ef7d526e38f63",
        ),
        reference="Keras Applications: InceptionV3",
    ),
    "efficientnet_v2_b0": Trunk(
        build=_efficientnet_v2_b0,
        scale=255.0,  # its own first layers bring 0..255 to ImageNet's mean and deviation
        offset=0.0,
        least_side=32,
        step_seconds=0.129,
        model_bytes=31_000_000,
        imagenet=ImageNetWeights(
            f"{_APPLICATIONS}/efficientnet_v2/efficientnetv2-b0_notop.h5", "893217f2bb855e2983157299931e43ff"
        ),
        reference="Keras Applications: EfficientNetV2B0",
    ),
    "tiny": Trunk(
        build=_tiny,
        scale=2.0,
        offset=-1.0,
        least_side=16,
        step_seconds=0.0065,
        model_bytes=4_000_000,
    ),
}

if TYPE_CHECKING:
    TrunkName = str
else:
    TrunkName = Literal[tuple(TRUNKS)]


def check_side(name: str, side: int) -> None:
    """Checks that slices of a side are large enough for a trunk.

    Raises:
      ValueError: They are not.
    """
    least = TRUNKS[name].least_side
    if side < least:
        raise ValueError(f"transform.image_side: trunk {name} needs at least {least} pixels, got {side}")
