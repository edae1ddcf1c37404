"""What a training follows in the end: the settings, with what a search found in the place of some."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from components.trainer.params import TrainerParams
from schemas.hyperparameters import (
    HYPERPARAMETERS_FILE,
    SEARCHED,
    SETTINGS,
    TUNER,
    Hyperparameters,
    HyperparametersAccount,
)

VALUES = "values"  # of KerasTuner's hyperparameters


def with_found(params: TrainerParams, found: Mapping[str, Any] | None) -> TrainerParams:
    """Returns parameters in which the values that a search found replace the settings.

    Args:
      params: As the settings have them.
      found: KerasTuner's hyperparameters as JSON has them, VALUES by name; None without a search.
    Raises:
      ValueError: A value is missing or out of its bounds.
    """
    if found is None:
        return params
    if missing := [name for name in SEARCHED if name not in found[VALUES]]:
        raise ValueError(f"trainer: Tuner's best hyperparameters lack {', '.join(missing)}; run Tuner anew")
    values = {name: found[VALUES][name] for name in SEARCHED}
    return TrainerParams.model_validate(params.model_dump() | values)


def searched_values(params: TrainerParams) -> Hyperparameters:
    """Returns the parameters that a search may choose."""
    return Hyperparameters(**{name: float(getattr(params, name)) for name in SEARCHED})


def write(folder: str, params: TrainerParams, found: bool) -> None:
    """Writes what a training trained with to HYPERPARAMETERS_FILE.

    Args:
      folder: Where to; may be remote.
      params: That the training follows.
      found: Whether a search chose them.
    """
    tf.io.gfile.makedirs(folder)
    account = HyperparametersAccount(chosen_by=TUNER if found else SETTINGS, values=searched_values(params))
    with tf.io.gfile.GFile(f"{folder}/{HYPERPARAMETERS_FILE}", "w") as file:
        file.write(account.to_json())
