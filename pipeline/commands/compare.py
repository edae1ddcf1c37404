"""`ichor compare`: two runs' models side by side, fairly."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import exit_codes
from pipeline.commands.arguments import add_json, add_output, add_settings, load_settings
from pipeline.past_runs.accounts import evaluation_report
from pipeline.past_runs.comparison import (
    ComparedRun,
    Comparison,
    Contender,
    OwnFigures,
    SharedFigures,
    compare,
)
from pipeline.past_runs.comparison_page import render, surely_better
from pipeline.past_runs.history import Run, read_run, require_unmoved
from pipeline.past_runs.settings import different, settings_of
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, NoRunError, absolute
from pipeline.terminal.tables import figure, table
from schemas.scores import SCORES_FILE, read_scores

SEED = "trainer.seed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    for name in ("first", "second"):
        parser.add_argument(
            name, metavar="RUN", help="a run's id, or another output folder, for its latest run"
        )
    add_output(parser, "folder of the runs' results")
    parser.add_argument("--html", metavar="FILE", help="page to draw the comparison into, too")
    add_json(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Compares two runs, prints the result, and draws it where a page is wanted.

    Raises:
      DataError: The two cannot be compared fairly.
      NoRunError: There is no such run, or it did not come to scores.
    """
    config = load_settings(parsed, run__output=parsed.output).config
    names = (parsed.first, parsed.second)
    runs = [_find(config, name) for name in names]
    first, second = (_contender(name, run) for name, run in zip(names, runs, strict=True))
    splits = compare(first, second, config.evaluation, config.gate)
    changed = different(*map(settings_of, runs))
    comparison = Comparison(
        runs=(_compared(names[0], runs[0]), _compared(names[1], runs[1])),
        settings_that_differ=changed,
        warnings=tuple(_warnings(changed)),
        confidence=config.evaluation.confidence,
        splits=splits,
    )
    print(comparison.to_json() if parsed.json else "\n".join(comparison_lines(comparison)))
    if parsed.html:
        Path(parsed.html).write_text(render(comparison), encoding="utf-8")
        print(f"page: {parsed.html}", file=sys.stderr)
    return exit_codes.OK


def _find(config: Config, name: str) -> Run:
    """Finds a run by its id, or the latest of an output folder."""
    if Layout.of(config.run.model_copy(update={"output": name})).metadata.is_file():
        layout = Layout.of(config.run.model_copy(update={"output": name}))
        require_unmoved(layout)
        return read_run(layout)
    if Path(name).is_dir():
        raise NoRunError(f"no runs yet in {absolute(name)}; start one with: ichor run --output {name}")
    layout = Layout.of(config.run)
    require_unmoved(layout)
    return read_run(layout, name)


def _compared(name: str, run: Run) -> ComparedRun:
    account = evaluation_report(run)
    return ComparedRun(name=name, id=run.id, **dict(account.operating_point if account else ()))


def _contender(name: str, run: Run) -> Contender:
    scores, account = run.output("SliceScorer", "scores"), evaluation_report(run)
    if scores is None or not account:
        raise NoRunError(f"run {run.id} ({name}) did not come to an evaluation; see: ichor summary {run.id}")
    return Contender(name, read_scores(scores.path / SCORES_FILE), account.operating_point.threshold)


def _warnings(changed: Mapping[str, Any]) -> Iterator[str]:
    """Yields what makes a difference that is not meant."""
    if SEED in changed:
        yield f"{SEED} differs ({changed[SEED][0]}, {changed[SEED][1]}): two trainings differ by chance too"
    if not changed:
        yield "no setting differs: what differs is chance, or the code"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yields a comparison's lines for the terminal."""
    for letter, run in zip("AB", comparison.runs, strict=True):
        yield f"{letter}  {run.name}: run {run.id}, threshold {run.threshold:.4f} by {run.rule}"
    for name, (first, second) in comparison.settings_that_differ.items():
        yield f"   {name}: A {json.dumps(first)}, B {json.dumps(second)}"
    yield from (f"WARNING: {warning}" for warning in comparison.warnings)
    for split, compared in comparison.splits.items():
        shared = next(iter(compared.both.values()))
        if any(own.count != shared.count for own in compared.own):
            yield from _own_lines(split, compared.own)
        for unit, both in compared.both.items():
            yield from _shared_lines(split, unit, both, comparison.confidence)


def _own_lines(split: str, own: Sequence[OwnFigures]) -> Iterator[str]:
    yield ""
    yield f"{split}: each on its own slices, which differ; that does not compare the models"
    counts = ["slices (hemorrhage)", *(f"{figures.count} ({figures.hemorrhages})" for figures in own)]
    rows = [[name, *(figure(figures.metrics[name]) for figures in own)] for name in own[0].metrics]
    yield from table(["", "A", "B"], [counts, *rows])


def _shared_lines(split: str, unit: str, both: SharedFigures, confidence: float) -> Iterator[str]:
    slices = unit == "slices"
    of = f"{both.count} slices of {both.patients} patients" if slices else f"{both.count} patients"
    yield ""
    by = "" if slices else ", by patient"
    yield (
        f"{split}{by}: both on the {of} that both scored, {both.hemorrhages} with a hemorrhage; "
        f"{confidence:.0%} intervals by resampling patients"
    )
    first, second = both.metrics
    rows = [
        [
            name,
            figure(first[name]),
            figure(second[name]),
            figure(difference, signed=True),
            surely_better(name, difference),
        ]
        for name, difference in both.differences.items()
    ]
    yield from table(["", "A", "B", "A - B", "surely better"], rows)
