"""Settings that a compiled pipeline still takes when it is run, and how they reach the nodes' parameters.

In the graph a setting sits inside of a node's JSON parameter, which is written when the graph is built. A
compiled pipeline has each such setting beside it, as a parameter of the run; the entrypoint puts it in.
"""

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types import standard_component_specs as keys
from tfx.utils import proto_utils

from components.evaluator.gates import eval_config
from components.metrics.params import GateParams
from components.parameters import Parameters
from pipeline import nodes
from pipeline.settings.config import Config
from pipeline.settings.loading import ConfigError

GATE = nodes.SETTINGS["gate"].parameter
SETTINGS = "settings_json"
INGEST = nodes.SETTINGS["ingest"].node
Put = Callable[[dict[str, Any], str, Any], None]  # into a node's properties, a setting's name and value


def name_of(key: str) -> str:
    """Returns a setting's name among a run's parameters, where a dot is not allowed: trainer_epochs."""
    return key.replace(".", "_", 1)


def _in_group(group: str) -> Put:
    place, model = nodes.SETTINGS[group], cast(type[Parameters], Config.model_fields[group].annotation)

    def put(properties: dict[str, Any], name: str, value: Any) -> None:
        settings = {**place.read(properties), name: value}
        place.write(properties, model.model_validate(settings).to_json())

    return put


def _in_search(properties: dict[str, Any], name: str, value: Any) -> None:
    if name != "epochs":  # a trial has its own number of them
        _in_group("trainer")(properties, name, value)


def _in_evaluator(properties: dict[str, Any], name: str, value: Any) -> None:
    _in_group("gate")(properties, name, value)
    config = eval_config(GateParams.from_json(properties[GATE]), gating=True)
    properties[keys.EVAL_CONFIG_KEY] = proto_utils.proto_to_json(config)


def _as(parameter: str) -> Put:
    def put(properties: dict[str, Any], _: str, value: Any) -> None:
        properties[parameter] = value

    return put


# By node, and there by group or whole key of a setting: how a value gets in.
PLACES: Mapping[str, Mapping[str, Put]] = {
    INGEST: {"run.data": _as(keys.INPUT_BASE_KEY)},
    "Tuner": {"trainer": _in_search},
    "Trainer": {"trainer": _in_group("trainer")},
    "OperatingPoint": {"threshold": _in_group("threshold")},
    "Evaluator": {"gate": _in_evaluator},
    "ModelGate": {"gate": _in_group("gate"), "threshold.rule": _as("threshold_rule")},
}
REPORT = "Report"  # shows the public settings


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
    known = config.settings()
    if key not in known:
        names = [each.partition(".")[2] for each in known if each.startswith(f"{group}.")]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"; did you mean {f'{group}.{near[0]}'!r}?" if near else ""
        raise ConfigError(f"kubeflow.runtime_parameters: there is no setting {key!r}{hint}")
    places = {place for places in PLACES.values() for place in places}
    if not {key, group} & places or known[key].fingerprinted:
        groups = sorted(place for place in places if place.partition(".")[0] not in places - {place})
        raise ConfigError(
            f"kubeflow.runtime_parameters: {key!r} cannot be changed from run to run; what can is in "
            f"{', '.join(groups)}"
        )
    value = config.value(key)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ConfigError(f"kubeflow.runtime_parameters: {key!r} is no number and no text")
    return Runtime(key, value, known[key].meaning)


def attach(graph: Mapping[str, BaseNode], config: Config) -> list[Runtime]:
    """Gives the nodes the run's parameters beside their own.

    Args:
      graph: Its nodes by id; their execution properties are changed.
      config: All settings.
    """
    settings = settable(config)
    for setting in settings:
        parameter = RuntimeParameter(setting.name, setting.kind, setting.value)
        for node in graph.keys() & set(_nodes_of(setting.key)):
            graph[node].exec_properties[setting.name] = parameter
    graph["Evaluator"].exec_properties[GATE] = config.gate.to_json()
    return settings


def _nodes_of(key: str) -> list[str]:
    group = key.partition(".")[0]
    having = [node for node, places in PLACES.items() if key in places or group in places]
    return having if key == "run.data" else [*having, REPORT]


def apply(node: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Returns a node's execution properties with the run's parameters put where the node looks for them.

    Args:
      node: Its id.
      properties: As KFP gave them, with the run's parameters beside the node's own.
    Raises:
      pydantic.ValidationError: A value is out of its bounds.
    """
    properties = dict(properties)
    names = {key: name_of(key) for key in Config.settings() if node in _nodes_of(key)}
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
