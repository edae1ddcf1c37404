"""Which settings may stand on a page that is mailed."""

from typing import Any

from components.trainer.trunks import TRUNKS
from pipeline.settings.config import DEFAULTS, Config

__all__ = ["public_settings"]

OWN_FILE = "a file of the user's"


def public_settings(config: Config) -> list[dict[str, Any]]:
    """Returns key, value, unit, meaning and default of each setting that is declared public.

    Those of a search are left out where there is none: they change nothing then. The trunk has a reference,
    too, "" where there is none.
    """
    values = config.model_dump(mode="json")
    rows = []
    for key, known in config.settings().items():
        group, _, name = key.partition(".")
        if known.public and (group != "tuner" or config.tuner.enabled):
            rows.append(
                {
                    "key": key,
                    "value": known.without_path(values[group][name], OWN_FILE),
                    "unit": known.unit,
                    "meaning": known.meaning,
                    "default": DEFAULTS[group][name],
                }
            )
    for row in rows:
        if row["key"] == "trainer.trunk":
            row["reference"] = TRUNKS[row["value"]].reference
    return rows
