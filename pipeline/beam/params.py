"""Which engine runs Beam, and what each engine has to be told."""

from typing import Literal

from components.parameters import Parameters, parameter
from pipeline.beam.engines import Engine


class BeamParams(Parameters):
    """How the nodes that use Beam are run. No result and no cache depends on any of it."""

    engine: Engine = parameter("what runs Beam: this machine alone, or a cluster (docs/scaling.md)")
    running_mode: Literal["in_memory", "multi_processing"] = parameter(
        "of direct: in this process, or in worker processes, which pay only on large data"
    )
    workers: int = parameter("of direct: worker processes of multi_processing", "processes", ge=1)
    job_endpoint: str = parameter(
        "of spark and flink: HOST:PORT of Beam's job server", pattern=r"^([^\s/:]+:[0-9]{1,5})?$"
    )
    artifact_endpoint: str = parameter(
        "of spark and flink: HOST:PORT where the job server takes files; empty: where it says itself",
        pattern=r"^([^\s/:]+:[0-9]{1,5})?$",
    )
    environment_type: Literal["external", "process", "docker"] = parameter(
        "of spark and flink: how a worker gets a Python that has ichor: from a worker pool that runs "
        "already, as a process of its own, or in a container"
    )
    environment_config: str = parameter(
        "of spark and flink: HOST:PORT of the pool as a worker sees it, or the process as JSON"
    )
    sdk_image: str = parameter("of docker and dataflow: container image that has Beam's harness and ichor")
    parallelism: int = parameter(
        "of flink: tasks at once; of dataflow: most machines; 0 leaves it to the engine", "tasks", ge=0
    )
    project: str = parameter("of dataflow: Google Cloud project")
    region: str = parameter("of dataflow: Google Cloud region")
    temp_location: str = parameter(
        "of dataflow: gs:// folder for what is under way", pattern=r"^(gs://\S+)?$"
    )
    options: list[str] = parameter("further arguments for Beam, each as --name=value; they come last")
