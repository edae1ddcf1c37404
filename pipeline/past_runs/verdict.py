"""What a run came to: in words, and as an exit status."""

import enum
from pathlib import Path

from components.metrics.blindness import blind_spots
from components.model_gate.gates import EVALUATOR, tell_gate
from pipeline import exit_codes
from pipeline.past_runs.accounts import evaluation_report, pushed_artifact, read_warnings
from pipeline.past_runs.history import ArtifactRef, Run
from pipeline.past_runs.tfma_results import read_failed_gates
from pipeline.settings.layout import numbered
from schemas.features import VAL

__all__ = ["Status", "is_blessed", "verdict"]


class Status(enum.IntEnum):
    """Exit statuses of `ichor run`."""

    PUSHED = exit_codes.OK  # now, or before by an unchanged run
    FAILED = exit_codes.ERROR
    NOT_BLESSED = exit_codes.NOT_BLESSED


def verdict(run: Run) -> tuple[str, Status]:
    """Returns the run's result for the terminal, warnings first, and its exit status."""
    text, status = _result(run)
    account = evaluation_report(run)
    blind = blind_spots(account.splits[VAL].slices.metrics) if account and VAL in account.splits else []
    warnings = [*read_warnings(run), *(f"the model is blind: {line}" for line in blind)]
    return "".join(f"WARNING: {warning}\n" for warning in warnings) + text, status


def is_blessed(run: Run) -> bool:
    """Returns whether the run's model passed its gates."""
    blessing = run.output("ModelGate", "blessing")
    return blessing is not None and blessing.properties.get("blessed") == 1


def _result(run: Run) -> tuple[str, Status]:
    if not evaluation_report(run):
        return "NO MODEL: the run did not come to an evaluation", Status.FAILED
    if not is_blessed(run):
        return f"NOT_BLESSED: {'; '.join(failed_gates(run))}\nNothing was pushed.", Status.NOT_BLESSED
    pushed = pushed_artifact(run)
    if pushed is None:
        return "BLESSED, but the run did not come to pushing the model", Status.FAILED
    return _pushed(pushed, Path(pushed.properties["pushed_destination"]))


def failed_gates(run: Run) -> list[str]:
    """Returns a line for each gate that a run's model did not pass, with value and bound."""
    account = evaluation_report(run)
    failed = [row for row in account.gates if not row.passed] if account else []
    lines = [tell_gate(row) for row in failed]
    evaluation = run.output("Evaluator", "evaluation")
    if any(row.gate == EVALUATOR for row in failed) and evaluation:
        lines += [str(gate) for gate in read_failed_gates(evaluation.path)]
    return lines


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
