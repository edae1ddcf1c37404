"""What a server of KFP keeps, and how it answers each operation that is called here."""

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec

Json = dict[str, Any]
NOT_YET = "1970-01-01T00:00:00Z"  # as KFP writes a time that has not come
KINDS = {
    "NUMBER_INTEGER": int, "NUMBER_DOUBLE": (int, float), "STRING": str, "BOOLEAN": bool, "LIST": list,
    "STRUCT": dict,
}  # fmt: skip


class RefusedError(Exception):
    """An answer other than success: status and message."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class State:
    """Pipelines with versions, experiments and runs; by id, in the order in which they were made."""

    def __init__(self, multi_user: bool = False):
        self.multi_user = multi_user
        self.pipelines: dict[str, Json] = {}
        self.versions: dict[str, Json] = {}
        self.experiments: dict[str, Json] = {}
        self.runs: dict[str, Json] = {}
        self.story: list[Json] = []  # what a run looks like from one look to the next; the last one stays

    def answer(self, name: str, parts: Sequence[str], query: Mapping[str, str], body: Any) -> Json:
        """Answers one operation.

        Args:
          name: Of the operation.
          parts: What stands in its path.
          query: Its query.
          body: JSON, or the bytes of an uploaded file.
        """
        namespace = query.get("namespace") or (body.get("namespace") if isinstance(body, dict) else None)
        if namespace and not self.multi_user:
            raise RefusedError(400, "In single-user mode, a namespace cannot be given")
        method = getattr(self, name, None)
        if method is None:
            raise RefusedError(501, f"{name} is not implemented here")
        return method(*parts, query=query, body=body)

    def healthz_service_get_healthz(self, query: Any, body: Any) -> Json:
        return {"multi_user": True} if self.multi_user else {}  # protobuf's JSON leaves false out

    def pipeline_service_list_pipelines(self, query: Mapping[str, str], body: Any) -> Json:
        entries = [
            entry
            for entry in self.pipelines.values()
            if entry.get("namespace", "") == query.get("namespace", "")
        ]
        return _page("pipelines", entries, query)

    def pipeline_service_list_pipeline_versions(
        self, pipeline: str, query: Mapping[str, str], body: Any
    ) -> Json:
        entries = [entry for entry in self.versions.values() if entry["pipeline_id"] == pipeline]
        return _page("pipeline_versions", entries, query)

    def pipeline_service_create_pipeline(self, query: Mapping[str, str], body: Json) -> Json:
        key = str(uuid.uuid4())
        self.pipelines[key] = {"pipeline_id": key, "created_at": _now(), **body}
        return self.pipelines[key]

    def upload_pipeline(self, query: Mapping[str, str], body: bytes) -> Json:
        _specs(body)
        key = str(uuid.uuid4())
        pipeline = {"pipeline_id": key, "display_name": query["name"], "created_at": _now()}
        if query.get("namespace"):
            pipeline["namespace"] = query["namespace"]
        self.pipelines[key] = pipeline
        self._add_version(key, query["name"], body)
        return pipeline

    def upload_pipeline_version(self, query: Mapping[str, str], body: bytes) -> Json:
        if query["pipelineid"] not in self.pipelines:
            raise RefusedError(404, f"Pipeline {query['pipelineid']} not found.")
        if any(entry["display_name"] == query["name"] for entry in self.versions.values()):
            raise RefusedError(
                409, f"Failed to create a new pipeline version. {query['name']} already exist."
            )
        return self._add_version(query["pipelineid"], query["name"], body)

    def _add_version(self, pipeline: str, name: str, body: bytes) -> Json:
        pipeline_spec, platforms = _specs(body)
        key = str(uuid.uuid4())
        self.versions[key] = {
            "pipeline_id": pipeline,
            "pipeline_version_id": key,
            "display_name": name,
            "created_at": _now(len(self.versions)),
            "pipeline_spec": {"pipeline_spec": pipeline_spec, "platform_spec": platforms},
        }
        return self.versions[key]

    def experiment_service_list_experiments(self, query: Mapping[str, str], body: Any) -> Json:
        if self.multi_user and not query.get("namespace"):
            raise RefusedError(400, "Failed to list experiments: namespace is empty in multi-user mode")
        entries = [
            entry
            for entry in self.experiments.values()
            if entry.get("namespace", "") == query.get("namespace", "")
        ]
        return _page("experiments", entries, query)

    def experiment_service_create_experiment(self, query: Any, body: Json) -> Json:
        key = str(uuid.uuid4())
        self.experiments[key] = {**body, "experiment_id": key, "created_at": _now()}
        return self.experiments[key]

    def run_service_create_run(self, query: Any, body: Json) -> Json:
        reference = body["pipeline_version_reference"]
        version = self.versions.get(reference["pipeline_version_id"])
        if version is None or version["pipeline_id"] != reference["pipeline_id"]:
            raise RefusedError(404, "Pipeline version not found.")
        if body["experiment_id"] not in self.experiments:
            raise RefusedError(404, "Experiment not found.")
        root = version["pipeline_spec"]["pipeline_spec"]["root"]
        declared = root.get("inputDefinitions", {}).get("parameters", {})
        for name, value in body["runtime_config"].get("parameters", {}).items():
            if name not in declared:
                raise RefusedError(400, f"Invalid input error: parameter {name} is not in the pipeline")
            if type(value) is bool and declared[name]["parameterType"] != "BOOLEAN":
                raise RefusedError(400, f"Invalid input error: {name} is a boolean")
            if not isinstance(value, KINDS[declared[name]["parameterType"]]):
                raise RefusedError(400, f"Invalid input error: {name} is of the wrong type")
        key = str(uuid.uuid4())
        run = {**body, "run_id": key, "state": "PENDING", "created_at": _now(len(self.runs))}
        self.runs[key] = {**run, "finished_at": NOT_YET}
        return self.runs[key]

    def run_service_get_run(self, run: str, query: Any, body: Any) -> Json:
        if run not in self.runs:
            raise RefusedError(404, f"Run {run} not found.")
        if self.story:
            self.runs[run] |= self.story.pop(0)
        return self.runs[run]

    def run_service_list_runs(self, query: Mapping[str, str], body: Any) -> Json:
        entries = [
            entry
            for entry in self.runs.values()
            if query.get("experiment_id", "") in ("", entry["experiment_id"])
        ]
        return _page("runs", entries, query)


def _page(key: str, entries: Sequence[Json], query: Mapping[str, str]) -> Json:
    for predicate in json.loads(query.get("filter") or "{}").get("predicates", []):
        assert predicate["operation"] in ("EQUALS", 1)
        wanted = predicate.get("string_value", predicate.get("stringValue"))
        entries = [entry for entry in entries if entry[predicate["key"]] == wanted]
    if query.get("sort_by"):
        field, _, order = query["sort_by"].partition(" ")
        entries = sorted(entries, key=lambda entry: entry[field], reverse=order == "desc")
    first = int(query.get("page_token") or 0)
    last = first + int(query.get("page_size", 20))
    page: Json = {key: list(entries[first:last]), "total_size": len(entries)} if entries else {}
    return page | ({"next_page_token": str(last)} if last < len(entries) else {})


def _specs(body: bytes) -> tuple[Json, Json]:
    documents = list(yaml.load_all(body, yaml.CSafeLoader))
    try:
        json_format.ParseDict(documents[0], spec.PipelineSpec())
        for document in documents[1:]:
            json_format.ParseDict(document, spec.PlatformSpec())
    except json_format.ParseError as error:
        raise RefusedError(400, f"Failed to parse the PipelineSpec: {error}") from None
    return documents[0], documents[1] if documents[1:] else {}


def _now(later: int = 0) -> str:
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC) + datetime.timedelta(minutes=later)
    return moment.isoformat().replace("+00:00", "Z")
