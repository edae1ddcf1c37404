"""The `ichor` command. Heavy imports stand in the commands, so that --help answers at once."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Loaded

EXIT_OK = 0
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parsed = _parser().parse_args(arguments)
    from components.ingest.errors import DataError
    from pipeline.layout import MovedError, NoRunError
    from pipeline.settings import ConfigError

    try:
        return parsed.command(parsed)
    except KeyboardInterrupt:
        print("ichor: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_ERROR
    except (ConfigError, DataError, MovedError, NoRunError) as error:
        print(f"ichor: {error}", file=sys.stderr)
        return EXIT_ERROR
    except OSError as error:  # ours are whole sentences, the system's have a file and a reason
        told = f"{error.filename}: {error.strerror}" if error.strerror else error
        print(f"ichor: {told}", file=sys.stderr)
        return EXIT_ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ichor",
        description="From a folder of head-CT slices to a blessed, pushed SavedModel: hemorrhage or normal.",
        epilog="A score for research, not a diagnosis.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the whole pipeline on a folder of slices")
    run.add_argument("--data", metavar="DIR", help="folder of slices; short for --set run.data=DIR")
    _add_output(run, "folder for results")
    _add_settings(run)
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help="make phantoms and run the whole pipeline on them")
    demo.set_defaults(command=_demo)

    phantoms = commands.add_parser("phantoms", help="write a folder of synthetic head CT with labels")
    phantoms.add_argument(
        "--out", metavar="DIR", required=True, help="folder to write into; must be new or empty"
    )
    phantoms.add_argument("--patients", type=int, metavar="N", help="short for --set phantoms.patients=N")
    _add_settings(phantoms)
    phantoms.set_defaults(command=_phantoms)

    predict = commands.add_parser("predict", help="score slices with the last pushed model")
    predict.add_argument(
        "paths", nargs="+", metavar="FILE|DIR", help="PNG or JPEG slices, or folders of them"
    )
    predict.add_argument(
        "--model", metavar="DIR", help="a pushed model's folder; the latest pushed by default"
    )
    _add_output(predict, "folder of a run's results")
    form = predict.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV, a row a slice")
    _add_settings(predict)
    predict.set_defaults(command=_predict)

    summary = commands.add_parser("summary", help="tell what a run did with the data and with what result")
    summary.add_argument("run", nargs="?", metavar="RUN", help="a run's id; the latest by default")
    _add_output(summary, "folder of a run's results")
    _add_settings(summary)
    summary.set_defaults(command=_summary)

    config = commands.add_parser(
        "config", help="print every setting: value, unit, meaning, where it came from"
    )
    _add_settings(config)
    config.set_defaults(command=_config)

    locate = commands.add_parser("locate", help="find the files of slice ids that a report names")
    locate.add_argument(
        "ids", nargs="+", metavar="SLICE_ID", help="ids as rejections.csv and messages print them"
    )
    locate.add_argument("--data", metavar="DIR", help="folder of slices; short for --set run.data=DIR")
    _add_settings(locate)
    locate.set_defaults(command=_locate)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"ichor {version('ichor')}\n")


def _add_output(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument("--output", metavar="DIR", help=f"{meaning}; short for --set run.output=DIR")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", metavar="NAME", help="local (the recipe) or demo (small, on phantoms)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments",
        help="change one setting; may be given many times; `ichor config` lists them",
    )  # fmt: skip


def _load(parsed: argparse.Namespace, **shorts: object) -> "Loaded":
    from pipeline.settings import load

    given = [f"{key.replace('__', '.')}={_toml(value)}" for key, value in shorts.items() if value is not None]
    return load(parsed.preset, [*given, *parsed.assignments])


def _toml(value: object) -> str:
    return json.dumps(value)  # a JSON string or number is TOML too


def _run(parsed: argparse.Namespace) -> int:
    from pipeline.session import run_on_terminal

    return run_on_terminal(_load(parsed, run__data=parsed.data, run__output=parsed.output).config)


def _demo(parsed: argparse.Namespace) -> int:
    from pipeline.demo import run_demo

    return run_demo()


def _phantoms(parsed: argparse.Namespace) -> int:
    from pathlib import Path

    from pipeline.demo import write_phantoms

    config = _load(parsed, phantoms__patients=parsed.patients).config
    print(f"{parsed.out}: {write_phantoms(Path(parsed.out), config.phantoms)}")
    return EXIT_OK


def _predict(parsed: argparse.Namespace) -> int:
    from pipeline.predict import predict_on_terminal

    return predict_on_terminal(
        _load(parsed, run__output=parsed.output).config,
        parsed.paths,
        parsed.model,
        as_json=parsed.json,
        as_csv=parsed.csv,
    )


def _summary(parsed: argparse.Namespace) -> int:
    from pipeline.summary import print_summary

    print_summary(_load(parsed, run__output=parsed.output).config, parsed.run)
    return EXIT_OK


def _config(parsed: argparse.Namespace) -> int:
    group = ""
    for setting in _load(parsed).settings():
        if group != (group := setting.key.split(".")[0]):
            print(f"[{group}]")
        name = setting.key.split(".")[1]
        unit = f" [{setting.unit}]" if setting.unit else ""
        value = json.dumps(setting.value)
        print(f"{name} = {value:<22} # {setting.meaning}{unit}; from {setting.origin}")
    return EXIT_OK


def _locate(parsed: argparse.Namespace) -> int:
    from components.ingest.identity import locate
    from pipeline.layout import absolute

    config = _load(parsed, run__data=parsed.data).config
    found = locate(absolute(config.run.data), config.ingest, parsed.ids)
    for slice_id in parsed.ids:
        print(f"{slice_id}  {found.get(slice_id, 'not in this folder, or hashed with another key')}")
    return EXIT_OK if len(found) == len(parsed.ids) else EXIT_ERROR
