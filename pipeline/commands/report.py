"""`ichor report`: where a run's report lies; rebuilt if it is gone; what stopped a run that has none."""

import argparse
import json
import webbrowser
from pathlib import Path

from pipeline import exit_codes
from pipeline.commands.arguments import (
    add_output,
    add_run,
    add_settings,
    load_settings,
)
from pipeline.nodes import REPORT_INPUTS
from pipeline.past_runs.accounts import report_page
from pipeline.past_runs.history import Run, read_run, require_unmoved
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, NoRunError
from pipeline.settings.public import public_settings
from pipeline.terminal.console import NOWHERE, chatter_to
from schemas.accounts import REPORT_FILE, REPORT_PAGE

__all__ = ["rebuild"]

ENDED_WELL = {"ran", "cached"}
LAST = "Report"


class NoReportError(NoRunError):
    """The run stopped before there was something to report; the message is for the user."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_run(parser)
    parser.add_argument("--open", action="store_true", dest="opened", help="show it in the browser")
    add_output(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints the path of a run's report, and shows it in a browser with `--open`.

    Returns:
      0, or 1 where no browser would open.
    Raises:
      NoRunError: There is no such run, or it stopped before its report.
    """
    config = load_settings(parsed, run__output=parsed.output).config
    layout = Layout.of(config.run)
    require_unmoved(layout)
    past = read_run(layout, parsed.run)
    page = report_page(past) or rebuild(config, layout, past)
    print(page)
    if parsed.opened and not webbrowser.open(page.as_uri()):
        print("no browser would open; open the file above yourself")
        return exit_codes.ERROR
    return exit_codes.OK


def rebuild(config: Config, layout: Layout, run: Run) -> Path:
    """Builds the report of a run from its artifacts, in the folder `reports` of the results.

    Each call builds it: what one call built would not show the settings of the next.

    Raises:
      NoReportError: The run stopped before it came to that.
    """
    folder = layout.root / "reports" / run.id
    _require_complete(layout, run)
    with chatter_to(NOWHERE):
        from components.report.making import make
        from components.report.run_facts import Source
        from schemas.accounts.report import Setting

        sources = {
            name: Source(artifact.id, artifact.type, node, str(artifact.path), artifact.properties)
            for name, (node, key) in REPORT_INPUTS.items()
            if (artifact := run.output(node, key)) is not None and artifact.path.exists()
        }
        reported = run.nodes[LAST].properties.get("settings_json") if LAST in run.nodes else None
        settings = [
            Setting(**each) for each in (json.loads(reported) if reported else public_settings(config))
        ]
        report = make(sources, settings, config.report)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_PAGE).write_text(report.page, encoding="utf-8")
    (folder / REPORT_FILE).write_text(report.json, encoding="utf-8")
    return folder / REPORT_PAGE


def _require_complete(layout: Layout, run: Run) -> None:
    for node in run.nodes.values():
        if node.state not in ENDED_WELL and node.node != LAST:
            kept = sorted(
                (layout.artifacts / node.node).glob("*/stopped-*"), key=lambda path: path.stat().st_mtime
            )
            places = [f"what it left behind: {kept[-1]}"] if kept else []
            if log := _log_of(layout, run):
                places.append(f"its reason: {log}")
            where = f"; {'; '.join(places)}" if places else ""
            raise NoReportError(
                f"run {run.id} has no report, for it stopped at {node.node} ({node.state}){where}; "
                f"`ichor summary {run.id}` shows what it came to"
            )
    if "ModelGate" not in run.nodes:
        last = list(run.nodes)[-1] if run.nodes else "nothing"
        raise NoReportError(f"run {run.id} has no report: it came to {last} and no further; start it again")


def _log_of(layout: Layout, run: Run) -> Path | None:
    """Returns the log that was begun last before the run; its name begins with the time."""
    begun = run.id[:19].replace("-", "").replace(":", "").replace("T", "-")
    logs = sorted(log for log in layout.logs.glob("*.log") if log.name[:15] <= begun)
    return logs[-1] if logs else None
