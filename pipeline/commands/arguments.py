"""What each `ichor` command does. Heavy imports stand in the functions, so that --help answers at once."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings.loading import Loaded

EXIT_OK = 0
EXIT_ERROR = 1
NOT_FOUND = "not in this folder: it was read from another, its file moved, or it was hashed with another key"
WIDE_VALUE = 26  # characters: the comment of a longer value stands further to the right


def load_settings(parsed: argparse.Namespace, **shorts: object) -> "Loaded":
    """Loads the settings of a command.

    Args:
      parsed: With `preset` and `assignments`.
      **shorts: Values of flags that are short for a setting, by its key with two underscores for the dot;
        None if the flag was not given.
    """
    from pipeline.settings.loading import load

    given = [f"{key.replace('__', '.')}={_toml(value)}" for key, value in shorts.items() if value is not None]
    return load(parsed.preset, [*given, *parsed.assignments])


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)  # a JSON string, number or list of them is TOML too


def run(parsed: argparse.Namespace) -> int:
    """Runs the whole pipeline on a folder of slices."""
    from pipeline.commands.run import run_on_terminal

    config = load_settings(
        parsed, run__data=parsed.data, run__output=parsed.output, beam__engine=parsed.beam
    ).config
    return run_on_terminal(config)


def inspect(parsed: argparse.Namespace) -> int:
    """Tells what is in a data folder and what a run would make of it."""
    from pipeline.commands.inspect import inspect_on_terminal

    return inspect_on_terminal(
        load_settings(parsed, run__data=parsed.data, run__output=parsed.output).config,
        look_at_all=parsed.all,
        as_json=parsed.json,
        contact_sheet=parsed.contact_sheet,
    )


def demo(parsed: argparse.Namespace) -> int:
    """Makes phantoms and runs the whole pipeline on them."""
    from pipeline.commands.demo import run_demo

    return run_demo()


def phantoms(parsed: argparse.Namespace) -> int:
    """Writes a folder of synthetic head CT with labels."""
    from pathlib import Path

    from pipeline.commands.demo import write_phantoms

    config = load_settings(parsed, phantoms__patients=parsed.patients, phantoms__format=parsed.format).config
    masks = Path(parsed.masks) if parsed.masks else None
    print(f"{parsed.out}: {write_phantoms(Path(parsed.out), config.phantoms, masks)}")
    return EXIT_OK


def import_set(parsed: argparse.Namespace) -> int:
    """Links a public set and writes its label table."""
    from pipeline.commands.import_set import import_on_terminal

    return import_on_terminal(load_settings(parsed).config, parsed.name, parsed.src, parsed.out)


def predict(parsed: argparse.Namespace) -> int:
    """Scores slices with a pushed model."""
    from pipeline.commands.predict import predict_on_terminal

    return predict_on_terminal(
        load_settings(parsed, run__output=parsed.output).config,
        parsed.paths,
        parsed.model,
        as_json=parsed.json,
        as_csv=parsed.csv,
    )


def explain(parsed: argparse.Namespace) -> int:
    """Draws where a pushed model looked, or measures it by masks."""
    import dataclasses
    from pathlib import Path

    from pipeline.commands.explain import explain_on_terminal
    from pipeline.pushed.maps import asked
    from pipeline.pushed.maps_against_masks import measure_worth, worth_text
    from pipeline.settings.loading import ConfigError

    if not parsed.out and not parsed.masks:
        raise ConfigError("explain: give --out DIR for pictures, --masks DIR to measure maps, or both")
    if parsed.json and (parsed.out or not parsed.masks):
        raise ConfigError("explain: --json prints what --masks tells, and goes without --out")
    config = load_settings(parsed, run__output=parsed.output).config
    what = asked(config, parsed.paths, parsed.model, parsed.method, parsed.limit)
    status = explain_on_terminal(what, config, Path(parsed.out)) if parsed.out else EXIT_OK
    if parsed.masks:
        worth = measure_worth(what, config, Path(parsed.masks))
        told = {"model": str(what.model), "method": what.method, "tolerance": config.explain.tolerance}
        as_json = json.dumps({**told, **dataclasses.asdict(worth)}, indent=2)
        print(as_json if parsed.json else worth_text(worth, what, config.explain.tolerance))
    return status


def check(parsed: argparse.Namespace) -> int:
    """Compares a new folder with what a pushed model was trained on."""
    from pipeline.commands.check import check_on_terminal

    return check_on_terminal(
        load_settings(parsed, run__output=parsed.output).config,
        parsed.folder,
        parsed.model,
        html=parsed.html,
        as_json=parsed.json,
    )


def summary(parsed: argparse.Namespace) -> int:
    """Tells what a run did."""
    from pipeline.commands.summary import print_summary

    print_summary(load_settings(parsed, run__output=parsed.output).config, parsed.run)
    return EXIT_OK


def compare(parsed: argparse.Namespace) -> int:
    """Compares the models of two runs."""
    from pipeline.commands.compare import compare_on_terminal

    config = load_settings(parsed, run__output=parsed.output).config
    names = (parsed.first, parsed.second)
    return compare_on_terminal(config, names, as_json=parsed.json, html=parsed.html)


def tensorboard(parsed: argparse.Namespace) -> int:
    """Shows the figures of trainings in TensorBoard."""
    from pipeline.commands.tensorboard import watch_on_terminal

    config = load_settings(parsed, run__output=parsed.output).config
    return watch_on_terminal(config, parsed.run, parsed.host, parsed.port)


def report(parsed: argparse.Namespace) -> int:
    """Says where a run's report lies, and shows it."""
    from pipeline.commands.report import report_on_terminal

    return report_on_terminal(
        load_settings(parsed, run__output=parsed.output).config, parsed.run, parsed.opened
    )


def runs(parsed: argparse.Namespace) -> int:
    """Lists all runs, of an output folder or of a server."""
    config = load_settings(parsed, run__output=parsed.output).config
    if parsed.host:
        from pipeline.commands.cluster_runs import list_on_terminal as list_of_server

        return list_of_server(parsed, config)
    from pipeline.commands.runs import list_on_terminal
    from pipeline.commands.submit import need_no_host

    need_no_host(parsed)
    return list_on_terminal(config, parsed.json)


def config(parsed: argparse.Namespace) -> int:
    """Prints every setting, in rows that line up by group."""
    from itertools import groupby

    for group, settings in groupby(load_settings(parsed).settings(), lambda one: one.key.split(".")[0]):
        rows = [(one.key.split(".")[1], _toml(one.value), one) for one in settings]
        widest = max(len(name) for name, _, _ in rows)
        wide = max((len(value) for _, value, _ in rows if len(value) <= WIDE_VALUE), default=0)
        print(f"[{group}]")
        for name, value, one in rows:
            unit = f" [{one.unit}]" if one.unit else ""
            print(f"{name:<{widest}} = {value:<{wide}}  # {one.meaning}{unit}; from {one.origin}")
    return EXIT_OK


def locate(parsed: argparse.Namespace) -> int:
    """Finds the files of slice ids."""
    from components.ingest import identity
    from pipeline.settings.layout import absolute
    from pipeline.terminal.console import shown

    config = load_settings(parsed, run__data=parsed.data).config
    found = identity.locate(absolute(config.run.data), config.ingest, parsed.ids)
    for slice_id in parsed.ids:
        print(f"{slice_id}  {shown(found.get(slice_id, NOT_FOUND))}")
    return EXIT_OK if len(found) == len(parsed.ids) else EXIT_ERROR
