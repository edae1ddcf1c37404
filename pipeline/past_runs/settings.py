"""The settings that a run was made with, as its nodes were given them."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.past_runs.accounts import read_searched
from pipeline.past_runs.history import Run

# Group of settings: node, property, and the key below which they stand in it.
_PLACES = {
    "ingest": ("SliceExampleGen", "params_json", ""),
    "filter": ("SliceFilter", "params_json", ""),
    "leakage": ("LeakageGate", "params_json", ""),
    "transform": ("Transform", "custom_config", "params"),
    "trainer": ("Trainer", "custom_config", "params"),
    "tuner": ("Tuner", "custom_config", "tuning"),
    "threshold": ("OperatingPoint", "params_json", ""),
    "scorer": ("SliceScorer", "params_json", ""),
    "evaluation": ("ModelGate", "evaluation_json", ""),
    "gate": ("ModelGate", "gate_json", ""),
}


DATA = "data"  # the fingerprint of all that was read, told beside the settings


def settings_of(run: Run) -> dict[str, Any]:
    """Returns a run's settings, by "group.name", and the fingerprint of its data, `DATA`.

    What a search found stands in place of what was set. What a run did not come to is missing.
    """
    found: dict[str, Any] = {}
    for group, (node, name, below) in _PLACES.items():
        properties = run.nodes[node].properties if node in run.nodes else {}
        values: Any = json.loads(properties.get(name, "{}"))
        if below and values:
            values = json.loads(values[below])
        found |= {f"{group}.{key}": value for key, value in values.items()}
    searched = read_searched(run) if found else None
    found |= {f"trainer.{name}": value for name, value in searched or ()}
    examples = run.output("SliceExampleGen", "examples")
    if examples and "input_fingerprint" in examples.properties:  # a cached execution does not have it
        found[DATA] = examples.properties["input_fingerprint"]
    return found


def different(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Returns the settings that differ, with both values; None where one run has none."""
    names = sorted(one.keys() | other.keys())
    return {name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)}
