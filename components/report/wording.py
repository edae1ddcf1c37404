"""What the report calls things: metrics, reasons, splits."""

from typing import NamedTuple

from schemas import features
from schemas.accounts.evaluation import Figure

SPLIT_NAMES = {"train": "training", "val": "validation", "test": "test"}
JUDGED = tuple(reversed(features.SPLITS[1:]))  # splits that were not trained on, the untouched one first
UNITS = {"slices": "by slice", "patients": "by patient"}


class Metric(NamedTuple):
    """What a metric is called, what it tells, and whether less of it is better."""

    label: str
    meaning: str
    less_is_better: bool = False


METRICS = {
    "auc": Metric("AUC", "chance that a hemorrhage scores higher than a normal; 0.5 is guessing"),
    "sensitivity": Metric("Sensitivity", "share of the hemorrhages that are called one, at the threshold"),
    "specificity": Metric("Specificity", "share of the normals that are called normal, at the threshold"),
    "sensitivity_at_specificity": Metric(
        "Sensitivity at fixed specificity", "the best there is at the specificity that the gate names"
    ),
    "balanced_accuracy": Metric("Balanced accuracy", "mean of sensitivity and specificity"),
    "accuracy": Metric("Accuracy", "share called rightly, at the threshold"),
    "binary_accuracy": Metric("Accuracy at 0.5", "the same at a threshold of 0.5, as Keras defines it"),
    "average_precision": Metric("Average precision", "area under precision against recall"),
    "f1": Metric("F1", "harmonic mean of precision and sensitivity, at the threshold"),
    "ppv": Metric("Positive predictive value", "share of those called hemorrhage that are one"),
    "npv": Metric("Negative predictive value", "share of those called normal that are"),
    "brier": Metric("Brier score", "mean squared distance of score and label", less_is_better=True),
    "ece": Metric("Calibration error", "how far scores are from observed shares (ECE)", less_is_better=True),
    "log_loss": Metric("Log loss", "binary cross-entropy", less_is_better=True),
}

REASONS = {
    "blank": "no head in the picture",
    "dark": "darker than a brain window",
    "little_brain": "end of scan, little brain",
    "unreadable": "does not decode",
    "patient_in_two_splits": "patient in two splits",
    "identical_across_splits": "same picture in two splits",
    "alike_across_splits": "looks like a slice of another split",
    "conflicting_labels": "same picture with both labels",
}


def reason(name: str) -> str:
    """Returns a reason for leaving a slice out, in words."""
    return REASONS.get(name, name.replace("_", " "))


def metric(name: str) -> Metric:
    """Returns what is to be said of a metric, of one that is not known its own name."""
    return METRICS.get(name, Metric(name.replace("_", " "), ""))


def number(value: float | None, digits: int = 3) -> str:
    """Returns a figure for reading; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def interval(figure: Figure | None, digits: int = 3) -> str:
    """Returns the interval of a figure for reading; nothing where there is none."""
    if not figure or figure.low is None or figure.high is None:
        return ""
    return f"{figure.low:.{digits}f} to {figure.high:.{digits}f}"


def counted(number: int, one: str, many: str = "") -> str:
    """Returns a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
