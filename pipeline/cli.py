"""The `ichor` command: which commands there are, and what becomes of their errors and of interruptions."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from pipeline import exit_codes
from pipeline.terminal import working_directory
from pipeline.terminal.interruption import describe_interruption, handle_sigterm

__all__ = ["main"]

# Each is a module of pipeline/commands with `add_arguments(parser)` and `run(parsed)`.
# It is imported when it is called and not before, so that `ichor --help` answers at once.
COMMANDS = {
    "inspect": "look at a folder of slices before a run",
    "run": "run the whole pipeline on a folder of slices",
    "demo": "make phantoms and run the whole pipeline on them",
    "phantoms": "write a folder of synthetic head CT with labels",
    "import": "link a public set and write its label table",
    "predict": "score slices with the last pushed model",
    "explain": "draw where a pushed model looked, and measure it by masks",
    "check": "compare a new folder of slices with what a model was trained on",
    "summary": "print what a run did with the data and with what result",
    "compare": "compare two runs' models on the slices that both scored",
    "tensorboard": "watch trainings, also while one is under way",
    "report": "say where a run's report lies, and show it",
    "runs": "list all runs: verdict, figures, what was set otherwise",
    "compile": "compile the pipeline for Kubeflow Pipelines",
    "submit": "run a compiled pipeline on Kubeflow Pipelines, and follow it",
    "config": "print every setting: value, unit, meaning, where it came from",
    "worker": "run what Spark or Flink hands to Python on this machine",
    "locate": "find the files of slice ids that a report names",
    "completion": "print what lets bash or zsh complete commands, flags, paths and settings",
}
MODULES = {"import": "import_set"}  # by command, where Python has the name for itself
RESUMABLE = {"run", "demo"}  # TFX's cache holds what is done


@working_directory.never_imported()
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parsed = argparse.Namespace(command="")
    try:
        with handle_sigterm():
            return _run(_parser().parse_args(arguments, parsed))
    except KeyboardInterrupt as stop:
        text, status = describe_interruption(stop, parsed.command in RESUMABLE)
        print(text, file=sys.stderr)
        return status


def _run(parsed: argparse.Namespace) -> int:
    from components.public_sets.errors import SourceError
    from components.slices.errors import DataError
    from pipeline.settings.layout import MovedError, NoRunError
    from pipeline.settings.loading import ConfigError
    from pipeline.terminal.console import replace_unprintable
    from schemas.accounts.account import AccountError

    replace_unprintable()
    try:
        return _module(parsed.command).run(parsed)
    except BrokenPipeError:
        sys.stderr.close()
        return exit_codes.ERROR
    except (AccountError, ConfigError, DataError, MovedError, NoRunError, SourceError) as error:
        print(f"ichor: {error}", file=sys.stderr)
        return exit_codes.ERROR
    except OSError as error:  # ours are whole sentences, the system's have a file and a reason
        parts = (error.filename, error.strerror) if error.strerror else (error,)
        print(f"ichor: {': '.join(str(part) for part in parts if part)}", file=sys.stderr)
        return exit_codes.ERROR


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"pipeline.commands.{MODULES.get(command, command)}")


class _CommandParser(argparse.ArgumentParser):
    """Of one command, which is imported for its arguments when it is called."""

    def __init__(self, command: str, **options: Any):
        super().__init__(**options)
        self._command = command

    def add_its_arguments(self) -> None:
        _module(self._command).add_arguments(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.add_its_arguments()
        return super().parse_known_args(args, namespace)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"ichor {version('ichor')}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ichor",
        description="From a folder of head-CT slices to a blessed, pushed SavedModel: hemorrhage or normal.",
        epilog="A score for research, not a diagnosis.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    names = parser.add_subparsers(
        required=True, dest="command", metavar="COMMAND", parser_class=_CommandParser
    )
    for command, summary in COMMANDS.items():
        names.add_parser(command, help=summary, command=command)
    parser.set_defaults(whole_parser=_whole_parser)
    return parser


def _whole_parser() -> argparse.ArgumentParser:
    """Returns the parser with the arguments of all commands."""
    parser = _parser()
    for action in parser._actions:
        for command in action.choices.values() if isinstance(action, argparse._SubParsersAction) else ():
            command.add_its_arguments()
    return parser


if __name__ == "__main__":
    sys.exit(main())
