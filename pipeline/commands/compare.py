"""`ichor compare`: two runs' models side by side, fairly."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.past_runs.accounts import evaluation_report
from pipeline.past_runs.comparison import Contender, compare
from pipeline.past_runs.comparison_page import render, surely_better
from pipeline.past_runs.history import Run, read_run, require_unmoved
from pipeline.past_runs.settings import different, settings_of
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, NoRunError, absolute
from pipeline.terminal.tables import figure, table
from schemas.scores import SCORES_FILE, read_scores

# Differences in these are what a comparison is for, or change no model.
_OF_NO_MODEL = ("evaluation.", "gate.", "ingest.key_file")
_SEEDS = ("trainer.seed",)


def compare_on_terminal(config: Config, names: tuple[str, str], *, as_json: bool, html: str | None) -> int:
    """Compares two runs and prints the result; returns the exit status 0.

    Args:
      config: Where runs are looked for, and how is measured.
      names: Of each run its id in `run.output`, or another output folder, for its latest run.
      as_json: Print JSON.
      html: A file to draw the comparison into, too.
    Raises:
      DataError: The two cannot be compared fairly.
      NoRunError: There is no such run, or it did not come to scores.
    """
    runs = [_find(config, name) for name in names]
    first, second = (_contender(name, run) for name, run in zip(names, runs, strict=True))
    splits = compare(first, second, config.evaluation, config.gate)
    changed = {
        name: values
        for name, values in different(*map(settings_of, runs)).items()
        if not name.startswith(_OF_NO_MODEL)
    }
    told = {
        "runs": [
            {"name": name, "id": run.id, **evaluation_report(run)["operating_point"]}
            for name, run in zip(names, runs, strict=True)
        ],
        "settings_that_differ": changed,
        "warnings": list(_warnings(changed)),
        "confidence": config.evaluation.confidence,
        "splits": splits,
    }
    print(json.dumps(told, indent=2, allow_nan=False) if as_json else "\n".join(tell(told)))
    if html:
        Path(html).write_text(render(told), encoding="utf-8")
        print(f"page: {html}", file=sys.stderr)
    return 0


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


def _contender(name: str, run: Run) -> Contender:
    scores, report = run.output("SliceScorer", "scores"), evaluation_report(run)
    if scores is None or not report:
        raise NoRunError(f"run {run.id} ({name}) did not come to an evaluation; see: ichor summary {run.id}")
    return Contender(name, read_scores(scores.path / SCORES_FILE), report["operating_point"]["threshold"])


def _warnings(changed: Mapping[str, Any]) -> Iterator[str]:
    """Yields what makes a difference that is not meant."""
    for name in (one for one in changed if one in _SEEDS):
        yield f"{name} differs ({changed[name][0]}, {changed[name][1]}): two trainings differ by chance too"
    if not changed:
        yield "no setting differs: what differs is chance, or the code"


def tell(told: Mapping[str, Any]) -> Iterator[str]:
    """Yields a comparison's lines for the terminal."""
    for letter, run in zip("AB", told["runs"], strict=True):
        yield f"{letter}  {run['name']}: run {run['id']}, threshold {run['threshold']:.4f} by {run['rule']}"
    for name, (one, other) in told["settings_that_differ"].items():
        yield f"   {name}: A {json.dumps(one)}, B {json.dumps(other)}"
    yield from (f"WARNING: {warning}" for warning in told["warnings"])
    for split, found in told["splits"].items():
        if any(one["count"] != found["both"]["slices"]["count"] for one in found["own"]):
            yield from _tell_own(split, found["own"])
        for unit in ("slices", "patients"):
            yield from _tell_both(split, unit, found["both"][unit], told["confidence"])


def _tell_own(split: str, own: list[Mapping[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"{split}: each on its own slices, which differ; that does not compare the models"
    counts = ["slices (hemorrhage)", *(f"{one['count']} ({one['hemorrhages']})" for one in own)]
    rows = [[name, *(figure(one["metrics"][name]) for one in own)] for name in own[0]["metrics"]]
    yield from table(["", "A", "B"], [counts, *rows])


def _tell_both(split: str, unit: str, both: Mapping[str, Any], confidence: float) -> Iterator[str]:
    slices = unit == "slices"
    of = f"{both['count']} slices of {both['patients']} patients" if slices else f"{both['count']} patients"
    yield ""
    by = "" if slices else ", by patient"
    yield (
        f"{split}{by}: both on the {of} that both scored, {both['hemorrhages']} with a hemorrhage; "
        f"{confidence:.0%} intervals by resampling patients"
    )
    first, second = both["metrics"]
    rows = [
        [
            name,
            figure(first[name]),
            figure(second[name]),
            figure(difference, signed=True),
            surely_better(name, difference),
        ]
        for name, difference in both["differences"].items()
    ]
    yield from table(["", "A", "B", "A - B", "surely better"], rows)
