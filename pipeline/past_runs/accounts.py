"""What the nodes of a run left behind."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.past_runs.history import ArtifactRef, Run
from schemas import accounts
from schemas.accounts import REPORT_PAGE
from schemas.history import HISTORY_FILE, Row, from_csv
from schemas.hyperparameters import HYPERPARAMETERS_FILE, SEARCHED, TRIALS_FILE, TUNER


def ingest_report(run: Run) -> Mapping[str, Any]:
    """Returns SliceExampleGen's report; empty where the run did not come so far."""
    return _json(run.output("SliceExampleGen", "report"), accounts.INGEST_FILE)


def filter_report(run: Run) -> Mapping[str, Any]:
    """Returns SliceFilter's report; empty where the run did not come so far."""
    return _json(run.output("SliceFilter", "report"), accounts.FILTER_FILE)


def leakage_report(run: Run) -> Mapping[str, Any]:
    """Returns LeakageGate's report; empty where the run did not come so far."""
    return _json(run.output("LeakageGate", "report"), accounts.LEAKAGE_FILE)


def evaluation_report(run: Run) -> Mapping[str, Any]:
    """Returns ModelGate's `evaluation.json`; empty where the run did not come so far."""
    return _json(run.output("ModelGate", "evaluation"), accounts.EVALUATION_FILE)


def read_warnings(run: Run) -> list[str]:
    """Returns what SliceExampleGen and LeakageGate warned of: a run's numbers are to be read with it."""
    reports = (ingest_report(run), leakage_report(run))
    return [warning for report in reports for warning in report.get("warnings", ())]


def read_history(run: Run) -> list[Row]:
    """Returns the rows of the training's table; empty where the run did not come so far."""
    model_run = run.output("Trainer", "model_run")
    if model_run is None or not (model_run.path / HISTORY_FILE).is_file():
        return []
    return from_csv((model_run.path / HISTORY_FILE).read_text(encoding="utf-8"))


def read_found(run: Run) -> Mapping[str, float]:
    """Returns what a search chose for the training, by name; empty where the settings did."""
    trained = _json(run.output("Trainer", "model_run"), HYPERPARAMETERS_FILE)
    return trained["values"] if trained.get("from") == TUNER else {}


def read_trials(run: Run) -> list[Mapping[str, float]]:
    """Returns what each trial of a search drew and its "score", the best first; empty without a search."""
    results = run.output("Tuner", "tuner_results")
    if results is None or not (results.path / TRIALS_FILE).is_file():
        return []
    trials = json.loads((results.path / TRIALS_FILE).read_text(encoding="utf-8"))
    return [{name: float(trial[name]) for name in (*SEARCHED, "score")} for trial in trials]


def report_page(run: Run) -> Path | None:
    """Returns where the run's report lies, or None where there is none, or none any more."""
    report = run.output("Report", "report")
    page = report.path / REPORT_PAGE if report else None
    return page if page and page.is_file() else None


def pushed_artifact(run: Run) -> ArtifactRef | None:
    """Returns Pusher's output where it pushed the model, now or in the run that it is cached from."""
    pushed = run.output("Pusher", "pushed_model")
    return pushed if pushed is not None and pushed.properties.get("pushed") == 1 else None


def _json(artifact: ArtifactRef | None, name: str) -> Mapping[str, Any]:
    if artifact is None or not (artifact.path / name).is_file():
        return {}
    return dict(json.loads((artifact.path / name).read_text(encoding="utf-8")))
