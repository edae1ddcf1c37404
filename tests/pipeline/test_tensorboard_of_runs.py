"""TensorBoard as a browser loads it, over HTTP on this machine alone."""

import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from components.trainer.history import History
from pipeline.cli import main
from pipeline.commands.tensorboard import served, trainings
from pipeline.settings.layout import Layout, NoRunError
from pipeline.settings.loading import load
from schemas.history import Row

pytestmark = pytest.mark.tfx

SOON = 60.0  # seconds


def a_training(folder: Path, *val_losses: float) -> Path:
    history = History(str(folder), len(val_losses))
    for epoch, loss in enumerate(val_losses):
        history.add(Row(epoch, 0.5, 0.5, loss, 0.5, "2026-01-02T03:04:05+00:00", 1.0))
    return folder


def fetch(url: str, path: str, **query: str) -> Any:
    with urllib.request.urlopen(f"{url}data/plugin/scalars/{path}?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)


def figures_of(url: str, runs: set[str]) -> dict[str, Any]:
    """The tags by run, once TensorBoard has read all of them."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        tags = fetch(url, "tags")
        if tags.keys() == runs and all(len(names) == 2 for names in tags.values()):
            return tags
        time.sleep(0.2)
    raise AssertionError(f"TensorBoard shows {tags}")


def layout_of(output: Path) -> Layout:
    return Layout.of(load(assignments=[f"run.output={output}"], read_file=False).config.run)


def test_trainings_stand_side_by_side_under_their_names_with_their_figures(tmp_path: Path):
    first = a_training(tmp_path / "7", 0.69, 0.5, 0.25)
    trainings = {"2026-01-02 03:04:05": first}
    with served(lambda: trainings, "127.0.0.1", None) as (url, links):
        figures_of(url, {"2026-01-02 03:04:05/train", "2026-01-02 03:04:05/validation"})
        figures = fetch(url, "scalars", run="2026-01-02 03:04:05/validation", tag="epoch_loss")
        assert [[step, round(value, 4)] for _, step, value in figures] == [[0, 0.69], [1, 0.5], [2, 0.25]]
        trainings["training 9"] = a_training(tmp_path / "9", 0.7)
        links()
        figures_of(url, {f"{name}/{part}" for name in trainings for part in ("train", "validation")})
    with pytest.raises(urllib.error.URLError):
        fetch(url, "tags")


def test_it_is_served_to_this_machine_alone(tmp_path: Path):
    trainings = {"a": a_training(tmp_path / "7", 0.69)}
    with served(lambda: trainings, "127.0.0.1", None) as (url, _):
        assert urllib.parse.urlsplit(url).hostname == "127.0.0.1"


def test_a_port_in_use_is_reported_with_the_way_out(tmp_path: Path):
    trainings = {"a": a_training(tmp_path / "7", 0.69)}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(OSError, match=rf"{port}, it was already in use; choose another one with --port"),
            served(lambda: trainings, "127.0.0.1", port),
        ):
            pass


def test_an_output_folder_without_a_run_is_reported_with_the_command_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["tensorboard", "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        f"ichor: no runs yet in {tmp_path / 'out'}; start one with: ichor run --data DIR\n"
    )
    with pytest.raises(NoRunError):
        trainings(layout_of(tmp_path / "out"), None)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_what_is_no_port_is_reported(port: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["tensorboard", "--port", port])
    assert f"--port: expected a port, 1 to 65535, got '{port}'" in capsys.readouterr().err
