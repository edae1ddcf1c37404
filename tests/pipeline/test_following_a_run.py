"""What a tracking logs while a graph runs, and what its own failure does to the run: nothing."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest

from components.trainer.history import History
from pipeline.settings.loading import load
from pipeline.tracking import following
from pipeline.tracking.tracker import Fact
from schemas.history import Row

pytestmark = pytest.mark.tfx


class FakeTracker:
    """Keeps what is logged."""

    place = "here"

    def __init__(self, broken_at: int | None = None):
        self.epochs: list[int] = []
        self.ended: list[bool] = []
        self.broken_at = broken_at

    def epoch(self, row: Row) -> None:
        if row.epoch == self.broken_at:
            raise ConnectionError("the server is gone")
        self.epochs.append(row.epoch)

    def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
        self.ended.append(succeeded)


def train(folder: Path) -> None:
    history = History(str(folder), 2)
    for epoch in range(3):
        history.add(Row(epoch, 0.5, 0.5, 0.5, 0.5, "2026-01-02T03:04:05+00:00", 1.0))


def follow(monkeypatch: pytest.MonkeyPatch, *trackers: FakeTracker):
    monkeypatch.setattr(following, "_begun", lambda config: list(trackers))
    monkeypatch.setattr(following, "read_run", lambda layout: None)
    monkeypatch.setattr(following, "read_history", lambda run: [])
    monkeypatch.setattr(following, "facts_of", lambda run: {})
    return following.followed(load(environment={}).config)


def test_each_epoch_is_logged_as_it_ends_and_the_end_after_the_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tracker = FakeTracker()
    with follow(monkeypatch, tracker):
        train(tmp_path)
        assert (tracker.epochs, tracker.ended) == ([0, 1, 2], [])
    assert tracker.ended == [True]


def test_a_tracking_that_fails_is_left_behind_and_neither_the_run_nor_another_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    broken, sound = FakeTracker(broken_at=1), FakeTracker()
    with caplog.at_level(logging.WARNING, "ichor.tracking"), follow(monkeypatch, broken, sound):
        train(tmp_path)
    assert caplog.messages == ["FakeTracker: reporting stopped, the run goes on: the server is gone"]
    assert (broken.epochs, broken.ended) == ([0], [])
    assert (sound.epochs, sound.ended) == ([0, 1, 2], [True])


@pytest.mark.parametrize("reason", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_fails_or_is_interrupted_is_logged_as_such(monkeypatch: pytest.MonkeyPatch, reason: type):
    tracker = FakeTracker()
    with pytest.raises(reason), follow(monkeypatch, tracker):
        raise reason
    assert tracker.ended == [False]


def test_the_warning_of_a_tracking_that_fails_quotes_no_password(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    class Quoting(FakeTracker):
        def end(self, facts: Mapping[str, Fact], succeeded: bool) -> None:
            raise ConnectionError("no way to postgresql://ann:s3@cret@host/db, by ann@host")

    with caplog.at_level(logging.WARNING, "ichor.tracking"), follow(monkeypatch, Quoting()):
        pass
    assert caplog.messages == [
        "Quoting: reporting stopped, the run goes on: no way to postgresql://host/db, by ann@host"
    ]


def test_nothing_is_followed_by_default():
    config = load(environment={}).config
    assert following._begun(config) == []
