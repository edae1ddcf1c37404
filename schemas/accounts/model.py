"""What a SavedModel says of itself, in `features.TRAINED_ON_FILE` beside its graph."""

from pydantic import ConfigDict

from schemas.accounts.account import Account

__all__ = ["ModelAccount", "TrainedOn"]


class TrainedOn(Account):
    """What a model was trained on, and so has to be given; as Trainer leaves it.

    It is read of a model with an operating point too, whose further keys are passed over.

    Attributes:
      windows: Of HU that the channels of its slices show, as `features.WINDOWS_EXAMPLE`; "" for images
        whose HU are not known.
      image_side: Pixels that slices are resized to.
      channels: 1 or 3.
    """

    model_config = ConfigDict(extra="ignore")

    windows: str
    image_side: int
    channels: int


class ModelAccount(TrainedOn):
    """The same with the operating point, as OperatingPoint leaves it and Pusher pushes it.

    Attributes:
      threshold: At or above it a slice is called a hemorrhage, 0..1.
      temperature: Logits are divided by it, > 0.
      version: ichor's own, and a hash of weights, input and operating point.
    """

    model_config = ConfigDict(extra="forbid")

    threshold: float
    temperature: float
    version: str
