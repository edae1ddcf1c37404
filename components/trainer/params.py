"""Parameters of Trainer."""

from typing import Literal

from components.parameters import Parameters, parameter


class TrainerParams(Parameters):
    """The recipe: model, weights, optimisation, what is kept."""

    trunk: Literal["inception_v3", "tiny"] = parameter(
        "convolutional trunk; tiny is a stand-in for tests, not for results"
    )
    weights: str = parameter(
        "trunk weights: imagenet (fetched once, cached), none, or a path to a .h5 or .keras file"
    )
    batch_norm_momentum: float = parameter(
        "of the trunk's batch normalisation; 0.99 is Keras' own, too slow for random weights",
        "0..1", ge=0, lt=1,
    )  # fmt: skip
    batch_norm_batches: int = parameter(
        "after each epoch the batch normalisation statistics are measured anew over so many training "
        "batches; 0 keeps their moving averages",
        "batches", ge=0,
    )  # fmt: skip
    unfrozen_share: float = parameter(
        "of the trunk's layers that train, from its end on; 1 trains all, less leaves the lower ones, with "
        "their batch normalisation, as they were loaded",
        "0..1", ge=0, le=1,
    )  # fmt: skip
    dropout: float = parameter("between pooling and the sigmoid unit", "0..1", ge=0, lt=1)
    learning_rate: float = parameter("of Adam", "", gt=0)
    batch_size: int = parameter("slices a training step", "slices", ge=1)
    epochs: int = parameter("at most this many, the warm-up not counted", "epochs", ge=1)
    warmup_epochs: int = parameter("epochs with a frozen trunk before fine-tuning", "epochs", ge=0)
    early_stopping_patience: int = parameter(
        "stop after so many epochs without a better validation loss; 0 never stops early", "epochs", ge=0
    )
    class_weights: Literal["none", "balanced"] = parameter(
        "balanced weighs each class by the inverse of its share of the training slices"
    )
    flip: bool = parameter("mirror training slices left to right at random")
    rotation_degrees: float = parameter("rotate training slices by up to this", "degrees", ge=0, le=45)
    shift_share: float = parameter(
        "move training slices by up to this share of the side", "0..1", ge=0, le=0.3
    )
    zoom_share: float = parameter("scale training slices by up to this share", "0..1", ge=0, le=0.3)
    brightness_share: float = parameter(
        "brighten or darken training slices by up to this", "0..1", ge=0, le=0.5
    )
    mixed_precision: bool = parameter("16-bit floats where a GPU is present")
    cache_megabytes: int = parameter(
        "resized 8-bit slices are kept in memory up to this, on disk beyond", "MB", ge=0
    )
    seed: int = parameter("of weights, order, dropout and augmentation", ge=0, le=2**31 - 1)
