"""What the graph hands to which node, for those who read a run or change one without TFX."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["REPORT_INPUTS", "SETTINGS", "Place"]


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a group of settings stands among a node's execution properties, as JSON.

    Attributes:
      node: Its id.
      parameter: Name of the property.
      below: Key of the property's JSON below which the settings stand, as JSON again; "" where they are all.
    """

    node: str
    parameter: str
    below: str = ""

    def read(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the settings by name; none where the node was given none.

        Example:
          >>> Place("SliceFilter", "params_json").read({"params_json": '{"enabled": true}'})
          {'enabled': True}
        """
        values: dict[str, Any] = json.loads(properties.get(self.parameter, "{}"))
        return json.loads(values[self.below]) if self.below and values else values

    def write(self, properties: dict[str, Any], text: str) -> None:
        """Puts settings, as JSON, in the place of those that are there."""
        if self.below:
            text = json.dumps({**json.loads(properties[self.parameter]), self.below: text})
        properties[self.parameter] = text


SETTINGS: Mapping[str, Place] = {
    "ingest": Place("SliceExampleGen", "params_json"),
    "filter": Place("SliceFilter", "params_json"),
    "leakage": Place("LeakageGate", "params_json"),
    "transform": Place("Transform", "custom_config", "params"),
    "trainer": Place("Trainer", "custom_config", "params"),
    "tuner": Place("Tuner", "custom_config", "tuning"),
    "threshold": Place("OperatingPoint", "params_json"),
    "scorer": Place("SliceScorer", "params_json"),
    "evaluation": Place("ModelGate", "evaluation_json"),
    "gate": Place("ModelGate", "gate_json"),
}
# By the names of Report's inputs: the node and the output that each is.
REPORT_INPUTS: Mapping[str, tuple[str, str]] = {
    "examples": ("SliceExampleGen", "examples"),
    "ingest_report": ("SliceExampleGen", "report"),
    "filter_report": ("SliceFilter", "report"),
    "checked_examples": ("LeakageGate", "checked_examples"),
    "leakage_report": ("LeakageGate", "report"),
    "statistics": ("StatisticsGen", "statistics"),
    "schema": ("ImportSchemaGen", "schema"),
    "transform_graph": ("Transform", "transform_graph"),
    "trained_model": ("Trainer", "model"),
    "model_run": ("Trainer", "model_run"),
    "model": ("OperatingPoint", "model"),
    "scores": ("SliceScorer", "scores"),
    "evaluation": ("ModelGate", "evaluation"),
    "blessing": ("ModelGate", "blessing"),
    "pushed_model": ("Pusher", "pushed_model"),
}
