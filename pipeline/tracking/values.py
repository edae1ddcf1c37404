"""What may be logged of a run: numbers, switches and choices; no free text, no path, no patient."""

import math
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pipeline.past_runs.accounts import (
    evaluation_report,
    ingest_report,
    pushed_artifact,
    read_history,
    read_searched,
)
from pipeline.past_runs.history import Run
from pipeline.past_runs.verdict import is_blessed, verdict
from pipeline.settings.config import Config
from pipeline.tracking.tracker import Fact
from schemas.history import best_epoch

FILE = "file"  # stands for the path of a file of weights


def settings_of(config: Config) -> dict[str, Fact]:
    """Returns a run's settings by key, without those that are free text, which may name people and places."""
    settings: dict[str, Fact] = {}
    for key, known in config.settings().items():
        if not (known.public or known.tracked):
            continue
        value = known.without_path(config.value(key), FILE)
        is_choice = get_origin(known.annotation) is Literal or known.public_values
        if isinstance(value, bool | int | float) or is_choice:
            settings[key] = value
        elif get_args(known.annotation) == (float, ...):
            settings[key] = " ".join(f"{number:g}" for number in value)
    return settings


def facts_of(run: Run) -> dict[str, Fact]:
    """Returns what a run came to, by name; what it did not come to is not among them."""
    return {
        name: value
        for name, value in _facts(run)
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }


def _facts(run: Run) -> Iterator[tuple[str, Fact | None]]:
    yield "run", run.id
    yield "verdict", verdict(run)[1].name.lower()
    ingested = ingest_report(run)
    for split, counts in ingested.splits.items() if ingested else ():
        yield f"data/{split}/slices", counts.slices
        yield f"data/{split}/patients", counts.patients
    for name, value in read_searched(run) or ():
        yield f"tuned/{name}", value
    if rows := read_history(run):
        best = rows[best_epoch(rows)]
        yield "training", run.nodes["Trainer"].state
        yield "exported_epoch", best.epoch
        yield "exported_val_loss", best.val_loss
        yield "exported_val_binary_accuracy", best.val_binary_accuracy
    if evaluation := evaluation_report(run):
        yield "threshold", evaluation.operating_point.threshold
        for split, of_split in evaluation.splits.items():
            for unit, measured in of_split.by_unit().items():
                for name, metric in measured.metrics.items():
                    yield f"{split}/{unit}/{name}", metric.value
    yield "blessed", is_blessed(run)
    if pushed := pushed_artifact(run):
        yield "pushed_version", str(pushed.properties["pushed_destination"]).rpartition("/")[2]
