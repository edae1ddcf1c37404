"""`ichor completion`: a script by which a shell completes commands, flags, paths and settings."""

import argparse
from collections.abc import Iterator

import shtab

from pipeline import exit_codes
from pipeline.settings.config import DEFAULTS
from pipeline.settings.presets import PRESETS

PATHS = {"DIR": shtab.DIRECTORY, "FILE": shtab.FILE, "FILE|DIR": shtab.FILE}  # by metavar
KEYS = [f"{group}.{name}=" for group, names in DEFAULTS.items() for name in names]
# Both shells put a space after what they complete; a setting goes on with its value.
ZSH_KEYS = {"zsh": f"{{compadd -S '' -- {' '.join(KEYS)}}}"}
BASH_END = """
_ichor() {
  _shtab_ichor "$@"
  if [[ ${#COMPREPLY[@]} = 1 && "${COMPREPLY[0]}" = *= ]]; then compopt -o nospace; fi
}
complete -o bashdefault -F _ichor ichor
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("shell", choices=["bash", "zsh"], help="shell that the script is for")


def run(parsed: argparse.Namespace) -> int:
    """Prints the script."""
    parser = parsed.whole_parser()
    for action in _actions(parser):
        if action.dest == "preset":
            action.choices = list(PRESETS)
        elif action.dest == "assignments":
            if parsed.shell == "zsh":
                action.complete = ZSH_KEYS  # type: ignore[attr-defined]
            action.choices = KEYS
        elif action.metavar in PATHS:
            action.complete = PATHS[action.metavar]  # type: ignore[attr-defined]
    print(shtab.complete(parser, parsed.shell), end=BASH_END if parsed.shell == "bash" else "\n")
    return exit_codes.OK


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
