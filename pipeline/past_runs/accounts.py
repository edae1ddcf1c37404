"""What the nodes of a run left behind."""

import json
from pathlib import Path
from typing import TypeVar

from pipeline.past_runs.history import ArtifactRef, Run
from schemas import accounts
from schemas.accounts import REPORT_PAGE
from schemas.accounts.account import Account
from schemas.accounts.evaluation import EvaluationAccount
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.leakage import LeakageAccount
from schemas.accounts.slice_filter import FilterAccount
from schemas.history import HISTORY_FILE, Row, from_csv
from schemas.hyperparameters import (
    HYPERPARAMETERS_FILE,
    TRIALS_FILE,
    TUNER,
    Hyperparameters,
    HyperparametersAccount,
    Trial,
)

__all__ = [
    "evaluation_report",
    "filter_report",
    "ingest_report",
    "leakage_report",
    "pushed_artifact",
    "read_history",
    "read_searched",
    "read_trials",
    "report_page",
]

AccountOf = TypeVar("AccountOf", bound=Account)


def ingest_report(run: Run) -> IngestAccount | None:
    """Returns SliceExampleGen's account; None where the run did not come so far."""
    return _read(IngestAccount, run.output("SliceExampleGen", "report"), accounts.INGEST_FILE)


def filter_report(run: Run) -> FilterAccount | None:
    """Returns SliceFilter's account; None where the run did not come so far."""
    return _read(FilterAccount, run.output("SliceFilter", "report"), accounts.FILTER_FILE)


def leakage_report(run: Run) -> LeakageAccount | None:
    """Returns LeakageGate's account; None where the run did not come so far."""
    return _read(LeakageAccount, run.output("LeakageGate", "report"), accounts.LEAKAGE_FILE)


def evaluation_report(run: Run) -> EvaluationAccount | None:
    """Returns ModelGate's account; None where the run did not come so far."""
    return _read(EvaluationAccount, run.output("ModelGate", "evaluation"), accounts.EVALUATION_FILE)


def read_warnings(run: Run) -> list[str]:
    """Returns what SliceExampleGen and LeakageGate warned of: a run's numbers are to be read with it."""
    reports = (ingest_report(run), leakage_report(run))
    return [warning for report in reports if report for warning in report.warnings]


def read_history(run: Run) -> list[Row]:
    """Returns the rows of the training's table; empty where the run did not come so far."""
    model_run = run.output("Trainer", "model_run")
    if model_run is None or not (model_run.path / HISTORY_FILE).is_file():
        return []
    return from_csv((model_run.path / HISTORY_FILE).read_text(encoding="utf-8"))


def read_searched(run: Run) -> Hyperparameters | None:
    """Returns what a search chose for the training; None where the settings did."""
    trained = _read(HyperparametersAccount, run.output("Trainer", "model_run"), HYPERPARAMETERS_FILE)
    return trained.values if trained and trained.chosen_by == TUNER else None


def read_trials(run: Run) -> list[Trial]:
    """Returns what each trial of a search drew and came to, the best first; empty without a search."""
    results = run.output("Tuner", "tuner_results")
    if results is None or not (results.path / TRIALS_FILE).is_file():
        return []
    trials = json.loads((results.path / TRIALS_FILE).read_text(encoding="utf-8"))
    return [Trial(**{name: float(trial[name]) for name in Trial.model_fields}) for trial in trials]


def report_page(run: Run) -> Path | None:
    """Returns where the run's report lies, or None where there is none, or none any more."""
    report = run.output("Report", "report")
    page = report.path / REPORT_PAGE if report else None
    return page if page and page.is_file() else None


def pushed_artifact(run: Run) -> ArtifactRef | None:
    """Returns Pusher's output where it pushed the model, now or in the run that it is cached from."""
    pushed = run.output("Pusher", "pushed_model")
    return pushed if pushed is not None and pushed.properties.get("pushed") == 1 else None


def _read(kind: type[AccountOf], artifact: ArtifactRef | None, name: str) -> AccountOf | None:
    """Reads an account where there is one; AccountError says why one cannot be read."""
    if artifact is None or not (artifact.path / name).is_file():
        return None
    file = artifact.path / name
    return kind.from_json(file.read_bytes(), str(file))
