"""Parameters of Trainer."""

from typing import Literal

from components.parameters import Parameters, parameter, public_parameter
from components.trainer.trunks import TRUNKS, TrunkName

__all__ = ["TrainerParams"]


class TrainerParams(Parameters):
    """The recipe: model, weights, optimisation, what is kept."""

    trunk: TrunkName = public_parameter(
        f"convolutional trunk: {', '.join(TRUNKS)}; tiny is a stand-in for tests, not for results"
    )
    weights: str = public_parameter(
        "trunk weights: imagenet (fetched once, cached), none, or a path to a .h5 or .keras file",
        public_values=("imagenet", "none"),
        fingerprinted=True,
    )
    batch_norm_momentum: float = public_parameter(
        "of the trunk's batch normalisation; 0.99 is Keras' own, too slow for random weights",
        "0..1", ge=0, lt=1,
    )  # fmt: skip
    batch_norm_batches: int = public_parameter(
        "after each epoch the batch normalisation statistics are measured anew over so many training "
        "batches; 0 keeps their moving averages",
        "batches", ge=0,
    )  # fmt: skip
    unfrozen_share: float = public_parameter(
        "of the trunk's layers that train, from its end on; 1 trains all, less leaves the lower ones, with "
        "their batch normalisation, as they were loaded",
        "0..1", ge=0, le=1,
    )  # fmt: skip
    dropout: float = public_parameter("between pooling and the sigmoid unit", "0..1", ge=0, lt=1)
    learning_rate: float = public_parameter("of Adam", "", gt=0)
    batch_size: int = public_parameter("slices a training step", "slices", ge=1)
    epochs: int = public_parameter("at most this many, the warm-up not counted", "epochs", ge=1)
    warmup_epochs: int = public_parameter("epochs with a frozen trunk before fine-tuning", "epochs", ge=0)
    early_stopping_patience: int = public_parameter(
        "stop after so many epochs without a better validation loss; 0 never stops early", "epochs", ge=0
    )
    class_weights: Literal["none", "balanced"] = public_parameter(
        "balanced weighs each class by the inverse of its share of the training slices"
    )
    flip: bool = public_parameter("mirror training slices left to right at random")
    rotation_degrees: float = public_parameter("rotate training slices by up to this", "degrees", ge=0, le=45)
    shift_share: float = public_parameter(
        "move training slices by up to this share of the side", "0..1", ge=0, le=0.3
    )
    zoom_share: float = public_parameter("scale training slices by up to this share", "0..1", ge=0, le=0.3)
    brightness_share: float = public_parameter(
        "brighten or darken training slices by up to this", "0..1", ge=0, le=0.5
    )
    mixed_precision: bool = public_parameter("16-bit floats where a GPU is present")
    cache_megabytes: int = parameter(
        "resized 8-bit slices are kept in memory up to this, on disk beyond", "MB", tracked=True, ge=0
    )
    seed: int = public_parameter("of weights, order, dropout and augmentation", ge=0, le=2**31 - 1)
