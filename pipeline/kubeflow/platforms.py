"""What the steps' pods are asked of Kubernetes: resources, accelerators, volumes, the key."""

import math
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes

from pipeline.kubeflow.lookup_tasks import DATA_LOOKUP
from pipeline.kubeflow.params import DEFAULT_STEP, KubeflowParams
from pipeline.kubeflow.runtime import INGEST
from pipeline.settings import ConfigError

TRAINING = ("Trainer", "Tuner")
ONLY_SOMETIMES = ("Tuner", "TestEvaluator")  # steps that the settings may leave out
READS_KEY = (INGEST, DATA_LOOKUP)
TOLERATION = re.compile(
    r"(?P<key>[^=:]+)(=(?P<value>[^:]*))?(:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute))?"
)
# Source: kubeflow/pipelines, backend/src/v2/compiler/argocompiler/container.go: what is mounted in each pod.
OF_KFP = ("/gcs", "/s3", "/minio", "/.local", "/.cache", "/.config", "/kfp-launcher")
Document = dict[str, Any]


def resources(step: str, params: KubeflowParams) -> Document:
    """Returns what a step asks for, in both of the forms that KFP's versions read.

    Args:
      step: Name of a task.
      params: Where what stands.
    """
    cpu = params.cpu.get(step, params.cpu[DEFAULT_STEP])
    memory = params.memory.get(step, params.memory[DEFAULT_STEP])
    told: Document = {
        "cpuRequest": cpu,
        "memoryRequest": memory,
        "memoryLimit": memory,
        "resourceCpuRequest": f"{cpu:g}",
        "resourceMemoryRequest": f"{memory:g}G",
        "resourceMemoryLimit": f"{memory:g}G",
    }
    if step in TRAINING and params.gpus:
        told["accelerator"] = {
            "type": params.gpu_type,
            "count": str(params.gpus),
            "resourceType": params.gpu_type,
            "resourceCount": str(params.gpus),
        }
    return told


def platform_document(pipeline: Document, params: KubeflowParams) -> Document:
    """Returns the document beside the PipelineSpec, with the executors in it that ask for anything.

    Args:
      pipeline: PipelineSpec.
      params: What is asked for.
    Raises:
      ConfigError: A volume, a toleration or a step's name is of another form, or two volumes meet.
    """
    executors = {}
    steps = pipeline["root"]["dag"]["tasks"]
    for name in (*params.cpu, *params.memory):
        if name not in {DEFAULT_STEP, *ONLY_SOMETIMES, *steps}:
            raise ConfigError(
                f"kubeflow.cpu, kubeflow.memory: no step {name!r}; there are {', '.join(sorted(steps))}"
            )
    volumes = _volumes(params)
    for name, task in steps.items():
        component = pipeline["components"][task["componentRef"]["name"]]
        asked = json_format.MessageToDict(_pod(name, params, volumes))
        if asked and "executorLabel" in component:
            executors[component["executorLabel"]] = asked
    return {"platforms": {"kubernetes": {"deploymentSpec": {"executors": executors}}}} if executors else {}


def require_resources(params: KubeflowParams) -> None:
    """Refuses resources that no pod can ask for.

    Raises:
      ConfigError: There is none by default, or one is not above 0.
    """
    for group, values in (("cpu", params.cpu), ("memory", params.memory)):
        if DEFAULT_STEP not in values:
            raise ConfigError(
                f"kubeflow.{group}: has no {DEFAULT_STEP!r}, which all other steps ask for; add it"
            )
        for step, value in values.items():
            if not 0 < value < math.inf:
                raise ConfigError(f"kubeflow.{group}: {step}: expected a number above 0, got {value}")


def _volumes(params: KubeflowParams) -> dict[str, str]:
    """Returns the path of each claim."""
    volumes: dict[str, str] = {}
    paths = {posixpath.normpath(params.key_folder)}
    for volume in params.volumes:
        claim, colon, path = volume.partition(":")
        if not colon or not claim or not path.startswith("/"):
            raise ConfigError(f"kubeflow.volumes: expected CLAIM:/PATH, got {volume!r}")
        path = posixpath.normpath(path)
        if path in OF_KFP:
            raise ConfigError(f"kubeflow.volumes: {path} is KFP's own folder; mount {claim} elsewhere")
        if claim in volumes:
            raise ConfigError(f"kubeflow.volumes: {claim} stands twice, and a pod mounts a claim once")
        if path in paths:
            raise ConfigError(f"kubeflow.volumes: two of them are mounted at {path}; give each its own path")
        volumes[claim] = path
        paths.add(path)
    return volumes


def _pod(
    step: str, params: KubeflowParams, volumes: Mapping[str, str]
) -> kubernetes.KubernetesExecutorConfig:
    pod = kubernetes.KubernetesExecutorConfig()
    for claim, path in volumes.items():
        mount = pod.pvc_mount.add(constant=claim, mount_path=path)
        mount.pvc_name_parameter.runtime_value.constant.string_value = claim
    if params.image_pull_secret:
        pull = pod.image_pull_secret.add(secret_name=params.image_pull_secret)
        pull.secret_name_parameter.runtime_value.constant.string_value = params.image_pull_secret
    if step in READS_KEY:
        secret = pod.secret_as_volume.add(
            secret_name=params.key_secret, mount_path=params.key_folder, optional=False
        )
        secret.secret_name_parameter.runtime_value.constant.string_value = params.key_secret
    if step in TRAINING and params.gpus:
        pod.node_selector.labels.update(params.gpu_node_selector)
        for text in params.gpu_tolerations:
            pod.tolerations.append(_toleration(text))
    return pod


def _toleration(text: str) -> kubernetes.Toleration:
    found = TOLERATION.fullmatch(text)
    if not found:
        raise ConfigError(
            "kubeflow.gpu_tolerations: expected KEY[=VALUE][:EFFECT], as nvidia.com/gpu:NoSchedule, "
            f"got {text!r}"
        )
    value, effect = found["value"], found["effect"] or ""
    if value is None:
        return kubernetes.Toleration(key=found["key"], operator="Exists", effect=effect)
    return kubernetes.Toleration(key=found["key"], operator="Equal", value=value, effect=effect)
