"""A run in Weights & Biases, value by value: nothing is collected of the machine, its user or the code."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.tracking.tracker import EPOCH_METRICS, Fact
from schemas.history import Row

OFF = "false"


class WandbRun:
    """Reports a run; writes to a folder of its own first, whatever the mode."""

    def __init__(
        self,
        project: str,
        name: str,
        settings: Mapping[str, Fact],
        mode: Literal["offline", "online"],
        folder: Path,
    ):
        """Begins a run.

        Args:
          project: To list it under.
          name: For people.
          settings: By key.
          mode: Whether it is sent.
          folder: For W&B's files; made if missing.
        """
        os.environ.setdefault("WANDB_ERROR_REPORTING", OFF)  # to W&B's makers, host name included
        import wandb

        folder.mkdir(parents=True, exist_ok=True)
        self._run = wandb.init(
            project=project,
            name=name,
            config=dict(settings),
            mode=mode,
            dir=str(folder),
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_code=True,
                save_code=False,
                disable_git=True,
                disable_job_creation=True,
                host="",
                program="ichor",
                root_dir=str(folder),
                x_disable_meta=True,
                x_disable_stats=True,
                x_disable_machine_info=True,
                x_save_requirements=False,
            ),
        )
        for metric in EPOCH_METRICS:
            self._run.define_metric(metric, step_metric="epoch")
        self._folder = Path(self._run.dir).parent
        self._mode = mode

    @property
    def place(self) -> str:
        """Says where the run can be looked at."""
        if self._mode == "online":
            return f"Weights & Biases: {self._run.url}"
        return f"Weights & Biases: wandb sync {self._folder}"

    def epoch(self, row: Row) -> None:
        """Logs an epoch."""
        self._run.log({"epoch": row.epoch, **{name: getattr(row, name) for name in EPOCH_METRICS}})

    def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
        """Logs the outcome of the run."""
        self._run.summary.update(dict(facts))
        self._run.finish(exit_code=0 if succeeded else 1)
