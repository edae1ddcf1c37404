"""The runs that a server of KFP has."""

import dataclasses
import datetime
from typing import Any

from pipeline.kubeflow.access import KubeflowError
from pipeline.kubeflow.answers import one_line
from pipeline.kubeflow.client import Client
from pipeline.kubeflow.steps import happened, word
from pipeline.kubeflow.submit import LATEST, find_experiment

__all__ = ["ServerRun", "list_runs"]

ARCHIVED = "ARCHIVED"


@dataclasses.dataclass(frozen=True)
class ServerRun:
    """One run.

    Attributes:
      run: Its name, as shown in KFP.
      state: In a word.
      started: When it was made; None where KFP does not say.
      seconds: How long it took, s; None if it has not ended.
      link: Its page.
      message: Its error in one line; empty for none.
    """

    run: str
    state: str
    started: datetime.datetime | None
    seconds: float | None
    link: str
    message: str


def list_runs(
    client: Client, namespace: str, experiment: str | None, limit: int
) -> tuple[list[ServerRun], bool]:
    """Returns the latest runs that are not archived, the oldest of them first, and whether there are more.

    Args:
      client: Of a server that was checked.
      namespace: Whose runs; empty on a server for one user.
      experiment: Name of the one that they are in; None for all.
      limit: At most so many.
    Raises:
      KubeflowError: The server cannot be reached, or has no such experiment.
    """
    query: dict[str, Any] = {"namespace": namespace} if namespace else {}
    if experiment:
        query["experiment_id"] = find_experiment(client, experiment, namespace)
        if query["experiment_id"] is None:
            raise KubeflowError(f"{client.access.host}: has no experiment {experiment!r}")
    runs: list[Any] = []
    token = ""
    while True:
        page = client.call(
            client.runs.run_service_list_runs,
            sort_by=LATEST,
            page_size=limit,
            **query,
            **({"page_token": token} if token else {}),
        )
        runs += [run for run in page.runs or [] if run.storage_state != ARCHIVED]
        token = page.next_page_token or ""
        if not token or len(runs) >= limit:
            latest = [_server_run(run, client) for run in runs[:limit][::-1]]
            return latest, bool(token) or len(runs) > limit


def _server_run(run: Any, client: Client) -> ServerRun:
    started, ended = happened(run.created_at), happened(run.finished_at)
    return ServerRun(
        run=run.display_name or "",
        state=word(run.state or "unknown"),
        started=started,
        seconds=(ended - started).total_seconds() if started and ended else None,
        link=client.access.run_link(run.run_id or ""),
        message=one_line(run.error.message, client.secret) if run.error and run.error.message else "",
    )
