"""From the graph to the two documents that KFP takes: a PipelineSpec, and what pods need of Kubernetes."""

import dataclasses
from pathlib import Path
from typing import Any

import tfx.v1  # noqa: F401 - before anything that imports tensorflow_data_validation
import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec
from tfx.dsl.components.base.base_node import BaseNode
from tfx.dsl.components.common.resolver import Resolver
from tfx.orchestration.kubeflow.v2 import kubeflow_v2_dag_runner as upstream
from tfx.types import standard_component_specs as keys

from components import fingerprint
from pipeline.graph import build_pipeline
from pipeline.kubeflow import names, runtime
from pipeline.kubeflow.files import PACKAGE
from pipeline.kubeflow.lookup_tasks import NEVER_CACHED, add_lookups
from pipeline.kubeflow.platforms import platform_document, resources
from pipeline.kubeflow.settings import in_containers
from pipeline.settings.config import Config

__all__ = ["compile_pipeline", "write"]

# -P: a package `components` in the container's working directory is not ours.
ENTRYPOINT = ("python", "-P", "-m", "pipeline.kubeflow.entrypoint")
Document = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Compiled:
    """A compiled pipeline.

    Attributes:
      pipeline: PipelineSpec, schema version 2.1.0.
      platforms: What KFP's Kubernetes platform adds to the steps' pods.
    """

    pipeline: Document
    platforms: Document

    def describe(self) -> str:
        """Returns in one line what was compiled."""
        root = self.pipeline["root"]
        parameters = ", ".join(sorted(root["inputDefinitions"]["parameters"]))
        return f"{len(root['dag']['tasks'])} steps; parameters of a run: {parameters}"

    def to_yaml(self) -> str:
        """Returns both as KFP reads them, the second only if it holds anything."""
        documents = [self.pipeline, *([self.platforms] if self.platforms else [])]
        return yaml.safe_dump_all(documents, sort_keys=True, width=110)


def compile_pipeline(config: Config) -> Compiled:
    """Compiles the graph that every runner runs.

    Args:
      config: All settings; `kubeflow.image` and `kubeflow.pipeline_root` are needed.
    Raises:
      ConfigError: A setting is missing, or says what cannot be known or done on a cluster.
    """
    config = in_containers(config)
    graph = build_pipeline(config)
    nodes = {node.id: node for node in graph.components}
    settings = runtime.attach(nodes, config)
    _name_package_files(nodes)
    graph.components = [node for node in graph.components if not isinstance(node, Resolver)]
    runner = upstream.KubeflowV2DagRunner(
        upstream.KubeflowV2DagRunnerConfig(
            default_image=config.kubeflow.image,
            default_commands=list(ENTRYPOINT),
            use_pipeline_spec_2_1=True,
        )
    )
    document = runner.run(graph, write_out=False)["pipelineSpec"]
    _rename(document, config.kubeflow.state_dir)
    add_lookups(document, config.kubeflow)
    document["defaultPipelineRoot"] = config.kubeflow.pipeline_root
    for name, task in document["root"]["dag"]["tasks"].items():
        _set_up(name, task, document, config)
    document["root"]["inputDefinitions"] = {
        "parameters": {parameter.name: _declared(parameter) for parameter in settings}
    }
    json_format.ParseDict(document, spec.PipelineSpec())
    return Compiled(document, platform_document(document, config.kubeflow))


def write(compiled: Compiled, file: Path) -> None:
    """Writes a compiled pipeline as YAML."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(compiled.to_yaml(), encoding="utf-8")


def _name_package_files(nodes: dict[str, BaseNode]) -> None:
    for node in nodes.values():
        path = node.exec_properties.get(keys.SCHEMA_FILE_KEY)
        if path:
            inside = Path(path).relative_to(fingerprint.ROOT)
            node.exec_properties[keys.SCHEMA_FILE_KEY] = f"{PACKAGE}{inside.as_posix()}"


def _rename(document: Document, state_dir: str) -> None:
    """Names components and executors as KFP's own compiler does, and gives each its node and its outputs."""
    executors = document["deploymentSpec"]["executors"]
    components = document["components"]
    for node in list(components):
        component = components.pop(node)
        executor = executors.pop(component["executorLabel"])
        outputs = sorted(component.get("outputDefinitions", {}).get("artifacts", {}))
        ours = ["--node", node, "--state_dir", state_dir, "--outputs", *outputs]
        executor["container"]["args"] = [*ours, *executor["container"]["args"]]
        component["executorLabel"] = names.executor(node)
        components[names.component(node)] = component
        executors[names.executor(node)] = executor
        document["root"]["dag"]["tasks"][node]["componentRef"]["name"] = names.component(node)


def _set_up(name: str, task: Document, document: Document, config: Config) -> None:
    component = document["components"][task["componentRef"]["name"]]
    if "dag" in component:  # of an importer, which runs in KFP's own container
        return
    container = document["deploymentSpec"]["executors"][component["executorLabel"]]["container"]
    container["resources"] = resources(name, config.kubeflow)
    if name not in NEVER_CACHED:
        task["cachingOptions"] = {"enableCache": True} if config.kubeflow.cache else {}
    if config.kubeflow.retries:
        task["retryPolicy"] = {
            "maxRetryCount": config.kubeflow.retries,
            "backoffDuration": f"{config.kubeflow.retry_seconds}s",
            "backoffFactor": 2.0,
            # Left out it is 0 to Argo, which then tries nothing again.
            "backoffMaxDuration": f"{config.kubeflow.retry_hours * 3600}s",
        }


def _declared(setting: runtime.Runtime) -> Document:
    kinds = {int: "NUMBER_INTEGER", float: "NUMBER_DOUBLE", str: "STRING"}
    return {
        "parameterType": kinds[setting.kind],
        "defaultValue": setting.value,
        "description": f"{setting.key}: {setting.meaning}",
    }
