"""Follows a run on KFP until it ends: a line for each change of a step."""

import dataclasses
import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.kubeflow.access import KubeflowError
from pipeline.kubeflow.answers import one_line
from pipeline.kubeflow.client import NotThereError
from pipeline.kubeflow.steps import ENDED, FAILED, Step, steps_of, word
from pipeline.terminal.console import NAME_WIDTH

__all__ = ["Outcome", "Pace", "follow"]

STATE_WIDTH = 10


@dataclasses.dataclass(frozen=True)
class Pace:
    """How often and how long a run is looked at.

    Attributes:
      poll: Time from one look to the next, s.
      patience: Time without an answer after which it is given up, s.
      timeout: Time after which it is given up in any case, s; None for never.
      clock: Seconds that only grow.
      sleep: Waits for seconds.
    """

    poll: float
    patience: float
    timeout: float | None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How following a run ended.

    Attributes:
      state: The run's, as last reported; empty if nothing was reported.
      steps: As last reported, by name.
      message: The run's own error; empty for none.
      given_up: Why it is not known how the run ends; empty if it has ended.
    """

    state: str
    steps: Mapping[str, Step]
    message: str
    given_up: str


def follow(
    look: Callable[[], Any], names: Sequence[str], say: Callable[[str], None], pace: Pace, secret: str
) -> Outcome:
    """Follows a run.

    Args:
      look: Fetches the run, a V2beta1Run; may raise KubeflowError, which is tolerated for a while.
      names: Of the graph's steps.
      say: Takes a line for a person.
      pace: How often and how long.
      secret: Token that is not to be shown.
    """
    began = pace.clock()
    silent_since: float | None = None
    tries = 0
    latest = Outcome("", {}, "", "")
    while True:
        given_up = ""
        try:
            run = look()
        except NotThereError as error:
            return dataclasses.replace(latest, given_up=f"the run is there no longer ({error})")
        except KubeflowError as error:
            now = pace.clock()
            silent_since = now if silent_since is None else silent_since
            left = silent_since + pace.patience - now
            if left <= 0:
                given_up = f"no answer for {now - silent_since:.0f} s: {error}"
            wait = min(pace.poll * 2**tries, max(left, 0))
            tries += 1
            if not given_up:
                say(f"no answer, trying again in {wait:.0f} s; the run goes on ({error})")
        else:
            if silent_since is not None:
                say("the server answers again")
            silent_since, tries, wait = None, 0, pace.poll
            latest = _next_outcome(run, names, latest, say, secret)
            if latest.state in ENDED:
                return latest
        if pace.timeout is not None:
            left = began + pace.timeout - pace.clock()
            wait = min(wait, max(left, 0))
            if left <= 0:
                given_up = given_up or f"it has not ended after {pace.timeout:g} s"
        if given_up:
            return dataclasses.replace(latest, given_up=given_up)
        pace.sleep(wait)


def _next_outcome(
    run: Any, names: Sequence[str], before: Outcome, say: Callable[[str], None], secret: str
) -> Outcome:
    steps = {
        step.name: dataclasses.replace(
            step, message=one_line(step.message, secret).removeprefix(f"ichor: {step.name}: ")
        )
        for step in steps_of(run, names).values()
    }
    for step in steps.values():
        old = before.steps.get(step.name)
        if old is None or (old.state, old.attempt) != (step.state, step.attempt):
            say(_line(step))
    error = run.error.message if run.error and run.error.message else ""
    return Outcome(run.state or "", {**before.steps, **steps}, one_line(error, secret), "")


def _line(step: Step) -> str:
    moment = step.ended or step.started or datetime.datetime.now(datetime.UTC)
    line = f"{moment.astimezone():%H:%M:%S}  {step.name:<{NAME_WIDTH}}  {word(step.state):<{STATE_WIDTH}}"
    if step.seconds is not None:
        line += f" {step.seconds:6.0f} s"
    if step.attempt > 1:
        line += f"  attempt {step.attempt}"
    if step.state == FAILED and step.message:
        line += f"  {step.message}"
    return line.rstrip()
