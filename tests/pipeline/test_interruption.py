"""Commands that are ended from outside: what they say, and with which status."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.commands import run

pytestmark = pytest.mark.numpy


@pytest.mark.parametrize(
    ("number", "word", "status"), [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)]
)
def test_a_run_that_is_ended_says_so_and_that_it_can_go_on(
    number: int, word: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(run, "run", lambda _: os.kill(os.getpid(), number))
    before = signal.getsignal(signal.SIGTERM)
    assert cli.main(["run"]) == status
    assert capsys.readouterr().err == f"ichor: {word}; the same command goes on where it stopped\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_handler_of_sigterm_set_before_still_gets_it(monkeypatch: pytest.MonkeyPatch):
    received: list[int] = []
    monkeypatch.setattr(run, "run", lambda _: os.kill(os.getpid(), signal.SIGTERM) or 0)
    before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    try:
        assert cli.main(["run"]) == 0
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]


def test_a_process_that_is_terminated_says_one_line(tmp_path: Path):
    phantoms = [sys.executable, "-m", "pipeline.cli", "phantoms", "--out", str(tmp_path / "many")]
    with subprocess.Popen([*phantoms, "--patients", "5000"], stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.rglob("*.png")):
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (143, "ichor: terminated\n")
