"""The classifier: a convolutional trunk, global average pooling, dropout and one sigmoid unit."""

import keras

from components.trainer.params import TrainerParams
from components.trainer.trunks import RGB, TRUNK, TRUNKS, check_side
from schemas import features

__all__ = ["build"]

DROPOUT = "dropout"


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
    chosen = TRUNKS[params.trunk]
    inputs = keras.Input(image_shape, name=features.PIXELS)
    scaled = keras.layers.Rescaling(chosen.scale, offset=chosen.offset)(inputs)
    if channels == 1:
        scaled = keras.layers.Concatenate()([scaled] * RGB)
    trunk = chosen.build(side)
    for layer in trunk.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = params.batch_norm_momentum
    pooled = keras.layers.GlobalAveragePooling2D()(trunk(scaled))
    dropped = keras.layers.Dropout(params.dropout, seed=params.seed, name=DROPOUT)(pooled)
    # float32 in mixed precision too: a probability near 0 or 1 needs the digits.
    output = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name=features.PROBABILITY)(dropped)
    return keras.Model(inputs, output)


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


def dropouts(model: keras.Model) -> list[keras.layers.Dropout]:
    """Returns the dropout layers of a model that `build` made: its own, and those of its trunk."""
    layers = trunk_of(model).layers
    return [model.get_layer(DROPOUT), *(layer for layer in layers if isinstance(layer, keras.layers.Dropout))]
