"""What is printed of a run on KFP that has been followed to its end."""

import dataclasses
from typing import Any

from pipeline.kubeflow.follow import Outcome
from pipeline.kubeflow.steps import CACHED, CANCELED, ENDED, FAILED, Step, word
from pipeline.kubeflow.submit import Submitted

__all__ = ["as_json", "summary", "trouble"]


def summary(outcome: Outcome) -> str:
    """Returns one line: how the run ended, how many steps, how long."""
    steps = outcome.steps.values()
    counts = ", ".join(
        f"{count} {word(state)}"
        for state in (CACHED, FAILED, CANCELED)
        if (count := sum(step.state == state for step in steps))
    )
    if not steps:
        return f"{word(outcome.state)}; KFP lists no steps"
    number = "1 step" if len(steps) == 1 else f"{len(steps)} steps"
    text = f"{word(outcome.state)}: {number}{f', {counts}' if counts else ''}"
    starts = [step.started for step in steps if step.started]
    ends = [step.ended for step in steps if step.ended]
    if starts and ends:
        text += f", {(max(ends) - min(starts)).total_seconds():.0f} s"
    return text


def trouble(outcome: Outcome, link: str) -> str:
    """Returns one line: at which step a run stopped, and why."""
    failed = [step for step in outcome.steps.values() if step.state == FAILED]
    if outcome.state == FAILED and failed:
        first = min(failed, key=_ending)
        others = (
            f" (and {', '.join(step.name for step in failed if step != first)})" if len(failed) > 1 else ""
        )
        why = first.message or outcome.message or f"KFP has no message; see its log at {link}"
        return f"the run failed at {first.name}{others}: {why}"
    if outcome.state == FAILED:
        return f"the run failed: {outcome.message or f'KFP has no message; see {link}'}"
    unfinished = [
        step.name for step in outcome.steps.values() if step.state not in ENDED or step.state == CANCELED
    ]
    at = f" at {', '.join(unfinished)}" if unfinished else ""
    return f"the run was {word(outcome.state)}{at}{f': {outcome.message}' if outcome.message else ''}"


def as_json(submitted: Submitted, outcome: Outcome) -> dict[str, Any]:
    """Returns all of it for a program to read."""
    return {
        **dataclasses.asdict(submitted),
        "state": word(outcome.state) if not outcome.given_up else "unknown",
        "message": outcome.given_up or outcome.message,
        "steps": {name: _step(step) for name, step in outcome.steps.items()},
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "state": word(step.state),
        "seconds": step.seconds,
        "attempts": step.attempt,
        "message": step.message,
    }


def _ending(step: Step) -> float:
    return step.ended.timestamp() if step.ended else float("inf")
