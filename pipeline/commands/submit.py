"""`ichor submit`: a compiled pipeline run on Kubeflow Pipelines, and followed."""

import argparse
import dataclasses
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TextIO

from pipeline import exit_codes
from pipeline.commands.arguments import (
    add_host,
    add_settings,
    load_settings,
    server_access,
)
from pipeline.kubeflow.access import KubeflowError
from pipeline.kubeflow.client import Client
from pipeline.kubeflow.ending import as_json, summary, trouble
from pipeline.kubeflow.follow import Outcome, Pace, follow
from pipeline.kubeflow.package import read_package
from pipeline.kubeflow.run_parameters import typed
from pipeline.kubeflow.steps import SUCCEEDED
from pipeline.kubeflow.submit import Submitted, submit
from pipeline.settings.config import Config
from pipeline.settings.loading import ConfigError
from pipeline.terminal.interruption import describe_interruption

SLEEP = time.sleep


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="what `ichor compile` wrote")
    add_host(parser, required=True)
    parser.add_argument("--run-name", default="", metavar="NAME", help="pipeline and time by default")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", dest="parameters",
        help="set one of the run's parameters; may be given many times",
    )  # fmt: skip
    parser.add_argument("--wait", action="store_true", help="follow the steps until the run ends")
    parser.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="with --wait: follow no longer; the run goes on"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; lines of steps go to standard error")
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Starts a run on KFP and, with `--wait`, follows it."""
    try:
        config = load_settings(parsed, kubeflow__experiment=parsed.experiment).config
        return _submit(parsed, config)
    except (KubeflowError, ConfigError) as error:
        print(f"ichor: {error}", file=sys.stderr)
        return exit_codes.NOT_SENT


def _submit(parsed: argparse.Namespace, config: Config) -> int:
    if parsed.timeout is not None and not parsed.wait:
        raise KubeflowError("--timeout goes with --wait")
    package = read_package(Path(parsed.file))
    values = typed(package, parsed.parameters)
    client = Client(server_access(parsed, config))
    lines = sys.stderr if parsed.json else sys.stdout
    client.check(parsed.namespace)
    submitted = submit(
        client,
        package,
        values,
        parsed.namespace,
        config.kubeflow.experiment,
        parsed.run_name,
        partial(print, file=lines, flush=True),
    )
    print(f"run {submitted.run_name}, in experiment {submitted.experiment}", file=lines)
    print(submitted.link, file=lines, flush=True)
    if not parsed.wait:
        if parsed.json:
            print(json.dumps(dataclasses.asdict(submitted), indent=2))
        return exit_codes.OK
    try:
        outcome = _follow(client, submitted, package.steps, config, parsed.timeout, lines)
    except KeyboardInterrupt as stop:
        text, status = describe_interruption(stop, resumes=False)
        print(f"{text}; {_goes_on(parsed, submitted)}", file=sys.stderr)
        return status
    if parsed.json:
        print(json.dumps(as_json(submitted, outcome), indent=2))
    return _end(parsed, submitted, outcome, lines)


def _follow(
    client: Client,
    submitted: Submitted,
    steps: tuple[str, ...],
    config: Config,
    timeout: float | None,
    lines: TextIO,
) -> Outcome:
    pace = Pace(config.kubeflow.poll_seconds, config.kubeflow.patience_seconds, timeout, sleep=SLEEP)
    return follow(
        lambda: client.call(client.runs.run_service_get_run, submitted.run_id),
        steps,
        partial(print, file=lines, flush=True),
        pace,
        client.secret,
    )


def _end(parsed: argparse.Namespace, submitted: Submitted, outcome: Outcome, lines: TextIO) -> int:
    if outcome.given_up:
        unknown = f"not known how the run ends: {outcome.given_up}; {_goes_on(parsed, submitted)}"
        print(f"ichor: {unknown}", file=sys.stderr)
        return exit_codes.NOT_KNOWN
    print(summary(outcome), file=lines, flush=True)
    if outcome.state == SUCCEEDED:
        return exit_codes.OK
    print(f"ichor: {trouble(outcome, submitted.link)}", file=sys.stderr)
    return exit_codes.ERROR


def _goes_on(parsed: argparse.Namespace, submitted: Submitted) -> str:
    namespace = f" --namespace {parsed.namespace}" if parsed.namespace else ""
    return f"the run goes on at {submitted.link}; look again with: ichor runs --host {parsed.host}{namespace}"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds above 0, got {text!r}")
    return seconds
