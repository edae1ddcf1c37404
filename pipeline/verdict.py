"""What a run came to: in words, and as an exit status."""

import enum
from pathlib import Path

from pipeline.evaluation import OVERALL, blind_spots, read_failed_gates, read_metrics
from pipeline.layout import numbered
from pipeline.reports import pushed_artifact, read_warnings
from pipeline.runs import ArtifactRef, Run


class Status(enum.IntEnum):
    """Exit statuses of `ichor run`."""

    PUSHED = 0  # now, or before by an unchanged run
    FAILED = 1
    NOT_BLESSED = 3


def verdict(run: Run) -> tuple[str, Status]:
    """Returns the run's result for the terminal, warnings first, and its exit status."""
    text, status = _result(run)
    evaluation = run.output("Evaluator", "evaluation")
    blind = blind_spots(read_metrics(evaluation.path).get(OVERALL, {})) if evaluation else []
    warnings = [*read_warnings(run), *(f"the model is blind: {line}" for line in blind)]
    return "".join(f"WARNING: {warning}\n" for warning in warnings) + text, status


def is_blessed(run: Run) -> bool:
    """Returns whether the run's model passed its gates."""
    blessing = run.output("Evaluator", "blessing")
    return blessing is not None and blessing.properties.get("blessed") == 1


def _result(run: Run) -> tuple[str, Status]:
    evaluation = run.output("Evaluator", "evaluation")
    if evaluation is None:
        return "NO MODEL: the run did not come to an evaluation", Status.FAILED
    if not is_blessed(run):
        reasons = "; ".join(str(gate) for gate in read_failed_gates(evaluation.path))
        return f"NOT_BLESSED: {reasons}\nNothing was pushed.", Status.NOT_BLESSED
    pushed = pushed_artifact(run)
    if pushed is None:
        return "BLESSED, but the run did not come to pushing the model", Status.FAILED
    return _pushed(pushed, Path(pushed.properties["pushed_destination"]))


def _pushed(pushed: ArtifactRef, version: Path) -> tuple[str, Status]:
    if not (version / "saved_model.pb").is_file():
        return f"BLESSED, but {version} is gone; copy it back from {pushed.path}", Status.FAILED
    text = f"BLESSED; model pushed to {version}"
    newest = numbered(version.parent)[-1].name
    if newest != version.name:
        text += (
            f"\nIt was pushed by an earlier run. A later one pushed {newest}, which `ichor predict` takes; "
            f"for this one: ichor predict --model {version}"
        )
    return text, Status.PUSHED
