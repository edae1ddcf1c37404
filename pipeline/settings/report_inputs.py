"""What a report is told: which artifacts, and which settings."""

import json
from typing import Any

from components.trainer.weights import IMAGENET, NONE
from pipeline.settings.config import DEFAULTS, Config

# By the names of Report's inputs: the node and the output that each is.
INPUTS = {
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
# Where things lie and how they are shown is not what a model is; the page is sent to others.
LEFT_OUT_GROUPS = ("run", "beam", "drift", "phantoms", "report", "tracking", "explain", "kubeflow")
LEFT_OUT = (
    "ingest.key_file", "ingest.table", "ingest.hemorrhage_folders", "ingest.normal_folders",
    "ingest.patient_pattern", "trainer.cache_megabytes",
)  # fmt: skip
SEARCH = "tuner"  # its settings change nothing in a run that does not search
OWN_WEIGHTS = "a file of the user's"


def told(config: Config) -> list[dict[str, Any]]:
    """Returns key, value, unit, meaning and default of each setting that shapes a model or its judgement."""
    values = config.model_dump(mode="json")
    if values["trainer"]["weights"] not in (IMAGENET, NONE):
        values["trainer"]["weights"] = OWN_WEIGHTS
    rows = []
    for group, group_field in Config.model_fields.items():
        if group in LEFT_OUT_GROUPS or (group == SEARCH and not config.tuner.enabled):
            continue
        for name, field in group_field.annotation.model_fields.items():  # type: ignore[union-attr]
            extra = field.json_schema_extra
            if f"{group}.{name}" not in LEFT_OUT:
                rows.append(
                    {
                        "key": f"{group}.{name}",
                        "value": values[group][name],
                        "unit": str(extra["unit"]) if isinstance(extra, dict) else "",
                        "meaning": field.description or "",
                        "default": DEFAULTS[group][name],
                    }
                )
    return rows


def told_as_json(config: Config) -> str:
    """Returns the same as a node's parameter."""
    return json.dumps(told(config), sort_keys=True)


def nodes_as_json() -> str:
    """Returns by the names of Report's inputs the nodes that make them, as a node's parameter."""
    return json.dumps({name: node for name, (node, _) in INPUTS.items()})
