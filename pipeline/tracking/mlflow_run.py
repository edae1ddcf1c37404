"""A run in MLflow, reported through its client, which adds no user, no source and no commit."""

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.tracking.tracker import EPOCH_METRICS, Fact, without_user
from schemas.history import Row

ON = "true"
MOST_AT_ONCE = 100  # parameters that MLflow takes in one call


class MlflowRun:
    """Reports a run to a tracking server or a folder."""

    def __init__(self, project: str, name: str, settings: Mapping[str, Fact], uri: str, folder: Path):
        """Begins a run.

        Args:
          project: Name of the experiment, made if missing.
          name: For people.
          settings: By key.
          uri: Of a server, which may hold user and password, or a path or URI of a folder; "" for `folder`.
          folder: Where there is no URI.
        """
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", ON)  # to MLflow's makers
        self._uri = _signed_in(uri) if uri else folder.as_uri()
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
        return f"MLflow: run {self._id} in {without_user(self._uri).partition('?')[0]}"

    def epoch(self, row: Row) -> None:
        """Logs an epoch, at the time of its end."""
        from mlflow.entities import Metric

        at = int(datetime.datetime.fromisoformat(row.timestamp).timestamp() * 1000)
        metrics = [Metric(name, getattr(row, name), at, row.epoch) for name in EPOCH_METRICS]
        self._client.log_batch(self._id, metrics=metrics)

    def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
        """Logs the outcome of the run: numbers as metrics, the rest as tags."""
        for name, value in facts.items():
            if isinstance(value, str | bool):
                self._client.set_tag(self._id, name, str(value))
            else:
                self._client.log_metric(self._id, name, value)
        self._client.set_terminated(self._id, "FINISHED" if succeeded else "FAILED")


def _signed_in(uri: str) -> str:
    """Hands a server's user and password to MLflow beside the address, which its errors quote whole."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or parts.username is None:
        return uri
    os.environ["MLFLOW_TRACKING_USERNAME"] = unquote(parts.username)
    os.environ["MLFLOW_TRACKING_PASSWORD"] = unquote(parts.password or "")
    return without_user(uri)
