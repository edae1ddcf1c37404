"""What the report calls things: metrics, reasons, units."""

from components.metrics.catalogue import CATALOGUE, Metric
from schemas.accounts.evaluation import Figure

UNITS = {"slices": "by slice", "patients": "by patient"}


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
    """Returns what is to be said of a metric, of an unknown one its own name."""
    return CATALOGUE.get(name) or Metric(label=name.replace("_", " "))


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
