"""Runs a compiled pipeline, every step's own command as a process of its own."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import yaml

from tests.kubeflow_backend.metadata import Metadata
from tests.shadowing import write_modules

Document = dict[str, Any]
AT_ONCE = 2  # steps
LOGS = "executor-logs"  # an output that each container has since KFP 2.5, and its launcher alone writes


class StepFailedError(RuntimeError):
    """A step failed as often as it may; the message is its last line."""


@dataclasses.dataclass(frozen=True)
class Artifact:
    """One artifact as the backend hands it on."""

    number: int
    uri: str
    title: str
    metadata: Document


@dataclasses.dataclass
class Task:
    """What came of one task of a run."""

    parameters: Document
    artifacts: dict[str, Artifact]
    cached: bool = False
    tries: int = 0


class Backend:
    """One KFP installation: its object store, its metadata and its cache outlive a run."""

    def __init__(self, folder: Path, killed: Mapping[str, str] | None = None):
        """Sets one up.

        Args:
          folder: Whose s3/, gcs/ and minio/ stand for the launcher's mounts.
          killed: Steps whose first try is killed as soon as a file is there, by a pattern below `folder`.
        """
        self.folder = folder
        self.working_directory = write_modules(folder / "home")
        self.metadata = Metadata(str(folder / "mlmd.sqlite"))
        self._cache: dict[str, Task] = {}
        self._runs = 0
        self._killed = killed or {}

    def run(self, file: Path, parameters: Document | None = None) -> dict[str, Task]:
        """Runs a compiled pipeline to its end.

        Args:
          file: YAML, as `ichor compile` writes it.
          parameters: Of the run.
        Raises:
          StepFailedError: A step failed.
        """
        document = next(yaml.safe_load_all(file.read_text()))
        self._runs += 1
        root = document["root"]
        declared = root["inputDefinitions"]["parameters"]
        given = {name: parameter["defaultValue"] for name, parameter in declared.items()} | (parameters or {})
        assert given.keys() == declared.keys()
        done: dict[str, Task] = {}
        tasks = root["dag"]["tasks"]
        running: dict[Future[Task], str] = {}
        with self.metadata.served() as address, ThreadPoolExecutor(AT_ONCE) as pool:
            while len(done) < len(tasks):
                for name, task in tasks.items():
                    waits_for = set(task.get("dependentTasks", []))
                    if name not in done and name not in running.values() and waits_for <= done.keys():
                        arguments = (name, task, document, given, done, address)
                        running[pool.submit(self._task, *arguments)] = name
                assert running, "a circle"
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done[running.pop(future)] = future.result()
        return done

    def path(self, artifact: Artifact) -> Path:
        """Returns where an artifact lies."""
        return self._mounted(artifact.uri)

    def _mounted(self, uri: str) -> Path:
        return self.folder / uri.replace("://", "/", 1)

    def _task(
        self,
        name: str,
        task: Document,
        document: Document,
        given: Document,
        done: dict[str, Task],
        address: str,
    ) -> Task:
        component = document["components"][task["componentRef"]["name"]]
        inputs = task.get("inputs", {})
        values = {key: _value(part, given, done) for key, part in inputs.get("parameters", {}).items()}
        artifacts = {
            key: done[part["taskOutputArtifact"]["producerTask"]].artifacts[
                part["taskOutputArtifact"]["outputArtifactKey"]
            ]
            for key, part in inputs.get("artifacts", {}).items()
        }
        if "dag" in component:
            return self._within(component["dag"], document, values, address)
        pipeline = document["pipelineInfo"]["name"]
        executor = document["deploymentSpec"]["executors"][component["executorLabel"]]
        if "importer" in executor:
            return self._import(executor["importer"], task, pipeline, given)
        container = executor["container"]
        key = _digest([container, values, {name: part.number for name, part in artifacts.items()}])
        if task.get("cachingOptions", {}).get("enableCache") and key in self._cache:
            return dataclasses.replace(self._cache[key], cached=True)
        folder = f"{document['defaultPipelineRoot']}/{pipeline}/run-{self._runs}/{name}"
        request = {
            "inputs": {
                "parameterValues": values,
                "artifacts": {
                    key: {
                        "artifacts": [{"name": str(part.number), "uri": part.uri, "metadata": part.metadata}]
                    }
                    for key, part in artifacts.items()
                },
            },
            "outputs": _outputs(component, folder, self.folder / "outputs" / f"{self._runs}-{name}"),
        }
        tries = self._try(name, task, container, request, address)
        made = self._made(pipeline, component, request)
        made.tries = tries
        self._cache[key] = made
        return made

    def _within(self, dag: Document, document: Document, given: Document, address: str) -> Task:
        """Runs a graph inside of the graph; what it puts out is what it selects of its tasks' outputs."""
        done: dict[str, Task] = {}
        for name, task in dag["tasks"].items():
            done[name] = self._task(name, task, document, given, done, address)
        artifacts = {}
        for key, output in dag["outputs"]["artifacts"].items():
            (selector,) = output["artifactSelectors"]
            artifacts[key] = done[selector["producerSubtask"]].artifacts[selector["outputArtifactKey"]]
        return Task({}, artifacts)

    def _import(self, importer: Document, task: Document, pipeline: str, given: Document) -> Task:
        """Imports as the launcher does, which waits for no task and knows the graph's own inputs alone."""
        assert not task.get("dependentTasks"), "KFP starts an importer at once"
        source = task["inputs"]["parameters"][importer["artifactUri"]["runtimeParameter"]]
        assert source.get("componentInputParameter") in given, "parent DAG does not have input parameter"
        uri, title = given[source["componentInputParameter"]], importer["typeSchema"]["schemaTitle"]
        number = self.metadata.imported(pipeline, title, uri)
        return Task({}, {"artifact": Artifact(number, uri, title, {})})

    def _try(self, name: str, task: Document, container: Document, request: Document, address: str) -> int:
        """Runs a step's command as often as it may be tried, and returns how often it was."""
        environment = {**os.environ, "ICHOR_MOUNT_ROOT": str(self.folder), "CUDA_VISIBLE_DEVICES": ""}
        (logs,) = request["outputs"]["artifacts"][LOGS]["artifacts"]
        uri = logs["uri"]
        policy = task.get("retryPolicy", {})
        # Source: kubeflow/pipelines, argocompiler/container.go: 0 where it is not given; Argo then ends it.
        again = policy.get("maxRetryCount", 0) if "backoffMaxDuration" in policy else 0
        for attempt in range(1 + again):
            logs["uri"] = f"{uri}-{attempt}"
            log = self._mounted(logs["uri"])
            log.parent.mkdir(parents=True, exist_ok=True)
            command = _command(container, request, address)
            with log.open("w") as stderr:
                process = subprocess.Popen(
                    command, stdout=stderr, stderr=stderr, env=environment, cwd=self.working_directory
                )
                if attempt == 0 and name in self._killed:
                    self._kill_at(process, self._killed[name])
                status = process.wait()
                assert os.fstat(stderr.fileno()).st_nlink == 1, "the launcher would have no log to upload"
            if status == 0:
                return attempt + 1
        raise StepFailedError(log.read_text().strip().splitlines()[-1])

    def _kill_at(self, process: subprocess.Popen, pattern: str) -> None:
        """Kills a step in the middle, as Kubernetes does to a pod that is evicted without grace."""
        while process.poll() is None and not any(self.folder.glob(pattern)):
            time.sleep(0.01)
        process.kill()

    def _made(self, pipeline: str, component: Document, request: Document) -> Task:
        file = Path(request["outputs"]["outputFile"])
        answer = json.loads(file.read_text()) if file.exists() else {}
        made = Task(answer.get("parameterValues", {}), {})
        for key, declared in request["outputs"]["artifacts"].items():
            (artifact,) = declared["artifacts"]
            (changed,) = [artifact] if key == LOGS else answer["artifacts"][key]["artifacts"]
            assert changed["uri"] == artifact["uri"], "the launcher would upload to another address"
            kind = artifact["type"]
            title = kind.get("schemaTitle") or yaml.safe_load(kind["instanceSchema"])["title"]
            metadata = changed.get("metadata", {})
            number = self.metadata.record(pipeline, title, artifact["uri"], metadata)
            # Source: tensorflow/tfx issue 7768: on its way to the next step an artifact loses its type.
            made.artifacts[key] = Artifact(number, artifact["uri"], title, metadata)
        return made


