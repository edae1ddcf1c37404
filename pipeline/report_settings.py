"""The settings that a report tells: those that shape a model or its judgement, and no place on a machine."""

from typing import Any

from components.trainer.weights import IMAGENET, NONE
from pipeline.config import DEFAULTS, Config

# Where things lie and how they are shown is not what a model is; the page is sent to others.
LEFT_OUT_GROUPS = ("run", "drift", "phantoms", "report", "tracking")
LEFT_OUT = ("ingest.key_file", "trainer.cache_megabytes")
OWN_WEIGHTS = "a file of the user's"


def told(config: Config) -> list[dict[str, Any]]:
    """Returns key, value, unit, meaning and default of each setting, as JSON knows them."""
    values = config.model_dump(mode="json")
    if values["trainer"]["weights"] not in (IMAGENET, NONE):
        values["trainer"]["weights"] = OWN_WEIGHTS
    rows = []
    for group, group_field in Config.model_fields.items():
        if group in LEFT_OUT_GROUPS:
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
