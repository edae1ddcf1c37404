"""The tasks of a compiled pipeline that no node of the graph stands for."""

from typing import Any

from tfx.components.example_gen import utils
from tfx.types import standard_component_specs as keys

from components.evaluator.latest_blessed import MODEL
from components.ingest.driver import PARAMS_KEY
from pipeline.kubeflow import names, runtime
from pipeline.kubeflow.lookup import BASELINE, DATA, URI
from pipeline.kubeflow.runtime import INGEST
from pipeline.settings.params import KubeflowParams

RESOLVER, SCORER = "LatestBlessedModel", "SliceScorer"
IMPORTER = f"{RESOLVER}-importer"
# Not "-driver": KFP gives each task a driver of that name.
DATA_LOOKUP, BASELINE_LOOKUP = f"{INGEST}-lookup", f"{RESOLVER}-lookup"
NEVER_CACHED = (DATA_LOOKUP, BASELINE_LOOKUP)
IMPORTED = "artifact"  # what KFP calls the output of an importer
COMMAND = ("python", "-P", "-m", "pipeline.kubeflow.lookup")
Document = dict[str, Any]


def add_lookups(document: Document, params: KubeflowParams) -> None:
    """Adds the look-ups, the importer in the Resolver's place, and their edges.

    Args:
      document: PipelineSpec without the Resolver; changed.
      params: Image and metadata store.
    """
    _add_data_lookup(document, params)
    _add_baseline_lookup(document, params)
    _add_importer(document)


def _add_data_lookup(document: Document, params: KubeflowParams) -> None:
    ingest = document["root"]["dag"]["tasks"][INGEST]["inputs"]["parameters"]
    read = (keys.INPUT_BASE_KEY, PARAMS_KEY, runtime.name_of("run.data"))
    inputs = {name: value for name, value in ingest.items() if name in read}
    component = {
        "inputDefinitions": {"parameters": {name: {"parameterType": "STRING"} for name in inputs}},
        "outputDefinitions": _parameter(utils.FINGERPRINT_PROPERTY_NAME),
    }
    task = {"inputs": {"parameters": inputs}, "cachingOptions": {}}
    _add(document, DATA_LOOKUP, component, _container(params, DATA), task)
    _take(document, INGEST, utils.FINGERPRINT_PROPERTY_NAME, DATA_LOOKUP)


def _add_baseline_lookup(document: Document, params: KubeflowParams) -> None:
    candidate = document["root"]["dag"]["tasks"][SCORER]["inputs"]["artifacts"][keys.MODEL_KEY]
    scorer = document["components"][names.component(SCORER)]
    model_type = scorer["inputDefinitions"]["artifacts"][keys.MODEL_KEY]
    component = {
        "inputDefinitions": {"artifacts": {keys.MODEL_KEY: model_type}},
        "outputDefinitions": _parameter(URI),
    }
    container = _container(params, BASELINE, "--metadata_address", params.metadata_address)
    task = {
        "inputs": {"artifacts": {keys.MODEL_KEY: candidate}},
        "dependentTasks": [candidate["taskOutputArtifact"]["producerTask"]],
        "cachingOptions": {},
    }
    _add(document, BASELINE_LOOKUP, component, container, task)


def _add_importer(document: Document) -> None:
    """Adds a graph of an importer alone, and lets the Resolver's consumers take from it.

    KFP starts an importer without waiting for other tasks, and takes its address from the inputs of the graph
    around it alone.
    Source: kubeflow/pipelines, backend/src/v2: compiler/argocompiler/dag.go, component/importer_launcher.go.
    """
    kind = {"schemaTitle": "tfx.Model", "schemaVersion": "0.0.1"}
    imports = {
        "inputDefinitions": _parameter(URI),
        "outputDefinitions": {"artifacts": {IMPORTED: {"artifactType": kind}}},
    }
    inside: Document = {
        **_task(IMPORTER),
        "inputs": {"parameters": {URI: {"componentInputParameter": URI}}},
        "cachingOptions": {},
    }
    selected = {"producerSubtask": IMPORTER, "outputArtifactKey": IMPORTED}
    outputs = {"artifacts": {IMPORTED: {"artifactSelectors": [selected]}}}
    importer = {"importer": {"artifactUri": {"runtimeParameter": URI}, "typeSchema": kind}}
    document["deploymentSpec"]["executors"][names.executor(IMPORTER)] = importer
    document["components"] |= {
        names.component(IMPORTER): {"executorLabel": names.executor(IMPORTER), **imports},
        names.component(RESOLVER): {"dag": {"tasks": {IMPORTER: inside}, "outputs": outputs}, **imports},
    }
    tasks = document["root"]["dag"]["tasks"]
    tasks[RESOLVER] = {
        **_task(RESOLVER),
        "inputs": {"parameters": {URI: _output(BASELINE_LOOKUP, URI)}},
        "dependentTasks": [BASELINE_LOOKUP],
        "cachingOptions": {},
    }
    for task in tasks.values():
        for artifact in task.get("inputs", {}).get("artifacts", {}).values():
            output = artifact["taskOutputArtifact"]
            if output["producerTask"] == RESOLVER and output["outputArtifactKey"] == MODEL:
                output["outputArtifactKey"] = IMPORTED


def _add(document: Document, name: str, component: Document, executor: Document, task: Document) -> None:
    """Adds a task of a container of its own."""
    document["components"][names.component(name)] = {"executorLabel": names.executor(name), **component}
    document["deploymentSpec"]["executors"][names.executor(name)] = executor
    document["root"]["dag"]["tasks"][name] = {**_task(name), **task}


def _task(name: str) -> Document:
    return {"taskInfo": {"name": name}, "componentRef": {"name": names.component(name)}}


def _take(document: Document, node: str, parameter: str, producer: str) -> None:
    """Gives a node's task a parameter that another task puts out."""
    task = document["root"]["dag"]["tasks"][node]
    component = document["components"][task["componentRef"]["name"]]
    component["inputDefinitions"]["parameters"][parameter] = {"parameterType": "STRING"}
    task["inputs"]["parameters"][parameter] = _output(producer, parameter)
    task["dependentTasks"] = sorted({*task.get("dependentTasks", []), producer})


def _output(producer: str, parameter: str) -> Document:
    return {"taskOutputParameter": {"producerTask": producer, "outputParameterKey": parameter}}


def _parameter(name: str) -> Document:
    return {"parameters": {name: {"parameterType": "STRING"}}}


def _container(params: KubeflowParams, what: str, *more: str) -> Document:
    arguments = [what, "--executor_input", "{{$}}", *more]
    return {"container": {"image": params.image, "command": list(COMMAND), "args": arguments}}
