"""What a training was given where a search may choose: the names, the file, and how it is reported."""

from collections.abc import Mapping

from pydantic import Field

from schemas.accounts.account import Account, Part

__all__ = [
    "HYPERPARAMETERS_FILE",
    "SEARCHED",
    "SETTINGS",
    "TRIALS_FILE",
    "TUNER",
    "Hyperparameters",
    "HyperparametersAccount",
    "Trial",
    "in_words",
]

HYPERPARAMETERS_FILE = "hyperparameters.json"  # in Trainer's model_run
TUNER, SETTINGS = "tuner", "settings"
TRIALS_FILE = "tuner_results.json"  # of Tuner's results: what each trial drew, and its "score"; TFX's name


class Hyperparameters(Part):
    """The parameters of Trainer that a search may choose."""

    learning_rate: float
    dropout: float
    unfrozen_share: float


class Trial(Hyperparameters):
    """What one trial of a search drew, and the validation loss that it came to."""

    score: float


SEARCHED = tuple(Hyperparameters.model_fields)


def in_words(values: Mapping[str, float] | Hyperparameters) -> str:
    """Returns the parameters by their names; whatever else stands among the values is passed over."""
    named = dict(values)
    return ", ".join(f"{name} {float(named[name]):.3g}" for name in SEARCHED)


class HyperparametersAccount(Account):
    """What a training trained with.

    Attributes:
      chosen_by: TUNER or SETTINGS.
      values: The parameters.
    """

    chosen_by: str = Field(validation_alias="from", serialization_alias="from")
    values: Hyperparameters
