from collections.abc import Callable, Iterator

import pytest

from pipeline.kubeflow.access import access
from pipeline.kubeflow.client import Client
from pipeline.kubeflow.follow import Outcome, Pace, follow
from tests.kubeflow_api.server import Fault, Kfp
from tests.kubeflow_api.story import look, step

pytestmark = pytest.mark.numpy

AWAY = Fault()
BUSY = Fault(503, "<html>upstream connect error</html>", "text/html")


class Time:
    """A clock that moves by waiting alone, and what happens while somebody waits."""

    def __init__(self, events: Iterator[Callable[[], None]]):
        self.now = 1000.0
        self.waits: list[float] = []
        self._events = events

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        next(self._events, lambda: None)()


def followed(
    kfp: Kfp, *events: Callable[[], None], patience: float = 900, timeout: float | None = None
) -> tuple[Outcome, list[str], list[float]]:
    """Returns how following a run ended, what was said, and the waits."""
    time = Time(iter(events))
    client = Client(access(kfp.url, "", "", True, 5))
    said: list[str] = []
    outcome = follow(
        lambda: client.call(client.runs.run_service_get_run, "r1"),
        ["Ingest", "Trainer"],
        said.append,
        Pace(10, patience, timeout, lambda: time.now, time.sleep),
        "",
    )
    return outcome, said, time.waits


@pytest.fixture
def running(kfp: Kfp) -> Kfp:
    kfp.state.runs["r1"] = {"run_id": "r1", **look("RUNNING", step("Ingest", "RUNNING", 1))}
    return kfp


def test_a_server_that_is_away_for_a_while_is_tried_again_with_longer_waits(running: Kfp):
    def away() -> None:
        running.faults += [AWAY, BUSY, AWAY]

    def done() -> None:
        running.state.story = [look("SUCCEEDED", step("Ingest", "SUCCEEDED", 1, 9))]

    nothing = (lambda: None,) * 3
    outcome, said, waits = followed(running, away, *nothing[:2], done)
    assert (outcome.state, outcome.given_up) == ("SUCCEEDED", "")
    assert waits == [10, 10, 20, 40]
    host = running.url
    assert said[1:-1] == [
        f"no answer, trying again in 10 s; the run goes on ({host}: broke the connection off)",
        f"no answer, trying again in 20 s; the run goes on ({host}: answered 503 Service Unavailable "
        "with a web page)",
        f"no answer, trying again in 40 s; the run goes on ({host}: broke the connection off)",
        "the server answers again",
    ]


def test_after_an_answer_the_waits_begin_anew(running: Kfp):
    def away() -> None:
        running.faults += [AWAY]

    def done() -> None:
        running.state.story = [look("SUCCEEDED")]

    _, _, waits = followed(running, away, lambda: None, away, done)
    assert waits == [10, 10, 10, 10]


def test_a_server_that_stays_away_is_given_up_after_the_patience_and_its_last_answer_stays(running: Kfp):
    def away() -> None:
        running.faults += [AWAY] * 99

    outcome, _, waits = followed(running, away, patience=100)
    assert waits == [10, 10, 20, 40, 30]  # and 30 is what is left of 100
    assert outcome.given_up == f"no answer for 100 s: {running.url}: broke the connection off"
    assert (outcome.state, outcome.steps["Ingest"].state) == ("RUNNING", "RUNNING")


def test_a_timeout_also_ends_the_wait_for_a_server_that_is_away(running: Kfp):
    def away() -> None:
        running.faults += [AWAY] * 99

    outcome, _, waits = followed(running, away, timeout=35)
    assert waits == [10, 10, 15]
    assert outcome.given_up == "it has not ended after 35 s"


def test_a_run_that_goes_on_is_looked_at_at_the_same_pace(running: Kfp):
    outcome, said, waits = followed(running, timeout=45)
    assert waits == [10, 10, 10, 10, 5]
    assert (len(said), outcome.state) == (1, "RUNNING")
