"""What every component's parameters have in common: frozen, checked, documented, JSON.

A component declares names, units, meanings and bounds; it never declares a value.
Values stand in `pipeline/settings/config.py` alone.
"""

import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


class Parameters(BaseModel):
    """A frozen set of parameters without defaults, which crosses process borders as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    def to_json(self) -> str:
        """Returns the parameters as JSON with sorted keys, so that equal means equal text."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what `to_json` wrote.

        Raises:
          pydantic.ValidationError: A field is missing, unknown or out of its bounds.
        """
        return cls.model_validate_json(text)


def parameter(meaning: str, unit: str = "", **bounds: Any) -> Any:
    """Declares one parameter by its meaning, unit and bounds (`ge`, `le`, `gt`, `lt`, `pattern`)."""
    return Field(description=meaning, json_schema_extra={"unit": unit}, **bounds)
