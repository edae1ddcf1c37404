"""What a container of a compiled pipeline runs: one executor of the graph.

TFX's own entrypoint (tfx.orchestration.kubeflow.v2.container.kubeflow_v2_run_executor) fails on what KFP's
open-source backend hands it. This entrypoint restores the types of artifacts, maps addresses to the
launcher's paths, puts the run's parameters in, leaves nothing of a failed step behind and says in a line why
it failed.
"""

import argparse
import dataclasses
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import tfx.v1  # noqa: F401 - before anything that imports tensorflow_data_validation
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec
from tfx.dsl.components.base import base_beam_executor, base_executor
from tfx.orchestration.kubeflow.v2.container import kubeflow_v2_entrypoint_utils as upstream
from tfx.orchestration.portable import outputs_utils
from tfx.types import standard_component_specs as keys
from tfx.utils import import_utils

from pipeline import exit_codes
from pipeline.kubeflow import artifacts, runtime
from pipeline.kubeflow.files import in_package, private_key, write_whole
from pipeline.kubeflow.reason import describe_failure
from pipeline.terminal import working_directory

log = logging.getLogger("ichor.kubeflow")


@dataclasses.dataclass(frozen=True)
class Step:
    """What a container has to do.

    Attributes:
      node: Its id in the graph.
      inputs: Artifacts by name.
      outputs: Artifacts by name, empty as yet; those alone that the node declares.
      properties: Execution properties.
      output_file: Where KFP looks for what came of it.
    """

    node: str
    inputs: artifacts.Artifacts
    outputs: artifacts.Artifacts
    properties: dict[str, Any]
    output_file: Path

    @classmethod
    def read(cls, node: str, invocation: str, definition: str, outputs: Collection[str]) -> "Step":
        """Reads what KFP put into the command line.

        Args:
          node: Its id in the graph.
          invocation: ExecutorInput as JSON.
          definition: ComponentInputsSpec as JSON: names and types of what goes in.
          outputs: Names of what the node puts out. KFP adds its own since 2.5, which its launcher alone
            writes (`executor-logs`, of a type that TFX has not; backend/src/v2/driver/driver.go,
            provisionOutputs).
        Raises:
          ValueError: An artifact is of an unknown type, or lies where the launcher reaches nothing.
        """
        invocation_spec = json_format.Parse(invocation, spec.ExecutorInput(), ignore_unknown_fields=True)
        declared = json_format.Parse(definition, spec.ComponentInputsSpec(), ignore_unknown_fields=True)
        types = {name: artifact.artifact_type for name, artifact in declared.artifacts.items()}
        properties = upstream.parse_execution_properties(
            invocation_spec.inputs.parameter_values, invocation_spec.inputs.parameters, declared
        )
        return cls(
            node=node,
            inputs=_without_itself(artifacts.read(invocation_spec.inputs.artifacts, types)),
            outputs=artifacts.read(
                {
                    name: output
                    for name, output in invocation_spec.outputs.artifacts.items()
                    if name in outputs
                },
                {},
            ),
            properties=_at_home(runtime.apply(node, properties)),
            output_file=Path(invocation_spec.outputs.output_file),
        )

    def clear(self) -> None:
        """Removes what lies where outputs go: of a try that was killed, or of this one as it fails."""
        for path in artifacts.paths(self.outputs.values()):
            shutil.rmtree(path, ignore_errors=True)
        self.output_file.unlink(missing_ok=True)

    def keep_accounts(self, state_dir: Path) -> Iterator[tuple[str, str]]:
        """Copies what a step that refuses data wrote of it beside its outputs, which KFP takes no notice of.

        Args:
          state_dir: Where to; it outlives the container if it lies on a volume.
        Yields:
          Each folder, as named here and as kept.
        """
        for path in map(Path, artifacts.paths(self.outputs.values())):
            account = path.with_name(f"stopped-{path.name}")
            if account.is_dir():
                kept = state_dir / "stopped" / self.node / path.name
                shutil.copytree(account, kept, dirs_exist_ok=True)
                yield str(account), str(kept)

    def run(self, executor_class: str, flags: list[str]) -> None:
        """Runs the executor and writes what came of it.

        Args:
          executor_class: Dotted path.
          flags: Of Beam.
        """
        executor = import_utils.import_class_by_path(executor_class)
        with tempfile.TemporaryDirectory(prefix="ichor-") as folder:
            if issubclass(executor, base_beam_executor.BaseBeamExecutor):
                context = base_beam_executor.BaseBeamExecutor.Context(
                    beam_pipeline_args=flags, tmp_dir=folder, unique_id=self.node
                )
            else:
                context = base_executor.BaseExecutor.Context(
                    extra_flags=flags, tmp_dir=folder, unique_id=self.node
                )
            executor(context).Do(self.inputs, self.outputs, self.properties)
        outputs_utils.tag_output_artifacts_with_version(self.outputs)
        self._report_outputs()

    def _report_outputs(self) -> None:
        output = spec.ExecutorOutput()
        for name, artifact_list in artifacts.written(self.outputs).items():
            output.artifacts[name].CopyFrom(artifact_list)
        write_whole(self.output_file, json_format.MessageToJson(output))


