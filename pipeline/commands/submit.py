"""`ichor submit`, and how a server of KFP is named. Heavy imports stand in the functions."""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline.commands.arguments import EXIT_ERROR, EXIT_OK, load_settings
from pipeline.terminal import interruption

if TYPE_CHECKING:
    from pipeline.kubeflow.access import Access
    from pipeline.kubeflow.client import Client
    from pipeline.kubeflow.follow import Outcome
    from pipeline.kubeflow.submit import Submitted
    from pipeline.settings.config import Config

EXIT_NOT_SENT = 2  # as argparse's for a wrong call
EXIT_NOT_KNOWN = 3
SLEEP = time.sleep


def add_submit(names: "argparse._SubParsersAction", add_settings: Callable[..., None]) -> None:
    """Adds the command to the parser of `ichor`."""
    parser = names.add_parser("submit", help="run a compiled pipeline on Kubeflow Pipelines, and follow it")
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
    parser.set_defaults(command=submit)


def add_host(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Adds how a server of KFP is reached."""
    parser.add_argument(
        "--host",
        required=required,
        metavar="URL",
        help="address of KFP: http://localhost:8080 or https://...",
    )
    parser.add_argument(
        "--namespace", default="", metavar="NAME", help="whose runs, where KFP has several users"
    )
    parser.add_argument("--experiment", metavar="NAME", help="that runs are put into, and listed of")
    parser.add_argument(
        "--token-file", default="", metavar="FILE", help="bearer token; or in the variable ICHOR_KFP_TOKEN"
    )
    parser.add_argument(
        "--ca-cert", default="", metavar="FILE", help="certificates that the server's is checked with"
    )
    parser.add_argument(
        "--no-verify", action="store_true", help="don't check the server's certificate; warns of it"
    )


def need_no_host(parsed: argparse.Namespace) -> None:
    """Refuses flags that mean nothing without a server.

    Raises:
      ConfigError: One was given.
    """
    from pipeline.settings.loading import ConfigError

    names = ("namespace", "experiment", "token_file", "ca_cert", "no_verify")
    given = [f"--{name.replace('_', '-')}" for name in names if getattr(parsed, name)]
    if given:
        raise ConfigError(f"{', '.join(given)}: give --host URL, too, for the runs of a server")


def submit(parsed: argparse.Namespace) -> int:
    """Starts a run on KFP and, if asked to, follows it."""
    from pipeline.kubeflow.access import KubeflowError
    from pipeline.settings.loading import ConfigError

    try:
        config = load_settings(parsed, kubeflow__experiment=parsed.experiment).config
        return _submit(parsed, config)
    except (KubeflowError, ConfigError) as error:
        print(f"ichor: {error}", file=sys.stderr)
        return EXIT_NOT_SENT


def access_of(parsed: argparse.Namespace, config: "Config") -> "Access":
    """Returns how the server is reached, after warning of what is unsafe.

    Raises:
      KubeflowError: An argument is wrong.
    """
    from pipeline.kubeflow.access import access

    seconds = config.kubeflow.request_seconds
    checked = access(parsed.host, parsed.token_file, parsed.ca_cert, not parsed.no_verify, seconds)
    for warning in checked.warnings():
        print(f"ichor: warning: {warning}", file=sys.stderr)
    return checked


def _submit(parsed: argparse.Namespace, config: "Config") -> int:
    from pipeline.kubeflow.access import KubeflowError
    from pipeline.kubeflow.package import read_package
    from pipeline.kubeflow.run_parameters import typed

    if parsed.timeout is not None and not parsed.wait:
        raise KubeflowError("--timeout goes with --wait")
    package = read_package(Path(parsed.file))
    values = typed(package, parsed.parameters)
    access = access_of(parsed, config)

    from pipeline.kubeflow.client import Client
    from pipeline.kubeflow.submit import submit as start

    lines = sys.stderr if parsed.json else sys.stdout
    client = Client(access)
    client.check(parsed.namespace)
    submitted = start(
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
        return EXIT_OK
    try:
        outcome = _follow(client, submitted, package.steps, config, parsed.timeout, lines)
    except KeyboardInterrupt as stop:
        text, status = interruption.told(stop, False)
        print(f"{text}; {_goes_on(parsed, submitted)}", file=sys.stderr)
        return status
    if parsed.json:
        from pipeline.kubeflow.ending import as_json

        print(json.dumps(as_json(submitted, outcome), indent=2))
    return _end(parsed, submitted, outcome, lines)


def _follow(
    client: "Client",
    submitted: "Submitted",
    steps: tuple[str, ...],
    config: "Config",
    timeout: float | None,
    lines: TextIO,
) -> "Outcome":
    from pipeline.kubeflow.follow import Pace, follow

    pace = Pace(config.kubeflow.poll_seconds, config.kubeflow.patience_seconds, timeout, sleep=SLEEP)
    return follow(
        lambda: client.call(client.runs.run_service_get_run, submitted.run_id),
        steps,
        partial(print, file=lines, flush=True),
        pace,
        client.secret,
    )


def _end(parsed: argparse.Namespace, submitted: "Submitted", outcome: "Outcome", lines: TextIO) -> int:
    from pipeline.kubeflow.ending import summary, trouble
    from pipeline.kubeflow.steps import SUCCEEDED

    if outcome.given_up:
        told = f"not known how the run ends: {outcome.given_up}; {_goes_on(parsed, submitted)}"
        print(f"ichor: {told}", file=sys.stderr)
        return EXIT_NOT_KNOWN
    print(summary(outcome), file=lines, flush=True)
    if outcome.state == SUCCEEDED:
        return EXIT_OK
    print(f"ichor: {trouble(outcome, submitted.link)}", file=sys.stderr)
    return EXIT_ERROR


def _goes_on(parsed: argparse.Namespace, submitted: "Submitted") -> str:
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
