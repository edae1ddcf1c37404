"""`ichor locate`: the files of slice ids that a report names."""

import argparse

from components.ingest import identity
from pipeline import exit_codes
from pipeline.commands.arguments import add_data, add_settings, load_settings
from pipeline.settings.layout import absolute
from pipeline.terminal.console import shown

NOT_FOUND = "not in this folder: it was read from another, its file moved, or it was hashed with another key"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "ids", nargs="+", metavar="SLICE_ID", help="ids as rejections.csv and messages print them"
    )
    add_data(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints the file of each id; returns 1 where an id has none, else 0."""
    config = load_settings(parsed, run__data=parsed.data).config
    files = identity.locate(absolute(config.run.data), config.ingest, parsed.ids)
    for slice_id in parsed.ids:
        print(f"{slice_id}  {shown(files.get(slice_id, NOT_FOUND))}")
    return exit_codes.OK if len(files) == len(parsed.ids) else exit_codes.ERROR
