"""What every component's parameters have in common: frozen, checked, documented, JSON.

A component declares names, units, meanings and bounds; it never declares a value.
Values stand in `pipeline/settings/config.py` alone.
"""

import dataclasses
import functools
import json
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Declaration", "Parameters", "parameter", "public_parameter"]


@dataclasses.dataclass(frozen=True)
class Declaration:
    """What is known of a parameter beside its name and bounds; what is not declared is private.

    Attributes:
      meaning: In a line.
      unit: Of its value; "" for none.
      annotation: Its type.
      public: Its value may stand on a page that is mailed, and be sent to a team's tracking.
      public_values: Of a public text that may be a path: the values that are no path; any other is hidden.
      tracked: A number or switch that may be sent to a team's tracking, though it is not public.
      listed: Its value is shown where the user's own runs are listed and compared.
      fingerprinted: The file that it names is fingerprinted when the graph is built, so that it cannot be
        changed later.
      judges_model: As `Parameters.judges_model`.
    """

    meaning: str = ""
    unit: str = ""
    annotation: Any = None
    public: bool = False
    public_values: tuple[str, ...] = ()
    tracked: bool = False
    listed: bool = True
    fingerprinted: bool = False
    judges_model: bool = False

    def without_path(self, value: Any, instead: str) -> Any:
        """Returns a public value, or `instead` where it is the path of a user's file."""
        return instead if self.public_values and value not in self.public_values else value


BOUNDS = {"ge", "gt", "le", "lt", "min_length", "pattern"}  # as pydantic names them


class Parameters(BaseModel):
    """A frozen set of parameters without defaults, which crosses process borders as JSON.

    Attributes:
      judges_model: Whether they change how a model is judged, and not the model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    judges_model: ClassVar[bool] = False

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

    @classmethod
    def declarations(cls) -> dict[str, Declaration]:
        """Returns what is known of each parameter, by name, in the order of declaration."""
        known = {}
        for name, field in cls.model_fields.items():
            facts: Any = field.json_schema_extra or {"meaning": field.description or ""}
            known[name] = Declaration(**facts, annotation=field.annotation, judges_model=cls.judges_model)
        return known


def parameter(meaning: str, unit: str = "", **facts_and_bounds: Any) -> Any:
    """Declares one parameter.

    Args:
      meaning: In a line.
      unit: Of its value.
      **facts_and_bounds: What else is known of it, as `Declaration` names it, and its `BOUNDS`.
    Raises:
      TypeError: There is no such fact or bound.
    Example:
      >>> class Params(Parameters):
      ...     epochs: int = public_parameter("at most this many", "epochs", ge=1)
      ...     key_file: str = parameter("file of the key", listed=False)
      >>> [(name, known.public) for name, known in Params.declarations().items()]
      [('epochs', True), ('key_file', False)]
    """
    bounds = {name: value for name, value in facts_and_bounds.items() if name in BOUNDS}
    facts = {name: value for name, value in facts_and_bounds.items() if name not in BOUNDS}
    facts |= {"meaning": meaning, "unit": unit}
    Declaration(**facts)  # refuses what is misspelt, which pydantic would keep and nobody would look at
    return Field(description=meaning, json_schema_extra=facts, **bounds)


public_parameter = functools.partial(parameter, public=True)
