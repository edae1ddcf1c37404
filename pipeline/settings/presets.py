"""Presets: sets of settings that belong together."""

from collections.abc import Mapping
from typing import Any

__all__ = ["DEFAULT_PRESET", "PRESETS"]

DEFAULT_PRESET = "local"  # the recipe as it stands
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "local": {},
    "demo": {
        "run.data": "demo/phantoms",
        "run.output": "demo/output",
        "ingest.patient_pattern": "(?P<patient>p[0-9]+)_s[0-9]+",
        "ingest.seed": 9,  # a third of the slices show a hemorrhage in each of its splits
        "phantoms.hemorrhage_share": 0.7,
        "transform.image_side": 96,
        "trainer.weights": "none",
        "trainer.batch_norm_momentum": 0.9,
        "trainer.batch_size": 16,
        "trainer.learning_rate": 0.001,
        "trainer.epochs": 8,
        "trainer.flip": True,
        "gate.min_binary_accuracy": 0.75,  # calling everything normal reaches 0.67
    },
}
