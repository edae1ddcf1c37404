"""Parameters of Tuner."""

from typing import Literal, Self

from pydantic import model_validator

from components.parameters import Parameters, public_parameter

__all__ = ["TunerParams"]


class TunerParams(Parameters):
    """What is searched, how, and at what cost."""

    enabled: bool = public_parameter(
        "search for learning rate, dropout and unfrozen share before the training, which then takes the best"
    )
    search: Literal["random", "bayesian", "hyperband"] = public_parameter(
        "draw trials at random, where earlier ones promise most, or many short ones of which the best go on"
    )
    trials: int = public_parameter(
        "trainings to compare; hyperband reckons its own number from tuner.epochs", "trials", ge=1
    )
    epochs: int = public_parameter("of a trial, in the place of trainer.epochs", "epochs", ge=1)
    learning_rate_min: float = public_parameter(
        "lowest learning rate; drawn on a logarithmic scale", "", gt=0
    )
    learning_rate_max: float = public_parameter("highest learning rate", "", gt=0)
    dropout_min: float = public_parameter("lowest dropout", "0..1", ge=0, lt=1)
    dropout_max: float = public_parameter("highest dropout", "0..1", ge=0, lt=1)
    unfrozen_shares: tuple[float, ...] = public_parameter(
        "values of trainer.unfrozen_share to choose from; only where trainer.weights gives pretrained ones",
        "0..1", min_length=1,
    )  # fmt: skip
    seed: int = public_parameter("of what is drawn; trainings have their own", ge=0, le=2**31 - 2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name in ("learning_rate", "dropout"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low > high:
                raise ValueError(f"{name}_min is {low:g}, above {name}_max, which is {high:g}")
        if outside := [share for share in self.unfrozen_shares if not 0 <= share <= 1]:
            raise ValueError(f"unfrozen_shares must lie in 0..1, got {outside}")
        return self
