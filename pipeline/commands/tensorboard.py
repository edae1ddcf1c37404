"""`ichor tensorboard`: the trainings of an output folder side by side."""

import argparse
import contextlib
import datetime
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline import exit_codes
from pipeline.commands.arguments import add_output, add_run, add_settings, load_settings, port
from pipeline.past_runs.history import open_store, read_run, require_unmoved, run_ids
from pipeline.settings.layout import Layout, NoRunError, numbered
from pipeline.terminal.console import NOWHERE, chatter_to

LOOKED_FOR_EACH = 5.0  # seconds; as often as TensorBoard looks for new figures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_run(parser, "all runs side by side")
    parser.add_argument("--port", type=port, metavar="N", help="6006, or the next free one by default")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="this machine alone by default"
    )
    add_output(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Serves TensorBoard until it is interrupted: one run, or all, those that begin meanwhile included.

    Raises:
      NoRunError: There is no such run, or no training yet.
      OSError: The port is in use.
    """
    layout = Layout.of(load_settings(parsed, run__output=parsed.output).config.run)
    require_unmoved(layout)
    folders = trainings(layout, parsed.run)
    with chatter_to(NOWHERE) as terminal, contextlib.suppress(KeyboardInterrupt):
        look = (lambda: folders) if parsed.run else (lambda: trainings(layout, None))
        with served(look, parsed.host, parsed.port) as (url, links):
            print(f"{', '.join(folders)}\nTensorBoard: {url} (Ctrl-C ends it)", file=terminal)
            while True:
                time.sleep(LOOKED_FOR_EACH)
                links()
    print("ended")
    return exit_codes.OK


def trainings(layout: Layout, run_id: str | None) -> dict[str, Path]:
    """Returns the folders of trainings by name, the oldest first; one that is under way has no run yet.

    Raises:
      NoRunError: There is no such run, or no training yet.
    """
    if run_id is not None:
        model_run = read_run(layout, run_id).output("Trainer", "model_run")
        if model_run is None:
            raise NoRunError(f"run {run_id} did not come to a training")
        return {_name(run_id): model_run.path}
    named: dict[Path, str] = {}
    for known in run_ids(open_store(layout)):
        if model_run := read_run(layout, known).output("Trainer", "model_run"):
            named.setdefault(model_run.path, _name(known))  # later runs had it from cache
    folders = numbered(layout.artifacts / "Trainer" / "model_run")
    if not folders:
        raise NoRunError(f"no training yet in {layout.root}; start one with: ichor run --data DIR")
    return {named.get(folder, f"training {folder.name}"): folder for folder in folders}


@contextlib.contextmanager
def served(
    look: Callable[[], Mapping[str, Path]], host: str, port: int | None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Serves TensorBoard on folders under names of their own.

    Yields:
      Its address, and what looks for folders anew.

    Raises:
      OSError: It cannot be served there.
    """
    from tensorboard import program

    with tempfile.TemporaryDirectory(prefix="ichor-tensorboard-") as root:

        def links() -> None:
            for name, folder in look().items():
                if not (link := Path(root, name)).is_symlink():
                    link.symlink_to(folder)

        links()
        servers: list[Any] = []

        def make(app: Any, flags: Any) -> Any:
            servers.append(program.create_port_scanning_werkzeug_server(app, flags))
            return servers[0]

        board = program.TensorBoard(server_class=make)
        board.configure(argv=("", "--logdir", root, "--host", host), port=port)
        try:
            url = board.launch()
        except program.TensorBoardServerException as error:
            raise OSError(f"{error.msg}; choose another one with --port") from error
        try:
            yield url, links
        finally:
            servers[0].shutdown()
            servers[0].server_close()


def _name(run_id: str) -> str:
    """Returns a run's start, to the second."""
    with contextlib.suppress(ValueError):
        return datetime.datetime.fromisoformat(run_id).isoformat(" ", "seconds")
    return run_id
