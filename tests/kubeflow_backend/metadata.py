"""ML Metadata as KFP keeps it: a gRPC service, written to as KFP's launcher writes."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import ml_metadata as mlmd
from ml_metadata.proto import metadata_store_pb2 as pb
from ml_metadata.proto import metadata_store_service_pb2 as service
from ml_metadata.proto import metadata_store_service_pb2_grpc as rpc

PIPELINE_CONTEXT, RUN_CONTEXT = "system.Pipeline", "system.PipelineRun"


class Metadata:
    """The store of one KFP installation."""

    def __init__(self, file: str = ":memory:"):
        config = pb.ConnectionConfig()
        if file == ":memory:":
            config.fake_database.SetInParent()
        else:
            config.sqlite.filename_uri = file
        self._lock = threading.Lock()
        self.store = mlmd.MetadataStore(config)

    def record(
        self, pipeline: str, title: str, uri: str, metadata: dict[str, Any], namespace: str = "radiology"
    ) -> int:
        """Records an output artifact of a step and returns its id."""
        with self._lock:
            return self._record(pipeline, title, uri, metadata, namespace)

    def _record(self, pipeline: str, title: str, uri: str, metadata: dict[str, Any], namespace: str) -> int:
        type_id = self.store.put_artifact_type(pb.ArtifactType(name=title))
        artifact = pb.Artifact(type_id=type_id, uri=uri, state=pb.Artifact.LIVE)
        for name, value in metadata.items():
            if isinstance(value, str):
                artifact.custom_properties[name].string_value = value
            elif isinstance(value, dict):
                artifact.custom_properties[name].struct_value.update(value)
            else:
                artifact.custom_properties[name].double_value = value
        artifact.custom_properties["display_name"].string_value = title
        (number,) = self.store.put_artifacts([artifact])
        contexts = (
            self._context(PIPELINE_CONTEXT, pipeline),
            self._context(RUN_CONTEXT, f"a run in {namespace}", namespace),
        )
        attributions = [pb.Attribution(artifact_id=number, context_id=context) for context in contexts]
        self.store.put_attributions_and_associations(attributions, [])
        return number

    def imported(self, pipeline: str, title: str, uri: str) -> int:
        """Returns the artifact of an importer that does not import anew: the known one of that address."""
        for artifact in self.store.get_artifacts_by_uri(uri):
            if self.store.get_artifact_types_by_id([artifact.type_id])[0].name == title:
                return artifact.id
        return self.record(pipeline, title, uri, {})

    def _context(self, kind: str, name: str, namespace: str = "") -> int:
        known = self.store.get_context_by_type_and_name(kind, name)
        if known:
            return known.id
        context = pb.Context(type_id=self.store.put_context_type(pb.ContextType(name=kind)), name=name)
        if namespace:
            context.custom_properties["namespace"].string_value = namespace
        return self.store.put_contexts([context])[0]

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Serves what the look-ups ask, and yields HOST:PORT."""
        server = grpc.server(futures.ThreadPoolExecutor(2))
        rpc.add_MetadataStoreServiceServicer_to_server(_Service(self.store), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(0)


class _Service(rpc.MetadataStoreServiceServicer):
    def __init__(self, store: mlmd.MetadataStore):
        self._store = store

    def GetArtifactsByURI(self, request: Any, _: grpc.ServicerContext) -> Any:
        return self._answer("GetArtifactsByURI", request)

    def GetArtifactsByContext(self, request: Any, _: grpc.ServicerContext) -> Any:
        return self._answer("GetArtifactsByContext", request)

    def GetContextsByArtifact(self, request: Any, _: grpc.ServicerContext) -> Any:
        return self._answer("GetContextsByArtifact", request)

    def GetArtifactTypes(self, request: Any, _: grpc.ServicerContext) -> Any:
        return self._answer("GetArtifactTypes", request)

    def _answer(self, method: str, request: Any) -> Any:
        response = getattr(service, f"{method}Response")()
        self._store._call(method, request, response)
        return response
