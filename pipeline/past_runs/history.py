"""What ML Metadata knows of past runs, without TFX."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_metadata as mlmd
from ml_metadata.proto import metadata_store_pb2 as pb

from pipeline.settings.layout import Layout, MovedError, NoRunError

__all__ = ["Run", "latest_run_id", "open_store", "read_run", "require_unmoved", "run_ids"]

_RUN_CONTEXT = "pipeline_run"
_NODE_CONTEXT = "node"
_STATES = {
    pb.Execution.State.COMPLETE: "ran",
    pb.Execution.State.CACHED: "cached",
    pb.Execution.State.FAILED: "failed",
    pb.Execution.State.RUNNING: "interrupted",
    pb.Execution.State.NEW: "interrupted",
}


@dataclasses.dataclass(frozen=True)
class ArtifactRef:
    """One artifact: where it lies and its custom properties."""

    id: int
    path: Path
    properties: Mapping[str, Any]
    type: str = ""  # its type's name in ML Metadata


@dataclasses.dataclass(frozen=True)
class NodeRun:
    """One execution of one node."""

    node: str
    state: str  # ran, cached, failed or interrupted
    outputs: Mapping[str, ArtifactRef]
    properties: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what it was given


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of the pipeline; nodes in the order in which they ran."""

    id: str
    nodes: Mapping[str, NodeRun]

    def output(self, node: str, key: str) -> ArtifactRef | None:
        """Returns a node's output artifact, or None where the run did not come so far."""
        return self.nodes[node].outputs.get(key) if node in self.nodes else None


def open_store(layout: Layout) -> mlmd.MetadataStore:
    """Opens the run history for reading.

    Raises:
      NoRunError: There is none yet.
    """
    if not layout.metadata.is_file():
        raise NoRunError(f"no runs yet in {layout.root}; start one with: ichor run --data DIR")
    config = pb.ConnectionConfig()
    config.sqlite.filename_uri = str(layout.metadata)
    config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READWRITE
    return mlmd.MetadataStore(config)


def require_unmoved(layout: Layout) -> None:
    """Refuses an output folder that was moved: ML Metadata names every artifact by its absolute path.

    Raises:
      MovedError: An artifact lies elsewhere.
    """
    if not layout.metadata.is_file():
        return
    for artifact in open_store(layout).get_artifacts():
        if not Path(artifact.uri).is_relative_to(layout.artifacts):
            raise MovedError(
                f"output folder {layout.root}: was moved or copied; its history names {artifact.uri}; "
                "move it back, or write to a new folder with --output"
            )


def run_ids(store: mlmd.MetadataStore) -> list[str]:
    """Returns the ids of all runs, oldest first."""
    return sorted(context.name for context in store.get_contexts_by_type(_RUN_CONTEXT))


def latest_run_id(layout: Layout) -> str | None:
    """Returns the id of the latest run, or None where there is none yet."""
    if not layout.metadata.is_file():
        return None
    ids = run_ids(open_store(layout))
    return ids[-1] if ids else None


def read_run(layout: Layout, run_id: str | None = None) -> Run:
    """Returns one run.

    Args:
      layout: Where the run history lies.
      run_id: As `run_ids` lists them; None for the latest.
    Raises:
      NoRunError: There is no such run.
    """
    store = open_store(layout)
    known = run_ids(store)
    if not known:
        raise NoRunError(f"no runs yet in {layout.root}; start one with: ichor run --data DIR")
    if run_id is None:
        run_id = known[-1]
    if run_id not in known:
        raise NoRunError(f"no run {run_id!r}; known are {', '.join(known)}")
    context = store.get_context_by_type_and_name(_RUN_CONTEXT, run_id)
    executions = sorted(store.get_executions_by_context(context.id), key=lambda execution: execution.id)
    nodes = [_node_run(store, execution) for execution in executions]
    return Run(run_id, {node.node: node for node in nodes})


def _node_run(store: mlmd.MetadataStore, execution: pb.Execution) -> NodeRun:
    contexts = store.get_contexts_by_execution(execution.id)
    (name,) = [context.name for context in contexts if context.type == _NODE_CONTEXT]
    events = [
        event
        for event in store.get_events_by_execution_ids([execution.id])
        if event.type in (pb.Event.OUTPUT, pb.Event.INTERNAL_OUTPUT)  # internal: what a resolver resolved
    ]
    artifacts = {
        artifact.id: artifact for artifact in store.get_artifacts_by_id([e.artifact_id for e in events])
    }
    return NodeRun(
        node=name.split(".", 1)[1],
        state=_STATES.get(execution.last_known_state, "failed"),
        outputs={
            event.path.steps[0].key: _artifact(artifacts[event.artifact_id])
            for event in events
            if event.path.steps
        },
        properties=_values(execution.custom_properties),
    )


def _artifact(artifact: pb.Artifact) -> ArtifactRef:
    return ArtifactRef(artifact.id, Path(artifact.uri), _values(artifact.custom_properties), artifact.type)


def _values(properties: Mapping[str, pb.Value]) -> dict[str, Any]:
    return {key: getattr(value, value.WhichOneof("value")) for key, value in properties.items()}
