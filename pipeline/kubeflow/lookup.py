"""What is looked up before a step so that KFP's cache sees it: TFX's driver of the ingest, and its Resolver.

KFP decides by a step's inputs alone whether it has run already. What the inputs do not show is looked up in a
small step of its own that is never cached, and goes into the next one as a parameter: the fingerprint of the
data folder, and the address of the model to be compared with.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import ml_metadata as mlmd
import tfx.v1  # noqa: F401 - before anything that imports tensorflow_data_validation
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec
from tfx.components.example_gen import utils
from tfx.orchestration import data_types_utils
from tfx.orchestration.portable.data_types import ExecutionInfo
from tfx.types import standard_component_specs as keys

from components.ingest.driver import Driver
from pipeline import exit_codes
from pipeline.kubeflow import latest_blessed, runtime
from pipeline.kubeflow.files import private_key, write_whole
from pipeline.kubeflow.reason import describe_failure
from pipeline.terminal import working_directory

DATA, BASELINE = "data", "baseline"
URI = "uri"  # of the importer's own parameter


def data_fingerprint(invocation: spec.ExecutorInput, _: argparse.Namespace) -> dict[str, str]:
    """Returns what SliceExampleGen's driver finds out of the data folder."""
    given = {name: value.string_value for name, value in invocation.inputs.parameter_values.items()}
    properties = private_key(runtime.apply(runtime.INGEST, given))
    properties = Driver(None).run(ExecutionInfo(exec_properties=properties)).exec_properties
    fingerprint = data_types_utils.get_metadata_value(properties[utils.FINGERPRINT_PROPERTY_NAME])
    return {utils.FINGERPRINT_PROPERTY_NAME: str(fingerprint)}


def baseline_uri(invocation: spec.ExecutorInput, parsed: argparse.Namespace) -> dict[str, str]:
    """Returns the address of the latest blessed model, or the candidate's own if there is none."""
    (candidate,) = invocation.inputs.artifacts[keys.MODEL_KEY].artifacts
    if not parsed.metadata_address:
        return {URI: candidate.uri}
    store = latest_blessed.connect(parsed.metadata_address)
    try:
        older = latest_blessed.older_than(store, candidate.uri)
    except mlmd.errors.StatusError as error:
        raise ConnectionError(
            f"ML Metadata at {parsed.metadata_address} does not answer ({error}); "
            "set kubeflow.metadata_address to its gRPC service, as HOST:PORT"
        ) from error
    return {URI: older or candidate.uri}


LOOKUPS: dict[str, Callable[[spec.ExecutorInput, argparse.Namespace], dict[str, str]]] = {
    DATA: data_fingerprint,
    BASELINE: baseline_uri,
}


@working_directory.never_imported()
def main(arguments: Sequence[str] | None = None) -> int:
    """Does one look-up, writes its output parameters and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -P -m pipeline.kubeflow.lookup", allow_abbrev=False)
    parser.add_argument("what", choices=sorted(LOOKUPS))
    parser.add_argument("--executor_input", required=True)
    parser.add_argument("--metadata_address", default="")
    parsed = parser.parse_args(arguments)
    try:
        invocation = json_format.Parse(
            parsed.executor_input, spec.ExecutorInput(), ignore_unknown_fields=True
        )
        output = spec.ExecutorOutput()
        for name, value in LOOKUPS[parsed.what](invocation, parsed).items():
            output.parameter_values[name].string_value = value
        write_whole(Path(invocation.outputs.output_file), json_format.MessageToJson(output))
    except Exception as error:  # the last stand before the exit status
        print(
            describe_failure(f"lookup of {parsed.what}", error, sees_files=parsed.what == DATA),
            file=sys.stderr,
        )
        return exit_codes.ERROR
    return exit_codes.OK


if __name__ == "__main__":
    sys.exit(main())
