"""The way from defaults to the settings of a run.

A value comes, in rising order, from the defaults, a preset, `ichor.toml` (or the file that
ICHOR_CONFIG names, which may name a preset too), and `--set`. `load` says of each where it
came from.
"""

import dataclasses
import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.settings.config import DEFAULTS, Config
from pipeline.settings.presets import DEFAULT_PRESET, PRESETS

__all__ = ["CONFIG_FILE", "CONFIG_VARIABLE", "ConfigError", "Loaded", "Setting", "load"]

CONFIG_FILE = "ichor.toml"
CONFIG_VARIABLE = "ICHOR_CONFIG"


class ConfigError(ValueError):
    """A setting is unknown or does not keep to its bounds; the message is for the user."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """A setting with everything that a person wants to know of it."""

    key: str
    value: Any
    unit: str
    meaning: str
    origin: str


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A whole configuration and where each of its values came from."""

    config: Config
    origins: Mapping[str, str]

    def settings(self) -> Iterator[Setting]:
        """Yields every setting in the order of declaration."""
        for key, known in self.config.settings().items():
            yield Setting(key, self.config.value(key), known.unit, known.meaning, self.origins[key])


def load(
    preset: str | None = None,
    assignments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    read_file: bool = True,
) -> Loaded:
    """Builds the settings of a run.

    Args:
      preset: A key of `PRESETS`; None leaves it to the file, then to DEFAULT_PRESET.
      assignments: "group.name=value" texts; a value is read as TOML, else taken as it stands.
      environment: Where CONFIG_VARIABLE is looked up; the process' own by default.
      read_file: False leaves a settings file alone, wherever it lies.
    Raises:
      ConfigError: A key is unknown (the nearest valid key is named), or a value is out of bounds.
    Example:
      >>> loaded = load("demo", ["trainer.epochs=3"], environment={}, read_file=False)
      >>> loaded.config.trainer.epochs, loaded.origins["trainer.epochs"]
      (3, '--set')
      >>> loaded.config.trainer.weights, loaded.origins["trainer.weights"]
      ('none', 'preset demo')
      >>> load(assignments=["run.dat=x"], environment={}, read_file=False)
      Traceback (most recent call last):
      pipeline.settings.loading.ConfigError: --set: unknown setting 'run.dat'; did you mean 'run.data'?
    """
    environment = os.environ if environment is None else environment
    values = {f"{group}.{name}": value for group, names in DEFAULTS.items() for name, value in names.items()}
    origins = dict.fromkeys(values, "default")
    file = _read_file(environment) if read_file else _File()
    preset = preset or file.preset
    if preset not in PRESETS:
        raise ConfigError(f"unknown preset {preset!r}{_nearest(preset, PRESETS)}")
    layers = [
        (PRESETS[preset], f"preset {preset}"),
        (file.values, file.name),
        (dict(map(_assignment, assignments)), "--set"),
    ]
    for layer, origin in layers:
        for key, value in layer.items():
            if key not in values:
                raise ConfigError(f"{origin}: unknown setting {key!r}{_nearest(key, values)}")
            values[key] = value
            origins[key] = origin
    nested = {group: {name: values[f"{group}.{name}"] for name in names} for group, names in DEFAULTS.items()}
    try:
        # Through JSON, so that a value from TOML is checked just as one from a node's parameters.
        return Loaded(Config.model_validate_json(json.dumps(nested, default=str)), origins)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"][:2])
        complaint = f"{problem['msg'].lower()}, got {problem['input']!r}"
        if problem["type"] == "value_error":  # of a check of ours, whose message is a whole one
            complaint = problem["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{origins.get(key, 'settings')}: {key}: {complaint}") from None


@dataclasses.dataclass(frozen=True)
class _File:
    name: str = CONFIG_FILE
    preset: str = DEFAULT_PRESET
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def _read_file(environment: Mapping[str, str]) -> _File:
    from_environment = environment.get(CONFIG_VARIABLE)
    path = Path(from_environment or CONFIG_FILE)
    if not path.is_file():
        if from_environment:
            raise ConfigError(f"{CONFIG_VARIABLE} names {from_environment!r}, which is not a file")
        return _File()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    preset = tree.pop("preset", DEFAULT_PRESET)
    values: dict[str, Any] = {}
    for group, names in tree.items():
        if not isinstance(names, dict):
            raise ConfigError(
                f"{path}: {group!r} stands outside a table; write it below [run] or another group"
            )
        values.update({f"{group}.{name}": value for name, value in names.items()})
    return _File(str(path), str(preset), values)


def _assignment(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text!r}: expected key=value")
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value


def _nearest(word: str, words: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; valid ones are {', '.join(sorted(words))}"
