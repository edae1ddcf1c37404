"""Beam's arguments for the engine that is chosen."""

import json
import re

from pipeline.settings.layout import absolute
from pipeline.settings.loading import ConfigError
from pipeline.settings.params import BeamParams

__all__ = ["beam_args", "require_reachable_results", "require_within_pods"]

# By name: DirectRunner first tries to download Prism for each pipeline.
DIRECT_RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
# With an image named, TFX builds no source package of itself for each Beam node: about five seconds, and 50
# MB left in the temporary folder. Workers that have ichor need none.
NO_IMAGE = "none"
# An engine would end the harness after each stage; a new one imports TensorFlow and TFX again.
KEEP_HARNESS_MS = 600_000
# What a worker imports first: it supplies what TensorFlow Data Validation, which jobs unpickle, lacks.
FIRST_IMPORT = "tfx"
OPTION = re.compile(r"--[a-z][a-z0-9_]*(=.*)?", re.DOTALL)


def beam_args(params: BeamParams) -> list[str]:
    """Returns Beam's arguments for all nodes that use it.

    Args:
      params: The group `beam`.
    Raises:
      ConfigError: The engine needs a setting that is empty, or has no use for one that is set.
    """
    for option in params.options:
        if not OPTION.fullmatch(option):
            raise ConfigError(f"beam.options: expected --name=value, got {option!r}")
    engines = {"direct": _direct, "spark": _portable, "flink": _portable, "dataflow": _dataflow}
    return [*engines[params.engine](params), *params.options]


def require_reachable_results(params: BeamParams, output: str) -> None:
    """Refuses an engine whose machines cannot reach the results' folder.

    Args:
      params: The group `beam`.
      output: The results' folder, `run.output`.
    Raises:
      ConfigError: Dataflow would have to read and write this machine's disk.
    """
    if params.engine == "dataflow":
        raise ConfigError(
            f"beam.engine: dataflow's machines cannot reach {absolute(output)}; take spark or flink, with a "
            "file system that all their workers have (docs/scaling.md)"
        )


def require_within_pods(params: BeamParams) -> None:
    """Refuses an engine that would work outside of a step's pod on Kubeflow.

    Args:
      params: The group `beam`.
    Raises:
      ConfigError: KFP takes what a step has made from its own pod, where nothing of it would be.
    """
    if params.engine != "direct":
        raise ConfigError(
            f"beam.engine: {params.engine} would leave its results with its own workers, but Kubeflow takes "
            "them from the step's pod; compile with --beam direct (docs/scaling.md)"
        )


def _direct(params: BeamParams) -> list[str]:
    return [
        f"--runner={DIRECT_RUNNER}",
        f"--sdk_container_image={NO_IMAGE}",
        f"--direct_running_mode={params.running_mode}",
        f"--direct_num_workers={params.workers}",
    ]


def _portable(params: BeamParams) -> list[str]:
    _require(params, "job_endpoint", "HOST:PORT of Beam's job server")
    arguments = ["--runner=PortableRunner", f"--job_endpoint={params.job_endpoint}"]
    if params.artifact_endpoint:
        arguments.append(f"--artifact_endpoint={params.artifact_endpoint}")
    arguments += [
        f"--environment_type={params.environment_type.upper()}",
        f"--environment_cache_millis={KEEP_HARNESS_MS}",
        f"--beam_plugins={FIRST_IMPORT}",
        *_environment(params),
    ]
    if params.parallelism and params.engine == "spark":
        raise ConfigError(
            "beam.parallelism: Spark runs as many tasks as its workers have cores; set it to 0, and "
            "the workers' cores there"
        )
    if params.parallelism:
        arguments.append(f"--parallelism={params.parallelism}")
    return arguments


def _environment(params: BeamParams) -> list[str]:
    if params.environment_type == "docker":
        _require(params, "sdk_image", "a container image that has Beam's harness and ichor", "docker")
        return [f"--sdk_container_image={params.sdk_image}", f"--environment_config={params.sdk_image}"]
    if params.environment_type == "external":
        _require(params, "environment_config", "HOST:PORT of the worker pool as a worker sees it", "external")
    else:
        _require(params, "environment_config", 'a process as JSON, such as {"command": "boot"}', "process")
        _require_process(params.environment_config)
    return [f"--sdk_container_image={NO_IMAGE}", f"--environment_config={params.environment_config}"]


def _dataflow(params: BeamParams) -> list[str]:
    _require(params, "project", "a Google Cloud project")
    _require(params, "region", "a Google Cloud region, such as europe-west4")
    _require(params, "temp_location", "a folder on gs://")
    _require(params, "sdk_image", "a container image that has Beam's harness and ichor")
    arguments = [
        "--runner=DataflowRunner",
        f"--project={params.project}",
        f"--region={params.region}",
        f"--temp_location={params.temp_location}",
        f"--sdk_container_image={params.sdk_image}",
        "--sdk_location=container",
        "--experiments=use_runner_v2",
        f"--beam_plugins={FIRST_IMPORT}",
    ]
    if params.parallelism:
        arguments.append(f"--max_num_workers={params.parallelism}")
    return arguments


def _require(params: BeamParams, name: str, what: str, environment: str = "") -> None:
    if not getattr(params, name):
        needed_by = f"beam.environment_type={environment}" if environment else f"beam.engine={params.engine}"
        raise ConfigError(f"beam.{name}: {needed_by} needs {what}, and it is empty; set it")


def _require_process(text: str) -> None:
    try:
        named = json.loads(text)["command"]
    except (ValueError, TypeError, KeyError):
        named = None
    if not isinstance(named, str):
        raise ConfigError(
            f'beam.environment_config: process needs JSON such as {{"command": "boot"}}, got {text!r}'
        )
