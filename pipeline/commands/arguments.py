"""What several commands share: their flags, and how settings and a server are read from them."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.kubeflow.access import Access
    from pipeline.settings.config import Config
    from pipeline.settings.loading import Loaded


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds `--preset` and `--set`, which `load_settings` reads."""
    parser.add_argument("--preset", metavar="NAME", help="local (the recipe) or demo (small, on phantoms)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments",
        help="change one setting; may be given many times; `ichor config` lists them",
    )  # fmt: skip


def add_data(parser: argparse.ArgumentParser, meaning: str = "folder of slices") -> None:
    """Adds `--data`."""
    parser.add_argument("--data", metavar="DIR", help=f"{meaning}; short for --set run.data=DIR")


def add_output(parser: argparse.ArgumentParser, meaning: str = "folder of a run's results") -> None:
    """Adds `--output`."""
    parser.add_argument("--output", metavar="DIR", help=f"{meaning}; short for --set run.output=DIR")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds `--model`."""
    parser.add_argument(
        "--model", metavar="DIR", help="a pushed model's folder; the latest pushed by default"
    )


def add_run(parser: argparse.ArgumentParser, default: str = "the latest") -> None:
    """Adds the id of a run."""
    parser.add_argument("run", nargs="?", metavar="RUN", help=f"a run's id; {default} by default")


def add_json(parser: "argparse._ActionsContainer") -> None:
    """Adds `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_beam(parser: argparse.ArgumentParser) -> None:
    """Adds `--beam` to a command that runs or compiles the graph."""
    from pipeline.settings.params import ENGINES

    parser.add_argument(
        "--beam", choices=ENGINES, metavar="ENGINE",
        help=f"{', '.join(ENGINES[:-1])} or {ENGINES[-1]}; short for --set beam.engine=ENGINE",
    )  # fmt: skip


def add_host(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Adds how a server of KFP is reached, which `server_access` reads."""
    parser.add_argument(
        "--host",
        required=required,
        metavar="URL",
        help="address of KFP: http://localhost:8080 or https://...",
    )
    parser.add_argument(
        "--namespace", default="", metavar="NAME", help="whose runs, where KFP has several users"
    )
    parser.add_argument("--experiment", metavar="NAME", help="that runs are put into, and listed of")
    parser.add_argument(
        "--token-file", default="", metavar="FILE", help="bearer token; or in the variable ICHOR_KFP_TOKEN"
    )
    parser.add_argument(
        "--ca-cert", default="", metavar="FILE", help="certificates that the server's is checked with"
    )
    parser.add_argument(
        "--no-verify", action="store_true", help="don't check the server's certificate; warns of it"
    )


def count(text: str) -> int:
    """Reads a number of things, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text!r}")
    return int(text)


def port(text: str) -> int:
    """Reads a port, 1 to 65535."""
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"expected a port, 1 to 65535, got {text!r}")
    return int(text)


def load_settings(parsed: argparse.Namespace, **shorts: object) -> "Loaded":
    """Loads the settings of a command.

    Args:
      parsed: With `preset` and `assignments`.
      **shorts: Values of flags that are short for a setting, by its key with two underscores for the dot;
        None if the flag was not given.
    Raises:
      ConfigError: A key is unknown, or a value is out of bounds.
    """
    from pipeline.settings.loading import load

    given = [f"{key.replace('__', '.')}={toml(value)}" for key, value in shorts.items() if value is not None]
    return load(parsed.preset, [*given, *parsed.assignments])


def toml(value: object) -> str:
    """Returns a setting's value as it stands in a settings file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)  # a JSON string, number or list of them is TOML too


def server_access(parsed: argparse.Namespace, config: "Config") -> "Access":
    """Returns how the server is reached, after warning of what is unsafe.

    Raises:
      KubeflowError: An argument is wrong.
    """
    from pipeline.kubeflow.access import access

    seconds = config.kubeflow.request_seconds
    checked = access(parsed.host, parsed.token_file, parsed.ca_cert, not parsed.no_verify, seconds)
    for warning in checked.warnings():
        print(f"ichor: warning: {warning}", file=sys.stderr)
    return checked
