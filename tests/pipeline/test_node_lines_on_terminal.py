import io
import logging
import subprocess
import sys

import pytest

from pipeline.terminal.console import FINISHED, RUNNING, NodeLines

pytestmark = pytest.mark.numpy


def lines_of(*events) -> list[str]:
    """Plays what the runner ("run", "end") and the nodes ("say") log; returns the terminal's lines."""
    terminal = io.StringIO()
    lines = NodeLines(terminal, lambda node: f"{node} did it")
    runner, node = logging.getLogger("absl"), logging.getLogger("ichor.node")
    runner.setLevel(logging.INFO)
    with lines.listening():
        for kind, text in events:
            if kind == "say":
                node.info("%s", text)
            else:
                runner.info(RUNNING if kind == "run" else FINISHED, text)
    return terminal.getvalue().splitlines()


def test_a_quiet_node_gets_one_line():
    (line,) = lines_of(("run", "Pusher"), ("end", "Pusher"))
    name, seconds, unit, *text = line.split()
    assert (name, unit, text) == ("Pusher", "s", ["Pusher", "did", "it"])
    assert float(seconds) < 5


def test_what_a_node_says_stands_below_its_name():
    lines = lines_of(("run", "Trainer"), ("say", "epoch 1/2"), ("say", "epoch 2/2"), ("end", "Trainer"))
    assert lines[:3] == ["Trainer", "    epoch 1/2", "    epoch 2/2"]
    assert lines[3].endswith("Trainer did it")
    assert not lines[3].startswith("Trainer")


def test_other_lines_of_the_runner_stay_out():
    terminal = io.StringIO()
    with NodeLines(terminal, str).listening():
        logging.getLogger("absl").info("Using deployment config: ...")
    assert terminal.getvalue() == ""


def test_chatter_of_python_and_of_libraries_below_it_goes_to_the_log(tmp_path):
    log = tmp_path / "logs" / "one.log"
    code = (
        "import os, sys, pathlib\n"
        "from pipeline.terminal.console import chatter_to\n"
        f"with chatter_to(pathlib.Path({str(log)!r})) as terminal:\n"
        "    print('from Python')\n"
        "    os.write(2, b'from C++')\n"
        "    print('for the person', file=terminal)\n"
        "print('afterwards')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "for the person\nafterwards\n"
    assert done.stderr == ""
    assert "from Python" in log.read_text()
    assert "from C++" in log.read_text()
