"""A run in MLflow, told by hand through its client, which adds no user, no source and no commit."""

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.tracking.tracker import EPOCH_METRICS, Fact
from schemas.history import Row

ON = "true"
MOST_AT_ONCE = 100  # parameters that MLflow takes in one call


class MlflowRun:
    """Tells one run to a tracking server or to a folder."""

    def __init__(self, project: str, name: str, settings: Mapping[str, Fact], uri: str, folder: Path):
        """Begins a run.

        Args:
          project: Name of the experiment, made if missing.
          name: For people.
          settings: By key.
          uri: Of a server, or a path or URI of a folder; "" for `folder`.
          folder: Where there is no URI.
        """
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", ON)  # to MLflow's makers
        self._uri = uri or folder.as_uri()
        if urlsplit(self._uri).scheme in ("", "file"):
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", ON)  # MLflow would rather have a database
        from mlflow import MlflowClient
        from mlflow.entities import Param

        self._client = MlflowClient(tracking_uri=self._uri)
        experiment = self._client.get_experiment_by_name(project)
        number = experiment.experiment_id if experiment else self._client.create_experiment(project)
        self._id = self._client.create_run(number, run_name=name).info.run_id
        params = [Param(key, str(value)) for key, value in settings.items()]
        for begin in range(0, len(params), MOST_AT_ONCE):
            self._client.log_batch(self._id, params=params[begin : begin + MOST_AT_ONCE])

    @property
    def place(self) -> str:
        """Says where the run can be looked at."""
        parts = urlsplit(self._uri)  # which may hold a password
        return f"MLflow: run {self._id} in {parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl()}"

    def epoch(self, row: Row) -> None:
        """Tells an epoch, at the time of its end."""
        from mlflow.entities import Metric

        at = int(datetime.datetime.fromisoformat(row.timestamp).timestamp() * 1000)
        metrics = [Metric(name, getattr(row, name), at, row.epoch) for name in EPOCH_METRICS]
        self._client.log_batch(self._id, metrics=metrics)

    def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
        """Tells what the run came to: numbers as metrics, the rest as tags."""
        for name, value in facts.items():
            if isinstance(value, str | bool):
                self._client.set_tag(self._id, name, str(value))
            else:
                self._client.log_metric(self._id, name, value)
        self._client.set_terminated(self._id, "FINISHED" if succeeded else "FAILED")
