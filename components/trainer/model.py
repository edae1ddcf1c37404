"""The classifier: a convolutional trunk, global average pooling, dropout and one sigmoid unit."""

import keras

from components.trainer.params import TrainerParams
from schemas import features

RGB = 3  # channels that the trunks were designed for
TRUNK = "trunk"
DROPOUT = "dropout"
MIN_INCEPTION_SIDE = 75  # pixels; smaller slices vanish in its valid-padded stem
TINY_LAYERS = ((16, 2), (32, 1), (64, 1))  # filters and stride; enough to tell phantoms apart


def build(params: TrainerParams, image_shape: tuple[int, int, int]) -> keras.Model:
    """Builds the classifier with random weights.

    Args:
      params: Trunk, batch normalisation, dropout and seed.
      image_shape: Side, side, channels (1 or 3) of a slice in 0..1.
    Returns:
      A model of slices float32 (n, side, side, channels) to a probability float32 (n, 1).
    Raises:
      ValueError: The slices are too small for the trunk.
    """
    side, _, channels = image_shape
    check_side(params.trunk, side)
    inputs = keras.Input(image_shape, name=features.PIXELS)
    # Trunks are trained on -1..1 (keras.applications.inception_v3.preprocess_input).
    scaled = keras.layers.Rescaling(2.0, offset=-1.0)(inputs)
    if channels == 1:
        scaled = keras.layers.Concatenate()([scaled] * RGB)
    maps = _trunk(params, side)(scaled)
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    dropped = keras.layers.Dropout(params.dropout, seed=params.seed, name=DROPOUT)(pooled)
    # float32 in mixed precision too: a probability near 0 or 1 needs the digits.
    output = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name=features.PROBABILITY)(dropped)
    return keras.Model(inputs, output)


def check_side(trunk: str, side: int) -> None:
    """Checks that slices of a side are large enough for a trunk.

    Raises:
      ValueError: They are not.
    """
    if trunk == "inception_v3" and side < MIN_INCEPTION_SIDE:
        raise ValueError(
            f"transform.image_side: trunk {trunk} needs at least {MIN_INCEPTION_SIDE} pixels, got {side}"
        )


def trunk_of(model: keras.Model) -> keras.Model:
    """Returns the trunk of a model that `build` made."""
    return model.get_layer(TRUNK)


def unfreeze(model: keras.Model, share: float) -> None:
    """Lets the upper layers of a trunk train and freezes those below; to be followed by a compilation.

    A frozen batch normalisation uses its moving statistics in training, too, and leaves them as they are.

    Args:
      model: That `build` made.
      share: Of the trunk's layers that have weights, counted from its end, 0..1.
    """
    weighted = [layer for layer in trunk_of(model).layers if layer.weights]
    frozen = len(weighted) - round(share * len(weighted))
    for at, layer in enumerate(weighted):
        layer.trainable = at >= frozen


def batch_norms(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    """Returns the batch normalisation layers of a model that `build` made."""
    layers = trunk_of(model).layers
    return [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]


def _trunk(params: TrainerParams, side: int) -> keras.Model:
    trunk = _inception_v3(side) if params.trunk == "inception_v3" else _tiny(side)
    for layer in trunk.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = params.batch_norm_momentum
    return trunk


def _inception_v3(side: int) -> keras.Model:
    return keras.applications.InceptionV3(
        include_top=False, weights=None, input_shape=(side, side, RGB), name=TRUNK
    )


def _tiny(side: int) -> keras.Model:
    inputs = keras.Input((side, side, RGB))
    maps = inputs
    for filters, strides in TINY_LAYERS:
        maps = keras.layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(maps)
        maps = keras.layers.BatchNormalization(scale=False)(maps)
        maps = keras.layers.ReLU()(maps)
        maps = keras.layers.MaxPooling2D()(maps)
    return keras.Model(inputs, maps, name=TRUNK)
