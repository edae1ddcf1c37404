import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec
from tfx.orchestration.kubeflow.v2 import compiler_utils

from pipeline.kubeflow import artifacts
from tests.compiled import compiled

pytestmark = pytest.mark.tfx


@pytest.fixture(autouse=True)
def mounts(monkeypatch):
    monkeypatch.setenv("ICHOR_MOUNT_ROOT", "/mounts")


def without_type(uri: str, **metadata: object) -> spec.ArtifactList:
    """As KFP's backend hands an artifact over (tensorflow/tfx issue 7768): a number and no type."""
    request = {"artifacts": [{"name": "3", "uri": uri, "metadata": metadata}]}
    return json_format.ParseDict(request, spec.ArtifactList())


@pytest.mark.parametrize("own", artifacts.OWN_TYPES, ids=lambda own: own.TYPE_NAME)
def test_each_type_of_our_own_comes_back(own):
    schema = compiler_utils.get_artifact_schema(own)
    request = without_type("s3://bucket/x", rows=12.0, note="text")
    (restored,) = artifacts.read({"it": request}, {"it": spec.ArtifactTypeSchema(instance_schema=schema)})[
        "it"
    ]
    assert type(restored) is own
    assert restored.uri == "/mounts/s3/bucket/x"
    assert restored.get_int_custom_property("rows") == 12
    assert restored.get_string_custom_property("note") == "text"


def test_every_type_of_the_graph_is_known():
    for component in compiled("tuner.enabled=true").pipeline["components"].values():
        for side in ("inputDefinitions", "outputDefinitions"):
            for artifact in component.get(side, {}).get("artifacts", {}).values():
                kind = json_format.ParseDict(artifact["artifactType"], spec.ArtifactTypeSchema())
                assert artifacts._class_path("x", kind)


def test_splits_of_examples_survive():
    metadata = {"split_names": '["train", "val"]', "span": 0.0, "display_name": "examples"}
    request = without_type("gs://b/examples", **metadata)
    schema = spec.ArtifactTypeSchema(instance_schema="title: tfx.Examples\ntype: object\n")
    (examples,) = artifacts.read({"examples": request}, {"examples": schema})["examples"]
    assert examples.split_names == '["train", "val"]'
    assert examples.uri == "/mounts/gcs/b/examples"
