"""The flag that chooses the engine."""

import argparse

from pipeline.beam.engines import ENGINES


def add_beam(parser: argparse.ArgumentParser) -> None:
    """Adds `--beam` to a command that runs or compiles the graph."""
    parser.add_argument(
        "--beam", choices=ENGINES, metavar="ENGINE",
        help=f"{', '.join(ENGINES[:-1])} or {ENGINES[-1]}; short for --set beam.engine=ENGINE",
    )  # fmt: skip
