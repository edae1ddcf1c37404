"""`ichor runs`: all runs of an output folder, or the latest of a server of KFP."""

import argparse
import dataclasses
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from components.metrics.catalogue import HEADLINES
from pipeline import exit_codes
from pipeline.commands.arguments import (
    add_host,
    add_json,
    add_output,
    add_settings,
    load_settings,
    server_access,
)
from pipeline.past_runs.history import open_store, read_run, require_unmoved, run_ids
from pipeline.past_runs.listing import ListedRun, list_runs
from pipeline.past_runs.settings import DATA
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, NoRunError
from pipeline.settings.loading import ConfigError
from pipeline.terminal.console import NOWHERE, chatter_to, shown
from schemas.features import JUDGED

if TYPE_CHECKING:
    from pipeline.kubeflow.runs import ServerRun

NEED_HOST = ("namespace", "experiment", "token_file", "ca_cert", "no_verify")
SERVER_HEADS = ("run", "state", "started", "took", "link")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_json(parser)
    add_host(parser)
    add_output(parser, "folder of the runs' results")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints the runs, the oldest first.

    Raises:
      NoRunError: There is none yet.
      ConfigError: A flag means nothing without a server.
    """
    config = load_settings(parsed, run__output=parsed.output).config
    if parsed.host:
        return _run_on_server(parsed, config)
    given = [f"--{name.replace('_', '-')}" for name in NEED_HOST if getattr(parsed, name)]
    if given:
        raise ConfigError(f"{', '.join(given)}: give --host URL, too, for the runs of a server")
    layout = Layout.of(config.run)
    require_unmoved(layout)
    ids = run_ids(open_store(layout))
    if not ids:
        raise NoRunError(f"no runs yet in {layout.root}; start one with: ichor run --data DIR")
    with chatter_to(NOWHERE) as terminal:
        runs = list_runs([read_run(layout, each) for each in ids])
        if parsed.json:
            print(json.dumps([each.model_dump() for each in runs], indent=2), file=terminal)
        else:
            print(*_table(runs), sep="\n", file=terminal)
    return exit_codes.OK


def _run_on_server(parsed: argparse.Namespace, config: Config) -> int:
    from pipeline.kubeflow import runs as of_server
    from pipeline.kubeflow.access import KubeflowError
    from pipeline.kubeflow.client import Client

    try:
        access = server_access(parsed, config)
        client = Client(access)
        client.check(parsed.namespace)
        runs, more = of_server.list_runs(
            client, parsed.namespace, parsed.experiment, config.kubeflow.listed_runs
        )
    except KubeflowError as error:
        print(f"ichor: {error}", file=sys.stderr)
        return exit_codes.NOT_SENT
    if parsed.json:
        rows = [dataclasses.asdict(each) for each in runs]
        print(json.dumps(rows, indent=2, default=datetime.datetime.isoformat))
        return exit_codes.OK
    if not runs:
        print(f"no runs yet; start one with: ichor submit FILE --host {access.host}")
        return exit_codes.OK
    print(*_server_table(runs), sep="\n")
    if more:
        print(f"and older ones: {access.host}/#/runs (kubeflow.listed_runs={config.kubeflow.listed_runs})")
    return exit_codes.OK


def _table(runs: Sequence[ListedRun]) -> Iterator[str]:
    heads = [f"{split} {name}" for split in reversed(JUDGED) for name in HEADLINES]
    rows = [["run", "verdict", *heads]]
    rows += [[run.run, run.verdict, *_figures(run)] for run in runs]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row, run in zip(rows, [None, *runs], strict=True):
        texts = "  ".join(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
        yield f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {texts}".rstrip()
        for key, (old, new) in (run.changed if run else {}).items():
            yield (
                f"    {key}: {shown(str(old))} -> {shown(str(new))}"
                if key != DATA
                else "    the data changed"
            )


def _figures(run: ListedRun) -> Iterator[str]:
    for split in reversed(JUDGED):
        for name in HEADLINES:
            figure = run.metrics.get(split, {}).get(name)
            yield "-" if figure is None or figure.value is None else f"{figure.value:.3f}"


def _server_table(runs: Sequence["ServerRun"]) -> Iterator[str]:
    rows = [SERVER_HEADS, *map(_server_row, runs)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(SERVER_HEADS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _server_row(run: "ServerRun") -> tuple[str, ...]:
    started = f"{run.started.astimezone():%Y-%m-%d %H:%M}" if run.started else "-"
    took = "-" if run.seconds is None else str(datetime.timedelta(seconds=round(run.seconds)))
    return shown(run.run), shown(run.state), started, took, run.link
