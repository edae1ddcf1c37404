"""What a model does not know at all, from the figures of its evaluation: more than a number has to say so."""

from schemas.accounts.evaluation import Metrics

__all__ = ["blind_spots"]

COIN = 0.5  # the AUC of guessing


def blind_spots(metrics: Metrics) -> list[str]:
    """Returns a line for each thing that a model does not know.

    Args:
      metrics: Of the slices of the validation split, as `evaluation.json` has them; may be empty.
    """
    lines = []
    if _value(metrics, "sensitivity") == 0:
        lines.append("it finds no hemorrhage at its operating threshold")
    if _value(metrics, "specificity") == 0:
        lines.append("it calls everything a hemorrhage at its operating threshold")
    auc = metrics.get("auc")
    if auc and auc.value is not None:
        surely = auc.value if auc.low is None else auc.low
        if surely <= COIN:
            interval = "" if auc.low is None else f" ({auc.low:.3f} to {auc.high:.3f})"
            lines.append(f"its auc {auc.value:.3f}{interval} on validation may be that of a coin, {COIN:g}")
    return lines


def _value(metrics: Metrics, name: str) -> float | None:
    return metrics[name].value if name in metrics else None
