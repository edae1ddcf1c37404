import json

import pytest
from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes

from pipeline.settings.loading import ConfigError
from tests.compiled import LOOKUPS, compiled, label, tasks

pytestmark = pytest.mark.tfx


def executor(task: str, *settings: str) -> dict:
    executors = compiled(*settings).pipeline["deploymentSpec"]["executors"]
    return executors.get(label(task, *settings), {})


def pod_requests(*settings: str) -> dict:
    return compiled(*settings).platforms["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def pod(task: str, *settings: str) -> dict:
    return pod_requests(*settings).get(label(task, *settings), {})


def test_what_pods_request_passes_a_strict_parse():
    executors = pod_requests("kubeflow.gpus=1")
    for request in executors.values():
        json_format.ParseDict(request, kubernetes.KubernetesExecutorConfig(), ignore_unknown_fields=False)
    assert executors.keys() <= compiled().pipeline["deploymentSpec"]["executors"].keys()


def test_a_gpu_is_requested_by_what_trains_alone():
    settings = ("kubeflow.gpus=2", "tuner.enabled=true", "kubeflow.gpu_type=amd.com/gpu")
    with_gpu = [name for name in tasks(*settings) if "accelerator" in json.dumps(executor(name, *settings))]
    assert sorted(with_gpu) == ["Trainer", "Tuner"]
    accelerator = executor("Trainer", *settings)["container"]["resources"]["accelerator"]
    assert accelerator == {
        "type": "amd.com/gpu", "count": "2", "resourceType": "amd.com/gpu", "resourceCount": "2",
    }  # fmt: skip
    assert '"accelerator":' not in json.dumps(compiled().pipeline)


def test_nodes_with_accelerators_are_chosen_by_label_and_taint():
    settings = (
        "kubeflow.gpus=1",
        'kubeflow.gpu_node_selector={"cloud.google.com/gke-accelerator" = "nvidia-l4"}',
        'kubeflow.gpu_tolerations=["nvidia.com/gpu:NoSchedule", "team=radiology:NoExecute"]',
    )
    assert pod("Trainer", *settings)["nodeSelector"] == {
        "labels": {"cloud.google.com/gke-accelerator": "nvidia-l4"}
    }
    assert pod("Trainer", *settings)["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "team", "operator": "Equal", "value": "radiology", "effect": "NoExecute"},
    ]
    assert "tolerations" not in json.dumps(pod("Transform", *settings))


def test_every_step_requests_processors_and_memory():
    settings = (
        "kubeflow.cpu={default = 1.5, Transform = 8}",
        "kubeflow.memory={default = 3, Transform = 32}",
    )
    for name in tasks(*settings).keys() - {"LatestBlessedModel"}:
        resources = executor(name, *settings)["container"]["resources"]
        cpu, memory = (8, 32) if name == "Transform" else (1.5, 3)
        assert (resources["cpuRequest"], resources["memoryRequest"], resources["memoryLimit"]) == (
            cpu, memory, memory,
        )  # fmt: skip
        assert resources["resourceCpuRequest"] == f"{cpu:g}"
        assert resources["resourceMemoryLimit"] == f"{memory}G"


def test_slices_and_key_are_mounted_where_they_are_read():
    assert pod("Trainer")["pvcMount"][0]["mountPath"] == "/data"
    holders = [name for name in tasks() if "secretAsVolume" in pod(name)]
    assert sorted(holders) == ["SliceExampleGen", "SliceExampleGen-lookup"]
    assert pod("SliceExampleGen")["secretAsVolume"][0]["secretName"] == "ichor-key"


def test_the_secret_for_the_registry_is_named_by_every_pod():
    settings = "kubeflow.image_pull_secret=registry"
    assert all(
        pod(name, settings)["imagePullSecret"][0]["secretName"] == "registry"
        for name in ("Trainer", *LOOKUPS)
    )
    assert "imagePullSecret" not in pod("Trainer")


def test_a_taint_of_another_form_is_refused():
    with pytest.raises(ConfigError, match=r"expected KEY\[=VALUE\]\[:EFFECT\], as nvidia.com/gpu:NoSchedule"):
        compiled("kubeflow.gpus=1", "kubeflow.gpu_tolerations=['a:b:c']")
