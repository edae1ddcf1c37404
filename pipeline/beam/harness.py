"""One worker process of a pool: it imports TFX while it waits, then runs what its engine hands it.

It reads its id and where the engine can be reached as a line of JSON from its input.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import tfx  # noqa: F401 - supplies what tensorflow_data_validation, which pickled code needs, does not find

# What a job of ours unpickles first; here it is done before the job begins.
import tensorflow_data_validation  # noqa: F401  isort: skip
import tensorflow_model_analysis  # noqa: F401  isort: skip
import grpc
from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc, endpoints_pb2
from apache_beam.runners.worker import sdk_worker_main
from google.protobuf import json_format, text_format

SECONDS_TO_ASK = 60


def main() -> None:
    """Waits for the line that names an engine, then works for it until it closes the connection."""
    line = sys.stdin.readline()
    if not line:  # the pool has ended
        return
    worker = json.loads(line)
    os.environ.update(environment(worker))
    sdk_worker_main.main([])


def environment(worker: Mapping[str, str]) -> dict[str, str]:
    """Returns what Beam's own worker reads from its environment.

    Args:
      worker: `id`, and the URLs `control`, `logging` and `provision`.
    Raises:
      grpc.RpcError: The engine cannot be reached.
    Source: Apache Beam, the contract of an SDK's container (its boot program).
    """
    with grpc.insecure_channel(worker["provision"]) as channel:
        named = grpc.intercept_channel(channel, _Named(worker["id"]))
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(named)
        info = service.GetProvisionInfo(
            beam_provision_api_pb2.GetProvisionInfoRequest(), timeout=SECONDS_TO_ASK
        ).info
    return {
        "WORKER_ID": worker["id"],
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
        "CONTROL_API_SERVICE_DESCRIPTOR": _endpoint(info.control_endpoint.url or worker["control"]),
        "LOGGING_API_SERVICE_DESCRIPTOR": _endpoint(info.logging_endpoint.url or worker["logging"]),
    }


def _endpoint(url: str) -> str:
    return text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=url))


class _Named(grpc.UnaryUnaryClientInterceptor):
    """Sends the worker's id along, as each call of a worker does."""

    def __init__(self, name: str) -> None:
        self._name = name

    def intercept_unary_unary(
        self,
        continuation: Callable[[Any, Any], Any],
        details: Any,
        request: Any,
    ) -> Any:
        """Adds the worker's id to what goes with a call."""
        named = details._replace(metadata=[*(details.metadata or ()), ("worker_id", self._name)])
        return continuation(named, request)


if __name__ == "__main__":
    main()
