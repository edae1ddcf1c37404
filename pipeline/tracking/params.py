"""Where runs are followed."""

from typing import Literal

from components.parameters import Parameters, parameter


class TrackingParams(Parameters):
    """What is told to trackings of a team; nothing by default."""

    wandb: bool = parameter("follow runs in Weights & Biases; asks for the extra wandb")
    wandb_mode: Literal["offline", "online"] = parameter(
        "offline writes to the output folder, for `wandb sync`; online sends while the run goes on"
    )
    mlflow: bool = parameter("follow runs in MLflow; asks for the extra mlflow")
    mlflow_uri: str = parameter("tracking server or folder of MLflow; empty: a folder in the output folder")
    project: str = parameter(
        "project in Weights & Biases, experiment in MLflow", pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"
    )
