"""`ichor worker`: what Spark or Flink hands to Python, run on this machine."""

import argparse

from pipeline import exit_codes
from pipeline.commands.arguments import port

PORT = 50000  # of Beam's own worker pool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("--port", type=port, default=PORT, metavar="N", help=f"{PORT} by default")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="this machine alone by default; who reaches it can run code here",
    )  # fmt: skip


def run(parsed: argparse.Namespace) -> int:
    """Serves until it is interrupted."""
    from pipeline.beam.worker_pool import serve  # imports Beam, for which --help must not wait

    serve(parsed.host, parsed.port)
    return exit_codes.OK
