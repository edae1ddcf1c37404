"""One run of the graph on a terminal: a line for each node, the verdict, where things are."""

import time
from pathlib import Path
from typing import TextIO

from components.ingest.plan import check
from pipeline.beam.arguments import beam_args, require_reachable_results
from pipeline.beam.job_server import require_job_server
from pipeline.past_runs.history import read_run, require_unmoved
from pipeline.settings.channels import transform_params
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, absolute, require_apart
from pipeline.terminal.console import NodeLines, chatter_to, new_log
from pipeline.tracking.packages import require_packages

__all__ = ["run_on_terminal"]


def run_on_terminal(config: Config) -> int:
    """Runs the graph with a line for each node on the terminal; returns the exit status.

    Returns:
      A `verdict.Status`.
    Raises:
      DataError: The data folder is not fit to start with.
      ConfigError: The output folder lies in the data folder, the key in the output folder, a package of a
        tracking is missing, or the engine of Beam lacks a setting or its job server.
      MovedError: The output folder is not where its history says.
    """
    require_apart(config)
    require_packages(config.tracking)
    require_reachable_results(config.beam, config.run.output)
    beam_args(config.beam)
    require_job_server(config.beam)
    channels = check(absolute(config.run.data), config.ingest).channels
    transform_params(config, channels)
    layout = Layout.of(config.run)
    require_unmoved(layout)
    log = new_log(layout.logs)
    started = time.monotonic()
    print(f"{config.run.name}: {config.run.data} -> {config.run.output}", flush=True)
    with chatter_to(log) as terminal:
        status = _run_logged(config, channels, layout, terminal)
        minutes, seconds = divmod(round(time.monotonic() - started), 60)
        print(f"{minutes} min {seconds} s; log: {_short(log)}", file=terminal)
    return status


def _run_logged(config: Config, channels: int, layout: Layout, terminal: TextIO) -> int:
    from absl import logging as absl_logging

    absl_logging.set_verbosity(absl_logging.INFO)
    absl_logging.use_absl_handler()
    print("starting TFX ...", file=terminal, flush=True)
    from pipeline.local_runner import run
    from pipeline.past_runs.accounts import report_page
    from pipeline.past_runs.node_lines import describe
    from pipeline.past_runs.verdict import Status, verdict

    lines = NodeLines(terminal, lambda node: describe(read_run(layout), node))
    try:
        with lines.listening():
            run(config, channels)
    except Exception as error:
        # Whatever a node raises ends here: the whole trace is for the log, its reason for the user.
        absl_logging.exception("run failed")
        print(f"{lines.current or 'set-up'} FAILED: {_reason(error)}", file=terminal)
        return Status.FAILED
    done = read_run(layout)
    text, status = verdict(done)
    print(text, file=terminal)
    if page := report_page(done):
        print(f"report: {_short(page)}; `ichor report --open` shows it", file=terminal)
    return status


def _reason(error: BaseException) -> str:
    return str(error).split(" [while running")[0] or type(error).__name__


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
