"""The flag that chooses the engine, and the command that serves one."""

import argparse
from collections.abc import Callable

from pipeline.settings.params import ENGINES

PORT = 50000  # of Beam's own worker pool


def add_beam(parser: argparse.ArgumentParser) -> None:
    """Adds `--beam` to a command that runs or compiles the graph."""
    parser.add_argument(
        "--beam", choices=ENGINES, metavar="ENGINE",
        help=f"{', '.join(ENGINES[:-1])} or {ENGINES[-1]}; short for --set beam.engine=ENGINE",
    )  # fmt: skip


def add_worker(names: "argparse._SubParsersAction", port: Callable[[str], int]) -> None:
    """Adds `ichor worker`.

    Args:
      names: Of the commands.
      port: Reads a port.
    """
    parser = names.add_parser("worker", help="run what Spark or Flink hands to Python on this machine")
    parser.add_argument("--port", type=port, default=PORT, metavar="N", help=f"{PORT} by default")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="this machine alone by default; who reaches it can run code here",
    )  # fmt: skip
    parser.set_defaults(command=_serve)


def _serve(parsed: argparse.Namespace) -> int:
    from pipeline.beam.worker_pool import serve

    serve(parsed.host, parsed.port)
    return 0
