"""What the nodes of a run left behind, read without TensorFlow."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.runs import ArtifactRef, Run


def is_blessed(run: Run) -> bool:
    """Returns whether the run's model passed its gates."""
    blessing = run.output("Evaluator", "blessing")
    return blessing is not None and blessing.properties.get("blessed") == 1


def pushed_version(run: Run) -> Path | None:
    """Returns the numbered folder that the run's model was pushed to, if it was."""
    pushed = run.output("Pusher", "pushed_model")
    if pushed is None or pushed.properties.get("pushed") != 1:
        return None
    return Path(pushed.properties["pushed_destination"])


def read_report(artifact: ArtifactRef | None, name: str) -> Mapping[str, Any]:
    """Returns a JSON file of a report artifact, or nothing where it is not there."""
    if artifact is None or not (artifact.path / name).is_file():
        return {}
    return json.loads((artifact.path / name).read_text(encoding="utf-8"))


def read_warnings(run: Run) -> list[str]:
    """Returns what SliceExampleGen warned of: a run's numbers are to be read with it."""
    return list(read_report(run.output("SliceExampleGen", "report"), "ingest.json").get("warnings", ()))


def read_history(run: Run) -> list[dict[str, float]]:
    """Returns the rows of history.csv as numbers; the one of epoch 0 was measured before training."""
    model_run = run.output("Trainer", "model_run")
    if model_run is None or not (model_run.path / "history.csv").is_file():
        return []
    with (model_run.path / "history.csv").open(newline="", encoding="utf-8") as file:
        return [
            {k: float(v) for k, v in row.items() if k != "timestamp" and v} for row in csv.DictReader(file)
        ]


def best_epoch(history: list[dict[str, float]]) -> dict[str, float]:
    """Returns the row of the exported epoch: the lowest validation loss after training began."""
    return min((row for row in history if row["epoch"] > 0), key=lambda row: row["val_loss"])
