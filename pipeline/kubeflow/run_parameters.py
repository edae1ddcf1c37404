"""Values for a run's parameters, as typed on a command line: checked and typed before anything is sent."""

import difflib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.kubeflow.access import KubeflowError
from pipeline.kubeflow.package import Package

__all__ = ["typed"]

EXACT = 2**53  # a number on its way is a double; beyond this not every integer is one


def typed(package: Package, assignments: Sequence[str]) -> dict[str, Any]:
    """Returns the values of a run's parameters as the specification types them.

    Args:
      package: The compiled pipeline.
      assignments: Each NAME=VALUE.
    Raises:
      KubeflowError: A name is unknown, a value is of another type, or one is missing that has no default.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise KubeflowError(f"--param {assignment!r}: expected NAME=VALUE")
        if name not in package.parameters:
            raise KubeflowError(f"--param {name}: {_unknown(name, package)}")
        if name in values:
            raise KubeflowError(f"--param {name}: is given twice")
        values[name] = _value(name, text, package.parameters[name])
    missing = [
        name for name, parameter in package.parameters.items() if _needed(parameter) and name not in values
    ]
    if missing:
        raise KubeflowError(
            f"{package.path}: has no default for {', '.join(missing)}; give --param NAME=VALUE"
        )
    return values


def _unknown(name: str, package: Package) -> str:
    if not package.parameters:
        return f"{package.path} has no parameters"
    close = difflib.get_close_matches(name, package.parameters, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"is not one of {package.path}, which has {', '.join(sorted(package.parameters))}.{hint}"


def _needed(parameter: Mapping[str, Any]) -> bool:
    return "defaultValue" not in parameter and not parameter.get("isOptional")


def _value(name: str, text: str, declared: Mapping[str, Any]) -> Any:
    kind = str(declared.get("parameterType", ""))
    if kind not in _READERS:
        raise KubeflowError(f"--param {name}: is of type {kind or 'unknown'}, which cannot be given by hand")
    expected, read = _READERS[kind]
    try:
        return read(text)
    except ValueError:
        raise KubeflowError(f"--param {name}: expected {expected} ({kind}), got {text!r}") from None


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > EXACT or "_" in text:
        raise ValueError(text)
    return value


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError(text)
    return value


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _no(text: str) -> Any:
    raise ValueError(text)


def _json(kind: type) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = json.loads(text, parse_constant=_no)
        return value if isinstance(value, kind) else _no(text)

    return read


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "NUMBER_INTEGER": ("a whole number", _integer),
    "NUMBER_DOUBLE": ("a number", _number),
    "STRING": ("text", str),
    "BOOLEAN": ("true or false", _truth),
    "LIST": ("a JSON list", _json(list)),
    "STRUCT": ("a JSON object", _json(dict)),
}
