"""The demo: first time, and again with nothing changed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.cost import Cost, cost_of
from bench.sections import Section, Table, judged
from bench.workplace import Workplace

FIRST_BUDGET, AGAIN_BUDGET = 480.0, 45.0  # seconds
NODE_LINE = re.compile(r"^(?P<node>\w*) +(?P<seconds>\d+\.\d) s  ", re.MULTILINE)
TOTAL = "whole command"


def run(place: Workplace) -> Section:
    """Runs `ichor demo` twice in a new folder."""
    folder = place.scratch("demo")
    place.say("first run")
    first, first_nodes = _demo(folder)
    place.say("second run")
    again, again_nodes = _demo(folder)
    rows = [
        (node, f"{seconds:.1f}", f"{again_nodes.get(node, 0.0):.1f}") for node, seconds in first_nodes.items()
    ]
    rows += [
        (TOTAL, f"{first.wall:.1f}", f"{again.wall:.1f}"),
        (f"{TOTAL}, CPU time", f"{first.cpu:.1f}", f"{again.cpu:.1f}"),
    ]
    return Section(
        title="The demo",
        method="`ichor demo` in a new folder: phantoms made, the whole graph run; then the same again.",
        table=Table(("node", "first run, s", "second run, s"), rows),
        verdict=judged("First run, seconds", first.wall, FIRST_BUDGET)
        + " "
        + judged("Second run, seconds", again.wall, AGAIN_BUDGET),
    )


def _demo(folder: Path) -> tuple[Cost, dict[str, float]]:
    """Returns what a run cost, and wall seconds by node.

    Raises:
      RuntimeError: It pushed no model.
    """
    ended_runs: list[subprocess.CompletedProcess[str]] = []
    ichor = Path(sys.executable).with_name("ichor")
    cost = cost_of(
        lambda: ended_runs.append(
            subprocess.run([ichor, "demo"], cwd=folder, env=os.environ, text=True, stdout=subprocess.PIPE)
        )
    )
    (ended,) = ended_runs
    print(ended.stdout)
    if ended.returncode:
        raise RuntimeError(f"`ichor demo` ended with status {ended.returncode}:\n{ended.stdout}")
    nodes: dict[str, float] = {}
    node = ""
    for line in ended.stdout.splitlines():
        if re.fullmatch(r"\w+", line):
            node = line
        elif match := NODE_LINE.match(line):
            nodes[match["node"] or node] = float(match["seconds"])
    return cost, nodes
