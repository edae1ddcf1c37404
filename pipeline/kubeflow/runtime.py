"""Settings that a compiled pipeline still takes when it is run, and how they reach the nodes' parameters.

In the graph a setting sits inside of a node's JSON parameter, which is written when the graph is built. A
compiled pipeline has each such setting beside it, as a parameter of the run; the entrypoint puts it in.
"""

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from typing import Any

from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types import standard_component_specs as keys
from tfx.utils import proto_utils

from components.evaluator.gates import eval_config
from components.metrics.params import GateParams
from components.operating_point.params import ThresholdParams
from components.parameters import Parameters
from components.trainer.params import TrainerParams
from pipeline.settings.config import DEFAULTS, Config
from pipeline.settings.loading import ConfigError

GATE = "gate_json"
CUSTOM_CONFIG = "custom_config"
SETTINGS = "settings_json"
INGEST = "SliceExampleGen"


def name_of(key: str) -> str:
    """Returns a setting's name among a run's parameters, where a dot is not allowed: trainer_epochs."""
    return key.replace(".", "_", 1)


def _set(model: type[Parameters], text: str, field: str, value: Any) -> str:
    return model.model_validate({**json.loads(text), field: value}).to_json()


def _in_json(parameter: str, model: type[Parameters]) -> Callable[[dict[str, Any], str, Any], None]:
    def put(properties: dict[str, Any], field: str, value: Any) -> None:
        properties[parameter] = _set(model, properties[parameter], field, value)

    return put


def _in_training(properties: dict[str, Any], field: str, value: Any) -> None:
    config = json.loads(properties[CUSTOM_CONFIG])
    config["params"] = _set(TrainerParams, config["params"], field, value)
    properties[CUSTOM_CONFIG] = json.dumps(config)


def _in_search(properties: dict[str, Any], field: str, value: Any) -> None:
    if field != "epochs":  # a trial has its own number of them
        _in_training(properties, field, value)


def _in_evaluator(properties: dict[str, Any], field: str, value: Any) -> None:
    properties[GATE] = _set(GateParams, properties[GATE], field, value)
    config = eval_config(GateParams.from_json(properties[GATE]), gating=True)
    properties[keys.EVAL_CONFIG_KEY] = proto_utils.proto_to_json(config)


def _as(parameter: str) -> Callable[[dict[str, Any], str, Any], None]:
    def put(properties: dict[str, Any], _: str, value: Any) -> None:
        properties[parameter] = value

    return put


# By node, and there by group or whole key of a setting: how a value gets in.
PLACES: Mapping[str, Mapping[str, Callable[[dict[str, Any], str, Any], None]]] = {
    INGEST: {"run.data": _as(keys.INPUT_BASE_KEY)},
    "Tuner": {"trainer": _in_search},
    "Trainer": {"trainer": _in_training},
    "OperatingPoint": {"threshold": _in_json("params_json", ThresholdParams)},
    "Evaluator": {"gate": _in_evaluator},
    "ModelGate": {"gate": _in_json(GATE, GateParams), "threshold.rule": _as("threshold_rule")},
}
REPORT = "Report"  # tells all settings
COMPILED = ("trainer.weights",)  # whose fingerprint is taken when the graph is built


@dataclasses.dataclass(frozen=True)
class Runtime:
    """One setting that a run may change.

    Attributes:
      key: Of the setting, group.name.
      value: As compiled.
      meaning: Of the setting.
    """

    key: str
    value: Any
    meaning: str

    @property
    def name(self) -> str:
        """Among the run's parameters."""
        return name_of(self.key)

    @property
    def kind(self) -> type:
        """int, float or str."""
        return type(self.value)


def settable(config: Config) -> list[Runtime]:
    """Returns the settings that a run may change, as `kubeflow.runtime_parameters` lists them.

    Raises:
      ConfigError: A setting is unknown, or none that can be changed after the graph is built.
    """
    return [_runtime(config, key) for key in config.kubeflow.runtime_parameters]


def _runtime(config: Config, key: str) -> Runtime:
    group, _, name = key.partition(".")
    values = getattr(config, group, None)
    fields = type(values).model_fields if isinstance(values, Parameters) else {}
    has_place = any({key, group} & set(places) for places in PLACES.values())
    if name not in fields:
        near = difflib.get_close_matches(name, fields, n=1, cutoff=0.5)
        hint = f"; did you mean {f'{group}.{near[0]}'!r}?" if near else ""
        raise ConfigError(f"kubeflow.runtime_parameters: there is no setting {key!r}{hint}")
    if not has_place or key in COMPILED:
        places = {place for places in PLACES.values() for place in places}
        groups = sorted(place for place in places if place.partition(".")[0] not in places - {place})
        raise ConfigError(
            f"kubeflow.runtime_parameters: {key!r} cannot be changed from run to run; what can is in "
            f"{', '.join(groups)}"
        )
    value = getattr(values, name)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ConfigError(f"kubeflow.runtime_parameters: {key!r} is no number and no text")
    return Runtime(key, value, fields[name].description or "")


def attach(nodes: Mapping[str, BaseNode], config: Config) -> list[Runtime]:
    """Gives the nodes the run's parameters beside their own.

    Args:
      nodes: By id; their execution properties are changed.
      config: All settings.
    """
    settings = settable(config)
    for setting in settings:
        parameter = RuntimeParameter(setting.name, setting.kind, setting.value)
        for node in nodes.keys() & set(_nodes_of(setting.key)):
            nodes[node].exec_properties[setting.name] = parameter
    nodes["Evaluator"].exec_properties[GATE] = config.gate.to_json()
    return settings


def _nodes_of(key: str) -> list[str]:
    group = key.partition(".")[0]
    found = [node for node, places in PLACES.items() if key in places or group in places]
    return found if key == "run.data" else [*found, REPORT]


def apply(node: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Returns a node's execution properties with the run's parameters put where the node looks for them.

    Args:
      node: Its id.
      properties: As KFP gave them, with the run's parameters beside the node's own.
    Raises:
      pydantic.ValidationError: A value is out of its bounds.
    """
    properties = dict(properties)
    keys_of_all = [f"{group}.{name}" for group, names in DEFAULTS.items() for name in names]
    names = {key: name_of(key) for key in keys_of_all if node in _nodes_of(key)}
    given = {key: properties.pop(name) for key, name in names.items() if name in properties}
    places = PLACES.get(node, {})
    for key, value in given.items():
        group, _, field = key.partition(".")
        put = places.get(key) or places.get(group)
        if put:
            put(properties, field, value)
    if node == REPORT:
        rows = json.loads(properties[SETTINGS])
        rows = [row | {"value": given.get(row["key"], row["value"])} for row in rows]
        properties[SETTINGS] = json.dumps(rows, sort_keys=True)
    return properties
