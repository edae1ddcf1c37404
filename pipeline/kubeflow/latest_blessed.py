"""The latest blessed model, looked up in the ML Metadata store that KFP keeps: a Resolver's work elsewhere.

KFP's open-source backend has no executor for a Resolver. The meaning is that of
`components.evaluator.latest_blessed.OlderBlessedModelStrategy`: the latest model that is older than the
candidate and has a final blessing.
"""

import ml_metadata as mlmd
from ml_metadata.proto import metadata_store_pb2
from tfx.components.evaluator import constants

from schemas import features

# Source: kubeflow/pipelines, backend/src/v2/metadata/client.go.
PIPELINE_CONTEXT, RUN_CONTEXT = "system.Pipeline", "system.PipelineRun"
NAMESPACE = "namespace"
MODEL_TYPE, BLESSING_TYPE = "tfx.Model", "tfx.ModelBlessing"
LONGEST_ANSWER = 100 * 1024 * 1024  # bytes, as KFP's own client takes; gRPC's 4 MB are some hundred runs


def connect(address: str) -> mlmd.MetadataStore:
    """Returns a connection to the store.

    Args:
      address: HOST:PORT of its gRPC service.
    Raises:
      ValueError: The address is of another form.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        raise ValueError(f"kubeflow.metadata_address: expected HOST:PORT, got {address!r}")
    config = metadata_store_pb2.MetadataStoreClientConfig(host=host, port=int(port))
    config.client_timeout_sec = 60
    config.channel_arguments.max_receive_message_length = LONGEST_ANSWER
    return mlmd.MetadataStore(config)


def older_than(store: mlmd.MetadataStore, candidate_uri: str) -> str | None:
    """Returns the address of the latest blessed model that is older than the candidate, or None.

    Args:
      store: As KFP's launcher writes it: an artifact belongs to its pipeline's context, and the properties
        that a step gave it are custom properties.
      candidate_uri: Address of the model to be judged.
    Raises:
      LookupError: The store does not know the candidate.
    """
    contexts = _contexts(store, candidate_uri)
    pipelines = [context for context in contexts if context.type == PIPELINE_CONTEXT]
    if not pipelines:
        raise LookupError(f"ML Metadata knows no model of a pipeline at {candidate_uri}")
    artifacts = store.get_artifacts_by_context(pipelines[0].id)
    of_type = {kind.name: kind.id for kind in store.get_artifact_types()}
    # A step that was taken from the cache, or an importer, may record an address a second time.
    age: dict[str, int] = {}
    for artifact in artifacts:
        if artifact.type_id == of_type.get(MODEL_TYPE):
            age[artifact.uri] = min(artifact.id, age.get(artifact.uri, artifact.id))
    blessed = {
        str(_value(artifact, constants.ARTIFACT_PROPERTY_CURRENT_MODEL_URI_KEY))
        for artifact in artifacts
        if artifact.type_id == of_type.get(BLESSING_TYPE)
        and _value(artifact, constants.ARTIFACT_PROPERTY_BLESSED_KEY) == 1
        and _value(artifact, features.FINAL_BLESSING) == 1
    }
    older = [uri for uri in blessed & age.keys() if age[uri] < age[candidate_uri]]
    # KFP keeps pipelines of one name in all namespaces as the same; another namespace's model is no baseline.
    own = _namespaces(contexts)
    latest_first = sorted(older, key=lambda uri: age[uri], reverse=True)
    return next((uri for uri in latest_first if not own or _namespaces(_contexts(store, uri)) & own), None)


def _contexts(store: mlmd.MetadataStore, uri: str) -> list[metadata_store_pb2.Context]:
    return [
        context
        for artifact in store.get_artifacts_by_uri(uri)
        for context in store.get_contexts_by_artifact(artifact.id)
    ]


def _namespaces(contexts: list[metadata_store_pb2.Context]) -> set[str]:
    runs = (context for context in contexts if context.type == RUN_CONTEXT)
    return {context.custom_properties[NAMESPACE].string_value for context in runs}


def _value(artifact: metadata_store_pb2.Artifact, name: str) -> str | float | None:
    """Returns a custom property, whichever way it was written."""
    if name not in artifact.custom_properties:
        return None
    value = artifact.custom_properties[name]
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None
