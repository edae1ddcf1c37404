"""`ichor run`: the whole pipeline on a folder of slices."""

import argparse

from pipeline.commands.arguments import add_beam, add_data, add_output, add_settings, load_settings
from pipeline.session import run_on_terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_data(parser)
    add_output(parser, "folder for results")
    add_beam(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Runs the graph, with a line for each node; returns a `verdict.Status`."""
    shorts = {"run__data": parsed.data, "run__output": parsed.output, "beam__engine": parsed.beam}
    return run_on_terminal(load_settings(parsed, **shorts).config)
