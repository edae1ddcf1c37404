"""What the steps' pods need of Kubernetes: resources, accelerators, volumes, the key."""

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes

from pipeline.kubeflow.forms import volumes
from pipeline.kubeflow.lookup_tasks import DATA_LOOKUP
from pipeline.kubeflow.runtime import INGEST
from pipeline.settings.loading import ConfigError
from pipeline.settings.params import DEFAULT_STEP, KubeflowParams

TRAINING = ("Trainer", "Tuner")
ONLY_SOMETIMES = ("Tuner", "TestEvaluator")  # steps that the settings may leave out
READS_KEY = (INGEST, DATA_LOOKUP)
TOLERATION = re.compile(
    r"(?P<key>[^=:]+)(=(?P<value>[^:]*))?(:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute))?"
)
Document = dict[str, Any]


def resources(step: str, params: KubeflowParams) -> Document:
    """Returns a step's resources, in both of the forms that KFP's versions read.

    Args:
      step: Name of a task.
      params: Where what stands.
    """
    cpu = params.cpu.get(step, params.cpu[DEFAULT_STEP])
    memory = params.memory.get(step, params.memory[DEFAULT_STEP])
    resources: Document = {
        "cpuRequest": cpu,
        "memoryRequest": memory,
        "memoryLimit": memory,
        "resourceCpuRequest": f"{cpu:g}",
        "resourceMemoryRequest": f"{memory:g}G",
        "resourceMemoryLimit": f"{memory:g}G",
    }
    if step in TRAINING and params.gpus:
        resources["accelerator"] = {
            "type": params.gpu_type,
            "count": str(params.gpus),
            "resourceType": params.gpu_type,
            "resourceCount": str(params.gpus),
        }
    return resources


def platform_document(pipeline: Document, params: KubeflowParams) -> Document:
    """Returns the document beside the PipelineSpec, with the executors in it that need anything.

    Args:
      pipeline: PipelineSpec.
      params: What pods need.
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
    claims = volumes(params)
    for name, task in steps.items():
        component = pipeline["components"][task["componentRef"]["name"]]
        pod = json_format.MessageToDict(_pod(name, params, claims))
        if pod and "executorLabel" in component:
            executors[component["executorLabel"]] = pod
    return {"platforms": {"kubernetes": {"deploymentSpec": {"executors": executors}}}} if executors else {}


def _pod(step: str, params: KubeflowParams, claims: Mapping[str, str]) -> kubernetes.KubernetesExecutorConfig:
    pod = kubernetes.KubernetesExecutorConfig()
    for claim, path in claims.items():
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
    match = TOLERATION.fullmatch(text)
    if not match:
        raise ConfigError(
            "kubeflow.gpu_tolerations: expected KEY[=VALUE][:EFFECT], as nvidia.com/gpu:NoSchedule, "
            f"got {text!r}"
        )
    value, effect = match["value"], match["effect"] or ""
    if value is None:
        return kubernetes.Toleration(key=match["key"], operator="Exists", effect=effect)
    return kubernetes.Toleration(key=match["key"], operator="Equal", value=value, effect=effect)
