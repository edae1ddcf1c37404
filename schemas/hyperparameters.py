"""What a training was given where a search may choose: the names, the file, and how it is told."""

from collections.abc import Mapping
from typing import Any

SEARCHED = ("learning_rate", "dropout", "unfrozen_share")  # parameters of Trainer
HYPERPARAMETERS_FILE = "hyperparameters.json"  # in Trainer's model_run: "from", one of these, and "values"
TUNER, SETTINGS = "tuner", "settings"
TRIALS_FILE = "tuner_results.json"  # of Tuner's results: what each trial drew, and its "score"; TFX's name


def told(values: Mapping[str, Any]) -> str:
    """Returns values by the names SEARCHED in words."""
    return ", ".join(f"{name} {float(values[name]):.3g}" for name in SEARCHED)
