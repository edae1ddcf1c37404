"""What a run on Kubeflow Pipelines needs beside the graph's own settings."""

from components.parameters import Parameters, parameter

DEFAULT_STEP = "default"


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
    cpu: dict[str, float] = parameter("processors that a step asks for, by step", "cores")
    memory: dict[str, float] = parameter("memory that a step asks for and may take, by step", "GB")
    gpus: int = parameter("accelerators of the Trainer, and of the Tuner where there is one", ge=0)
    gpu_type: str = parameter("the accelerator's name as a Kubernetes resource", pattern=r"^\S+$")
    gpu_node_selector: dict[str, str] = parameter("labels of the nodes that have accelerators")
    gpu_tolerations: list[str] = parameter(
        "taints of these nodes that are tolerated, each as KEY[=VALUE][:EFFECT]"
    )
    retries: int = parameter("times that a failed step is tried again", ge=0)
    retry_seconds: int = parameter(
        "wait before the first retry; each later one waits twice as long", "s", ge=0
    )
    retry_hours: int = parameter(
        "time from a step's first start until which it is tried again; a second try that still runs then is "
        "ended",
        "h",
        ge=1,
    )
    cache: bool = parameter("take a step's outputs from an earlier run if nothing that goes into it changed")
    metadata_address: str = parameter(
        "ML Metadata's gRPC service as HOST:PORT; empty for none, so no baseline",
        pattern=r"^([^\s/:]+:[0-9]{1,5})?$",
    )
    runtime_parameters: list[str] = parameter(
        "settings that can be changed from run to run without compiling"
    )
    experiment: str = parameter("experiment that submitted runs are put into; made where it is missing")
    request_seconds: float = parameter("wait for an answer of KFP's API", "s", gt=0)
    poll_seconds: float = parameter("time from one look at a run that is followed to the next", "s", gt=0)
    patience_seconds: float = parameter(
        "time without any answer after which a run is followed no longer; the run goes on", "s", ge=0
    )
    listed_runs: int = parameter("runs that `ichor runs --host` lists, the latest", "runs", ge=1)
