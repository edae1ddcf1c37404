"""Parameters that belong to no node: of a run, of Beam's engines, of trackings and of Kubeflow."""

from typing import Literal, get_args

from components.parameters import Parameters, parameter

__all__ = ["DEFAULT_STEP", "ENGINES", "BeamParams", "Engine", "KubeflowParams", "RunParams", "TrackingParams"]

Engine = Literal["direct", "spark", "flink", "dataflow"]  # those that ichor knows Beam's arguments for
ENGINES: tuple[str, ...] = get_args(Engine)
DEFAULT_STEP = "default"


class RunParams(Parameters):
    """The name of runs, and their two folders."""

    name: str = parameter("pipeline name in ML Metadata", pattern="^[a-z][a-z0-9-]{0,62}$")
    data: str = parameter("folder of the slices to learn from")
    output: str = parameter("folder for everything that a run makes")


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


class TrackingParams(Parameters):
    """What is reported to trackings of a team; nothing by default."""

    wandb: bool = parameter("follow runs in Weights & Biases; needs the extra wandb")
    wandb_mode: Literal["offline", "online"] = parameter(
        "offline writes to the output folder, for `wandb sync`; online sends while the run goes on"
    )
    mlflow: bool = parameter("follow runs in MLflow; needs the extra mlflow")
    mlflow_uri: str = parameter("tracking server or folder of MLflow; empty: a folder in the output folder")
    project: str = parameter(
        "project in Weights & Biases, experiment in MLflow", pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"
    )


class KubeflowParams(Parameters):
    """Where and by what the steps of a compiled pipeline run."""

    image: str = parameter("container image of every step, best by its digest")
    pipeline_root: str = parameter(
        "folder for artifacts: s3://, minio:// or gs://; a path for kfp.local alone"
    )
    state_dir: str = parameter(
        "folder in the containers for pushed models and what a stopped training left; a volume keeps it",
        pattern="^/",
    )
    volumes: list[str] = parameter("persistent volume claims that every step sees, each as CLAIM:/PATH")
    image_pull_secret: str = parameter("Kubernetes secret for the image's registry; empty for none")
    key_secret: str = parameter("Kubernetes secret that holds the key of patients' ids")
    key_folder: str = parameter("folder in the containers at which that secret is mounted", pattern="^/")
    key_name: str = parameter("name of the key in its secret", pattern="^[-._a-zA-Z0-9]+$")
    cpu: dict[str, float] = parameter("processors that a step requests, by step", "cores")
    memory: dict[str, float] = parameter("memory that a step requests and may take, by step", "GB")
    gpus: int = parameter(
        "accelerators of the Trainer, and of the Tuner where there is one", tracked=True, ge=0
    )
    gpu_type: str = parameter("the accelerator's name as a Kubernetes resource", pattern=r"^\S+$")
    gpu_node_selector: dict[str, str] = parameter("labels of the nodes that have accelerators")
    gpu_tolerations: list[str] = parameter(
        "taints of these nodes that are tolerated, each as KEY[=VALUE][:EFFECT]"
    )
    retries: int = parameter("times that a failed step is tried again", tracked=True, ge=0)
    retry_seconds: int = parameter(
        "wait before the first retry; each later one waits twice as long", "s", tracked=True, ge=0
    )
    retry_hours: int = parameter(
        "time from a step's first start until which it is tried again; a second try that still runs then is "
        "ended",
        "h",
        tracked=True,
        ge=1,
    )
    cache: bool = parameter(
        "take a step's outputs from an earlier run if nothing that goes into it changed", tracked=True
    )
    metadata_address: str = parameter(
        "ML Metadata's gRPC service as HOST:PORT; empty for none, so no baseline",
        pattern=r"^([^\s/:]+:[0-9]{1,5})?$",
    )
    runtime_parameters: list[str] = parameter(
        "settings that can be changed from run to run without compiling"
    )
    experiment: str = parameter("experiment that submitted runs are put into; made where it is missing")
    request_seconds: float = parameter("wait for an answer of KFP's API", "s", tracked=True, gt=0)
    poll_seconds: float = parameter(
        "time from one look at a run that is followed to the next", "s", tracked=True, gt=0
    )
    patience_seconds: float = parameter(
        "time without any answer after which a run is followed no longer; the run goes on",
        "s",
        tracked=True,
        ge=0,
    )
    listed_runs: int = parameter(
        "runs that `ichor runs --host` lists, the latest", "runs", tracked=True, ge=1
    )
