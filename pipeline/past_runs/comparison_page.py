"""Two runs compared, as one page that loads nothing from a network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from components.metrics.catalogue import CATALOGUE
from pipeline.past_runs.comparison import ComparedSplit, Comparison, OwnFigures, SharedFigures
from pipeline.terminal.tables import figure
from schemas.accounts.evaluation import Figure
from schemas.features import SPLIT_NAMES

__all__ = ["render", "surely_better"]

TEMPLATE = "comparison.html"
LEFT, RIGHT = 4.0, 236.0  # of a drawing, in its own units
LEAST_REACH = 0.05  # of the scale of differences: less would make a mountain of every thousandth


def render(comparison: Comparison) -> str:
    """Returns the page as HTML; runs stand under their ids, no folder and no patient is named.

    Args:
      comparison: Of two runs.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    blocks = [
        _block(split, unit, compared)
        for split, compared in comparison.splits.items()
        for unit in ("slices", "patients")
    ]
    return environment.get_template(TEMPLATE).render(
        comparison=comparison, blocks=blocks, headline=_headline(blocks)
    )


def surely_better(name: str, difference: Figure) -> str:
    """Returns the model, A or B, whose figure is better by an interval that leaves out zero, or nothing."""
    if difference.low is None or difference.high is None or difference.low <= 0 <= difference.high:
        return ""
    return "A" if (difference.low > 0) != CATALOGUE[name].lower_is_better else "B"


def _headline(blocks: list[dict[str, Any]]) -> str:
    """Says what the first block's AUC says, which no threshold touches."""
    if not blocks:
        return "Nothing to compare: the runs judged no split in common"
    (auc,) = [row for row in blocks[0]["rows"] if row["name"] == "auc"]
    where = f"by slice on the {blocks[0]['title'].lower()}"
    if auc["better"]:
        return f"{auc['better']} is surely better in AUC, {where}"
    return f"No sure difference in AUC, {where}"


def _block(split: str, unit: str, compared: ComparedSplit) -> dict[str, Any]:
    both = compared.both[unit]
    first, second = both.metrics
    differences = both.differences
    ends = (end for metric in differences.values() for end in (metric.low, metric.high, metric.value))
    far = [abs(end) for end in ends if end]
    reach = max([LEAST_REACH, *(value for value in far if value <= 1)])
    return {
        "title": f"{SPLIT_NAMES[split].capitalize()} split{', by patient' if unit == 'patients' else ''}",
        "counts": _counts(unit, both),
        "own": _own(compared.own, both.count) if unit == "slices" else "",
        "reach": f"{reach:.2f}",
        "rows": [
            {
                "name": name,
                "lower_is_better": CATALOGUE[name].lower_is_better,
                "texts": (figure(first[name]), figure(second[name]), figure(difference, signed=True)),
                "drawn": [_drawn("a", first[name], 11), _drawn("b", second[name], 27)],
                "difference": _placed(difference, -reach, reach),
                "better": surely_better(name, difference),
            }
            for name, difference in differences.items()
        ],
    }


def _counts(unit: str, both: SharedFigures) -> str:
    of = f"slices of {both.patients} patients that both scored" if unit == "slices" else "patients"
    return f"{both.count} {of}, {both.hemorrhages} with a hemorrhage."


def _own(own: Sequence[OwnFigures], shared: int) -> str:
    """Says what each model would be measured on by itself, where that differs."""
    if all(figures.count == shared for figures in own):
        return ""
    lines = (
        f"{letter} kept {figures.count}, AUC {figure(figures.metrics['auc'])}"
        for letter, figures in zip("AB", own, strict=True)
    )
    return f"Each on its own slices, which compares nothing: {'; '.join(lines)}."


def _drawn(kind: str, metric: Figure, y: int) -> dict[str, Any] | None:
    placed = _placed(metric, 0.0, 1.0)
    return placed and {**placed, "kind": kind, "y": y}


def _placed(metric: Figure, least: float, most: float) -> dict[str, Any] | None:
    """Returns where a figure and its interval lie in a drawing, or None where they do not fit into it."""
    ends = (metric.low, metric.value, metric.high)
    if metric.value is None or any(end is not None and not least <= end <= most for end in ends):
        return None
    low, x, high = (_place(end, least, most) for end in ends)
    return {"x": x, "low": low, "high": high}


def _place(value: float | None, least: float, most: float) -> float | None:
    return None if value is None else round(LEFT + (value - least) / (most - least) * (RIGHT - LEFT), 1)
