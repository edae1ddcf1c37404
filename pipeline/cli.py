"""The `ichor` command: its arguments, and what becomes of its errors."""

import argparse
import sys
from collections.abc import Sequence

from pipeline.commands import arguments as commands
from pipeline.commands import compile as kubeflow
from pipeline.commands.arguments import EXIT_ERROR
from pipeline.commands.submit import add_host, add_submit
from pipeline.commands.worker import add_beam, add_worker
from pipeline.terminal import interruption, working_directory


@working_directory.never_imported()
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        with interruption.heard():
            return _call(parsed)
    except KeyboardInterrupt as stop:
        text, status = interruption.told(stop, parsed.command in (commands.run, commands.demo))
        print(text, file=sys.stderr)
        return status


def _call(parsed: argparse.Namespace) -> int:
    from components.public_sets.errors import SourceError
    from components.slices.errors import DataError
    from pipeline.settings.layout import MovedError, NoRunError
    from pipeline.settings.loading import ConfigError
    from pipeline.terminal.console import never_stumble

    never_stumble()
    try:
        return parsed.command(parsed)
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_ERROR
    except (ConfigError, DataError, MovedError, NoRunError, SourceError) as error:
        print(f"ichor: {error}", file=sys.stderr)
        return EXIT_ERROR
    except OSError as error:  # ours are whole sentences, the system's have a file and a reason
        parts = (error.filename, error.strerror) if error.strerror else (error,)
        print(f"ichor: {': '.join(str(one) for one in parts if one)}", file=sys.stderr)
        return EXIT_ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ichor",
        description="From a folder of head-CT slices to a blessed, pushed SavedModel: hemorrhage or normal.",
        epilog="A score for research, not a diagnosis.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    names = parser.add_subparsers(required=True, metavar="COMMAND")

    inspect = names.add_parser("inspect", help="look at a folder of slices before a run")
    inspect.add_argument("data", nargs="?", metavar="DIR", help="folder of slices; run.data by default")
    inspect.add_argument("--all", action="store_true", help="decode every slice, however many there are")
    inspect.add_argument("--json", action="store_true", help="print JSON")
    inspect.add_argument(
        "--contact-sheet", metavar="FILE", help="PNG file to write: slices at random, and those to be dropped"
    )
    _add_output(inspect, "folder that the run would write to")
    _add_settings(inspect)
    inspect.set_defaults(command=commands.inspect)

    run = names.add_parser("run", help="run the whole pipeline on a folder of slices")
    run.add_argument("--data", metavar="DIR", help="folder of slices; short for --set run.data=DIR")
    _add_output(run, "folder for results")
    add_beam(run)
    _add_settings(run)
    run.set_defaults(command=commands.run)

    demo = names.add_parser("demo", help="make phantoms and run the whole pipeline on them")
    demo.set_defaults(command=commands.demo)

    phantoms = names.add_parser("phantoms", help="write a folder of synthetic head CT with labels")
    phantoms.add_argument(
        "--out", metavar="DIR", required=True, help="folder to write into; must be new or empty"
    )
    phantoms.add_argument("--patients", type=int, metavar="N", help="short for --set phantoms.patients=N")
    phantoms.add_argument(
        "--format", metavar="FORMAT", help="png or dicom; short for --set phantoms.format=FORMAT"
    )
    phantoms.add_argument(
        "--masks", metavar="DIR", help="folder for masks of the bleeds, for `ichor explain --masks`"
    )
    _add_settings(phantoms)
    phantoms.set_defaults(command=commands.phantoms)

    importing = names.add_parser("import", help="link a public set and write its label table")
    importing.add_argument("name", metavar="NAME", help="rsna-2019, cq500, ct-ich or folders")
    importing.add_argument("src", metavar="SRC", help="the set's own folder; it is only read")
    importing.add_argument(
        "--out", metavar="DIR", required=True, help="folder of links and labels.csv; must be new or empty"
    )
    _add_settings(importing)
    importing.set_defaults(command=commands.import_set)

    predict = names.add_parser("predict", help="score slices with the last pushed model")
    predict.add_argument(
        "paths",
        nargs="+",
        metavar="FILE|DIR",
        help="slices, or folders of them: PNG and JPEG, or DICOM, whichever the model was trained on",
    )
    predict.add_argument(
        "--model", metavar="DIR", help="a pushed model's folder; the latest pushed by default"
    )
    _add_output(predict, "folder of a run's results")
    form = predict.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV, a row a slice")
    _add_settings(predict)
    predict.set_defaults(command=commands.predict)

    explain = names.add_parser("explain", help="draw where a pushed model looked, and measure it by masks")
    explain.add_argument("paths", nargs="+", metavar="FILE|DIR", help="slices, as `ichor predict` takes them")
    explain.add_argument(
        "--model", metavar="DIR", help="a pushed model's folder; the latest pushed by default"
    )
    explain.add_argument("--out", metavar="DIR", help="folder for a picture a slice; must be new or empty")
    explain.add_argument(
        "--method", choices=["gradcam", "integrated-gradients"], default="gradcam", help="gradcam by default"
    )
    explain.add_argument("--limit", type=_count, default=0, metavar="N", help="at most so many slices")
    explain.add_argument(
        "--masks", metavar="DIR", help="measure how maps lie to masks: PNG files named as their slices"
    )
    explain.add_argument("--json", action="store_true", help="print what masks tell as JSON")
    _add_output(explain, "folder of a run's results")
    _add_settings(explain)
    explain.set_defaults(command=commands.explain)

    check = names.add_parser("check", help="compare a new folder of slices with what a model was trained on")
    check.add_argument("folder", metavar="DIR", help="folder of slices; labels are not needed")
    check.add_argument("--model", metavar="DIR", help="a pushed model's folder; the latest pushed by default")
    _add_output(check, "folder of a run's results")
    check.add_argument("--html", metavar="FILE", help="page to write; in the results' folder by default")
    check.add_argument("--json", action="store_true", help="print JSON")
    _add_settings(check)
    check.set_defaults(command=commands.check)

    summary = names.add_parser("summary", help="tell what a run did with the data and with what result")
    summary.add_argument("run", nargs="?", metavar="RUN", help="a run's id; the latest by default")
    _add_output(summary, "folder of a run's results")
    _add_settings(summary)
    summary.set_defaults(command=commands.summary)

    compare = names.add_parser("compare", help="compare two runs' models on the slices that both scored")
    for name in ("first", "second"):
        compare.add_argument(
            name, metavar="RUN", help="a run's id, or another output folder, for its latest run"
        )
    _add_output(compare, "folder of the runs' results")
    compare.add_argument("--html", metavar="FILE", help="page to draw the comparison into, too")
    compare.add_argument("--json", action="store_true", help="print JSON")
    _add_settings(compare)
    compare.set_defaults(command=commands.compare)

    tensorboard = names.add_parser("tensorboard", help="watch trainings, also while one is under way")
    tensorboard.add_argument(
        "run", nargs="?", metavar="RUN", help="a run's id; all runs side by side by default"
    )
    tensorboard.add_argument("--port", type=_port, metavar="N", help="6006, or the next free one by default")
    tensorboard.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="this machine alone by default"
    )
    _add_output(tensorboard, "folder of a run's results")
    _add_settings(tensorboard)
    tensorboard.set_defaults(command=commands.tensorboard)

    report = names.add_parser("report", help="say where a run's report lies, and show it")
    report.add_argument("run", nargs="?", metavar="RUN", help="a run's id; the latest by default")
    report.add_argument("--open", action="store_true", dest="opened", help="show it in the browser")
    _add_output(report, "folder of a run's results")
    _add_settings(report)
    report.set_defaults(command=commands.report)

    runs = names.add_parser("runs", help="list all runs: verdict, figures, what was set otherwise")
    runs.add_argument("--json", action="store_true", help="print JSON")
    add_host(runs)
    _add_output(runs, "folder of the runs' results")
    _add_settings(runs)
    runs.set_defaults(command=commands.runs)

    kubeflow.add_compile(names, _add_settings)
    add_submit(names, _add_settings)

    config = names.add_parser("config", help="print every setting: value, unit, meaning, where it came from")
    _add_settings(config)
    config.set_defaults(command=commands.config)

    add_worker(names, _port)

    locate = names.add_parser("locate", help="find the files of slice ids that a report names")
    locate.add_argument(
        "ids", nargs="+", metavar="SLICE_ID", help="ids as rejections.csv and messages print them"
    )
    locate.add_argument("--data", metavar="DIR", help="folder of slices; short for --set run.data=DIR")
    _add_settings(locate)
    locate.set_defaults(command=commands.locate)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text!r}")
    return int(text)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"ichor {version('ichor')}\n")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"expected a port, 1 to 65535, got {text!r}")
    return int(text)


def _add_output(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument("--output", metavar="DIR", help=f"{meaning}; short for --set run.output=DIR")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", metavar="NAME", help="local (the recipe) or demo (small, on phantoms)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments",
        help="change one setting; may be given many times; `ichor config` lists them",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
