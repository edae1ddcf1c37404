"""Follows a run of the graph on this machine and reports it to trackings.

It stands beside the graph: no node gets a setting of it, so switching it on trains nothing anew, and
a training that is served from cache is reported from its table.
"""

import contextlib
import datetime
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from components.trainer.history import heard_by
from pipeline.past_runs.accounts import read_history
from pipeline.past_runs.history import read_run
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout, absolute
from pipeline.tracking.mlflow_run import MlflowRun
from pipeline.tracking.packages import require_packages
from pipeline.tracking.tracker import Tracker, without_user
from pipeline.tracking.values import facts_of, settings_of
from pipeline.tracking.wandb_run import WandbRun
from schemas.history import Row

__all__ = ["followed"]

log = logging.getLogger("ichor.tracking")


@contextlib.contextmanager
def followed(config: Config) -> Iterator[None]:
    """Logs what runs inside the context; does nothing where no tracking is on.

    Raises:
      ConfigError: A package is missing.
    """
    require_packages(config.tracking)
    trackers = _begun(config)
    if not trackers:
        yield
        return
    rows: list[Row] = []

    def log_epoch(row: Row) -> None:
        rows.append(row)
        _report(trackers, lambda tracker: tracker.epoch(row))

    try:
        with heard_by(log_epoch):
            yield
    except BaseException:
        _report(trackers, lambda tracker: tracker.end({}, succeeded=False))
        raise
    run = read_run(Layout.of(config.run))
    for row in read_history(run) if not rows else ():
        _report(trackers, lambda tracker, row=row: tracker.epoch(row))  # type: ignore[misc]
    facts = facts_of(run)
    _report(trackers, lambda tracker: tracker.end(facts, succeeded=True))


def _begun(config: Config) -> list[Tracker]:
    params = config.tracking
    folder = Layout.of(config.run).root / "tracking"
    name = f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}"
    settings = settings_of(config)
    trackers: list[Tracker] = []
    if params.wandb:
        trackers.append(WandbRun(params.project, name, settings, params.wandb_mode, folder))
    if params.mlflow:
        uri = params.mlflow_uri if "://" in params.mlflow_uri else _folder_uri(params.mlflow_uri)
        trackers.append(MlflowRun(params.project, name, settings, uri, folder / "mlflow"))
    for tracker in trackers:
        log.info("%s", tracker.place)
    return trackers


def _folder_uri(path: str) -> str:
    return Path(absolute(path)).as_uri() if path else ""


def _report(trackers: list[Tracker], what: Callable[[Tracker], None]) -> None:
    """Calls each tracker; a tracking that fails is no reason to lose a training."""
    for tracker in list(trackers):
        try:
            what(tracker)
        except Exception as error:
            why = without_user(str(error))
            log.warning("%s: reporting stopped, the run goes on: %s", type(tracker).__name__, why)
            trackers.remove(tracker)
