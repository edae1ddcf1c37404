"""The settings that a run was made with, as its nodes were given them."""

from collections.abc import Mapping
from typing import Any

from pipeline.nodes import SETTINGS
from pipeline.past_runs.accounts import read_searched
from pipeline.past_runs.history import Run
from pipeline.settings.config import Config

__all__ = ["DATA", "different", "settings_of"]

DATA = "data"  # the fingerprint of all that was read, beside the settings


def settings_of(run: Run) -> dict[str, Any]:
    """Returns a run's settings that may be listed, by "group.name", and the fingerprint of its data, `DATA`.

    What a search chose stands in place of what was set. What a run did not come to is missing.
    """
    settings: dict[str, Any] = {}
    for group, place in SETTINGS.items():
        values = place.read(run.nodes[place.node].properties) if place.node in run.nodes else {}
        settings |= {f"{group}.{name}": value for name, value in values.items()}
    searched = read_searched(run) if settings else None
    settings |= {f"trainer.{name}": value for name, value in searched or ()}
    examples = run.output("SliceExampleGen", "examples")
    if examples and "input_fingerprint" in examples.properties:  # a cached execution does not have it
        settings[DATA] = examples.properties["input_fingerprint"]
    hidden = {key for key, known in Config.settings().items() if not known.listed}
    return {key: value for key, value in settings.items() if key not in hidden}


def different(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Returns the settings that differ, with both values; None where one run has none.

    Settings that a model is judged by are left out: both models are judged by those of the comparison.
    """
    judging = {key.partition(".")[0] for key, known in Config.settings().items() if known.judges_model}
    return {
        key: (first.get(key), second.get(key))
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key) and key.partition(".")[0] not in judging
    }
