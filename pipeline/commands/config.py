"""`ichor config`: every setting with its value, unit, meaning and origin."""

import argparse
from itertools import groupby

from pipeline import exit_codes
from pipeline.commands.arguments import add_settings, load_settings, toml

WIDE_VALUE = 26  # characters: the comment of a longer value stands further to the right


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Prints every setting, in rows that line up by group."""
    for group, settings in groupby(load_settings(parsed).settings(), lambda each: each.key.split(".")[0]):
        rows = [(each.key.split(".")[1], toml(each.value), each) for each in settings]
        widest = max(len(name) for name, _, _ in rows)
        wide = max((len(value) for _, value, _ in rows if len(value) <= WIDE_VALUE), default=0)
        print(f"[{group}]")
        for name, value, each in rows:
            unit = f" [{each.unit}]" if each.unit else ""
            print(f"{name:<{widest}} = {value:<{wide}}  # {each.meaning}{unit}; from {each.origin}")
    return exit_codes.OK