def _without_itself(inputs: artifacts.Artifacts) -> artifacts.Artifacts:
    """A baseline that is the candidate itself stands for none: KFP has no way to hand over nothing."""
    baseline, model = inputs.get(keys.BASELINE_MODEL_KEY), inputs.get(keys.MODEL_KEY)
    if baseline and model and baseline[0].uri == model[0].uri:
        return {**inputs, keys.BASELINE_MODEL_KEY: []}
    return inputs


def _at_home(properties: dict[str, Any]) -> dict[str, Any]:
    """Makes properties that name files name them as they are in this container."""
    schema_file = properties.get(keys.SCHEMA_FILE_KEY)
    if schema_file:
        properties = {**properties, keys.SCHEMA_FILE_KEY: in_package(schema_file)}
    return private_key(properties)


@working_directory.never_imported()
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one step and returns its exit status.

    Args:
      arguments: --node, --state_dir and --outputs, the three that TFX's compiler writes, and Beam's flags.
    """
    parser = argparse.ArgumentParser(prog="python -P -m pipeline.kubeflow.entrypoint", allow_abbrev=False)
    parser.add_argument("--node", required=True)
    parser.add_argument("--state_dir", required=True)
    parser.add_argument("--outputs", required=True, nargs="*")
    parser.add_argument("--executor_class_path", required=True)
    parser.add_argument("--json_serialized_invocation_args", required=True)
    parser.add_argument("--json_serialized_inputs_spec_args", required=True)
    parsed, flags = parser.parse_known_args(arguments)
    sees_files = parsed.node == runtime.INGEST
    if sees_files:  # Beam logs what a worker raises, which may name a file
        logging.getLogger("apache_beam").setLevel(logging.CRITICAL + 1)
    step = None
    try:
        step = Step.read(
            parsed.node,
            parsed.json_serialized_invocation_args,
            parsed.json_serialized_inputs_spec_args,
            parsed.outputs,
        )
        step.clear()
        step.run(parsed.executor_class_path, flags)
    except Exception as error:  # the last stand before the exit status: whatever it was, nothing half stays
        reason = describe_failure(parsed.node, error, sees_files)
        if step:
            step.clear()
            for here, kept in step.keep_accounts(Path(parsed.state_dir)):
                reason = reason.replace(here, kept)
        print(reason, file=sys.stderr)
        return exit_codes.ERROR
    log.info("%s: done", parsed.node)
    return exit_codes.OK


def _log_to_terminal() -> None:
    """Lets the step's own lines through, and of all others what is amiss."""
    level = os.environ.get("ICHOR_LOG_LEVEL", "WARNING")
    logging.basicConfig(level=level, format="%(name)s: %(message)s", force=True)
    logging.getLogger("ichor").setLevel(logging.INFO)


if __name__ == "__main__":
    _log_to_terminal()
    sys.exit(main())
