"""`ichor runs --host`: the runs that a server of KFP has."""

import argparse
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.commands.arguments import EXIT_OK
from pipeline.commands.submit import EXIT_NOT_SENT, access_of
from pipeline.kubeflow.access import Access, KubeflowError
from pipeline.kubeflow.answers import one_line
from pipeline.kubeflow.client import Client
from pipeline.kubeflow.steps import happened, word
from pipeline.kubeflow.submit import LATEST, find_experiment
from pipeline.settings.config import Config
from pipeline.terminal.console import shown

ARCHIVED = "ARCHIVED"
HEADS = ("run", "state", "started", "took", "link")


def list_on_terminal(parsed: argparse.Namespace, config: Config) -> int:
    """Prints the latest runs, the oldest of them first."""
    try:
        access = access_of(parsed, config)
        client = Client(access)
        client.check(parsed.namespace)
        runs, more = _latest(client, parsed.namespace, parsed.experiment, config.kubeflow.listed_runs)
    except KubeflowError as error:
        print(f"ichor: {error}", file=sys.stderr)
        return EXIT_NOT_SENT
    rows = [_row(run, access, client.secret) for run in runs]
    if parsed.json:
        print(json.dumps(rows, indent=2))
        return EXIT_OK
    if not rows:
        print(f"no runs yet; start one with: ichor submit FILE --host {access.host}")
        return EXIT_OK
    print(*_lines(rows), sep="\n")
    if more:
        print(f"and older ones: {access.host}/#/runs (kubeflow.listed_runs={config.kubeflow.listed_runs})")
    return EXIT_OK


def _latest(client: Client, namespace: str, experiment: str | None, limit: int) -> tuple[list[Any], bool]:
    asked: dict[str, Any] = {"namespace": namespace} if namespace else {}
    if experiment:
        found = find_experiment(client, experiment, namespace)
        if found is None:
            raise KubeflowError(f"{client.access.host}: has no experiment {experiment!r}")
        asked["experiment_id"] = found
    runs: list[Any] = []
    token = ""
    while True:
        page = client.call(
            client.runs.run_service_list_runs,
            sort_by=LATEST,
            page_size=limit,
            **asked,
            **({"page_token": token} if token else {}),
        )
        runs += [run for run in page.runs or [] if run.storage_state != ARCHIVED]
        token = page.next_page_token or ""
        if not token or len(runs) >= limit:
            return runs[:limit][::-1], bool(token) or len(runs) > limit


def _row(run: Any, access: Access, secret: str) -> dict[str, Any]:
    started, ended = happened(run.created_at), happened(run.finished_at)
    return {
        "run": run.display_name or "",
        "state": word(run.state or "unknown"),
        "started": started.isoformat() if started else None,
        "seconds": (ended - started).total_seconds() if started and ended else None,
        "link": access.run_link(run.run_id or ""),
        "message": one_line(run.error.message, secret) if run.error and run.error.message else "",
    }


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    cells = [list(HEADS), *([*map(str, _cells(row))] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(HEADS))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    started = (
        f"{datetime.datetime.fromisoformat(row['started']).astimezone():%Y-%m-%d %H:%M}"
        if row["started"]
        else "-"
    )
    took = "-" if row["seconds"] is None else str(datetime.timedelta(seconds=round(row["seconds"])))
    return shown(row["run"]), shown(row["state"]), started, took, row["link"]
