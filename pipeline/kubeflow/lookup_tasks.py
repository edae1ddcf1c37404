"""The tasks of a compiled pipeline that no node of the graph stands for."""

from typing import Any

from tfx.components.example_gen import utils
from tfx.types import standard_component_specs as keys

from components.evaluator import baseline
from components.ingest.driver import PARAMS_KEY
from pipeline.kubeflow import runtime
from pipeline.kubeflow.lookup import BASELINE, DATA, URI
from pipeline.kubeflow.params import KubeflowParams
from pipeline.kubeflow.runtime import INGEST

RESOLVER = "LatestBlessedModel"
IMPORTER = f"{RESOLVER}-importer"
# Not "-driver": KFP gives each task a driver of that name.
DATA_LOOKUP, BASELINE_LOOKUP = f"{INGEST}-lookup", f"{RESOLVER}-lookup"
NEVER_CACHED = (DATA_LOOKUP, BASELINE_LOOKUP)
IMPORTED = "artifact"  # what KFP calls the output of an importer
COMMAND = ("python", "-m", "pipeline.kubeflow.lookup")
Document = dict[str, Any]


def add_lookups(document: Document, params: KubeflowParams) -> None:
    """Adds the look-ups, the importer in the Resolver's place, and their edges.

    Args:
      document: PipelineSpec without the Resolver; changed.
      params: Image and metadata store.
    """
    tasks, components = document["root"]["dag"]["tasks"], document["components"]
    executors = document["deploymentSpec"]["executors"]

    def add(name: str, label: str, component: Document, executor: Document, task: Document) -> None:
        components[f"comp-{label}"] = {"executorLabel": f"exec-{label}", **component}
        executors[f"exec-{label}"] = executor
        tasks[name] = {"taskInfo": {"name": name}, "componentRef": {"name": f"comp-{label}"}, **task}

    ingest = tasks[INGEST]["inputs"]["parameters"]
    read = (keys.INPUT_BASE_KEY, PARAMS_KEY, runtime.name_of("run.data"))
    asked = {name: value for name, value in ingest.items() if name in read}
    add(
        DATA_LOOKUP,
        "slice-example-gen-lookup",
        {
            "inputDefinitions": {"parameters": {name: {"parameterType": "STRING"} for name in asked}},
            "outputDefinitions": _parameter(utils.FINGERPRINT_PROPERTY_NAME),
        },
        _container(params, DATA),
        {"inputs": {"parameters": asked}, "cachingOptions": {}},
    )
    _take(document, INGEST, utils.FINGERPRINT_PROPERTY_NAME, DATA_LOOKUP)

    candidate = tasks["SliceScorer"]["inputs"]["artifacts"][keys.MODEL_KEY]
    producer = candidate["taskOutputArtifact"]["producerTask"]
    model_type = components["comp-slice-scorer"]["inputDefinitions"]["artifacts"][keys.MODEL_KEY]
    add(
        BASELINE_LOOKUP,
        "latest-blessed-model-lookup",
        {
            "inputDefinitions": {"artifacts": {keys.MODEL_KEY: model_type}},
            "outputDefinitions": _parameter(URI),
        },
        _container(params, BASELINE, "--metadata_address", params.metadata_address),
        {
            "inputs": {"artifacts": {keys.MODEL_KEY: candidate}},
            "dependentTasks": [producer],
            "cachingOptions": {},
        },
    )
    kind = {"artifactType": {"schemaTitle": "tfx.Model", "schemaVersion": "0.0.1"}}
    imports = {
        "inputDefinitions": _parameter(URI),
        "outputDefinitions": {"artifacts": {IMPORTED: kind}},
    }
    importer = {"artifactUri": {"runtimeParameter": URI}, "typeSchema": kind["artifactType"]}
    executors["exec-latest-blessed-model-importer"] = {"importer": importer}
    components["comp-latest-blessed-model-importer"] = {
        "executorLabel": "exec-latest-blessed-model-importer", **imports,
    }  # fmt: skip
    components["comp-latest-blessed-model"] = {"dag": _importing(), **imports}
    tasks[RESOLVER] = {
        "taskInfo": {"name": RESOLVER},
        "componentRef": {"name": "comp-latest-blessed-model"},
        "inputs": {"parameters": {URI: _output(BASELINE_LOOKUP, URI)}},
        "dependentTasks": [BASELINE_LOOKUP],
        "cachingOptions": {},
    }
    for task in tasks.values():
        for artifact in task.get("inputs", {}).get("artifacts", {}).values():
            output = artifact["taskOutputArtifact"]
            if output["producerTask"] == RESOLVER and output["outputArtifactKey"] == baseline.MODEL:
                output["outputArtifactKey"] = IMPORTED


def _take(document: Document, node: str, parameter: str, producer: str) -> None:
    """Gives a node's task a parameter that another task puts out."""
    task = document["root"]["dag"]["tasks"][node]
    component = document["components"][task["componentRef"]["name"]]
    component["inputDefinitions"]["parameters"][parameter] = {"parameterType": "STRING"}
    task["inputs"]["parameters"][parameter] = _output(producer, parameter)
    task["dependentTasks"] = sorted({*task.get("dependentTasks", []), producer})


def _importing() -> Document:
    """Returns a graph of an importer alone.

    KFP starts an importer without waiting for other tasks, and takes its address from the inputs of the graph
    around it alone.
    Source: kubeflow/pipelines, backend/src/v2: compiler/argocompiler/dag.go, component/importer_launcher.go.
    """
    task = {
        "taskInfo": {"name": IMPORTER},
        "componentRef": {"name": "comp-latest-blessed-model-importer"},
        "inputs": {"parameters": {URI: {"componentInputParameter": URI}}},
        "cachingOptions": {},
    }
    selected = {"producerSubtask": IMPORTER, "outputArtifactKey": IMPORTED}
    outputs = {"artifacts": {IMPORTED: {"artifactSelectors": [selected]}}}
    return {"tasks": {IMPORTER: task}, "outputs": outputs}


def _output(producer: str, parameter: str) -> Document:
    return {"taskOutputParameter": {"producerTask": producer, "outputParameterKey": parameter}}


def _parameter(name: str) -> Document:
    return {"parameters": {name: {"parameterType": "STRING"}}}


def _container(params: KubeflowParams, what: str, *more: str) -> Document:
    arguments = [what, "--executor_input", "{{$}}", *more]
    return {"container": {"image": params.image, "command": list(COMMAND), "args": arguments}}