def _value(source: Document, given: Document, done: dict[str, Task]) -> Any:
    if "componentInputParameter" in source:
        return given[source["componentInputParameter"]]
    if "taskOutputParameter" in source:
        output = source["taskOutputParameter"]
        return done[output["producerTask"]].parameters[output["outputParameterKey"]]
    return source["runtimeValue"]["constant"]


def _outputs(component: Document, folder: str, local: Path) -> Document:
    outputs = component.get("outputDefinitions", {})
    logs = {"artifactType": {"schemaTitle": "system.Artifact"}}
    return {
        "outputFile": str(local / "executor_output.json"),
        "parameters": {name: {"outputFile": str(local / name)} for name in outputs.get("parameters", {})},
        "artifacts": {
            name: {"artifacts": [{"name": name, "type": output["artifactType"], "uri": f"{folder}/{name}"}]}
            for name, output in {**outputs.get("artifacts", {}), LOGS: logs}.items()
        },
    }


def _command(container: Document, request: Document, address: str) -> list[str]:
    """Returns a step's command, as a process on this machine."""
    text = json.dumps(request)
    command = [part.replace("{{$}}", text) for part in [*container["command"], *container["args"]]]
    assert command[0] == "python"
    if "--metadata_address" in command:  # of a service in the cluster
        command[command.index("--metadata_address") + 1] = address
    return [sys.executable, *command[1:]]


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
