"""Rows of the page's tables."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from components.report.wording import METRICS, UNITS

SCALE = 100  # width of a headline's little scale


class Column(NamedTuple):
    """One column of the table of metrics."""

    split: str
    unit: str
    metrics: Mapping[str, Any]


def metric_columns(evaluation: Mapping[str, Any]) -> list[Column]:
    """Returns a column for each split and unit, the untouched split first."""
    order = [name for name in ("test", "val", "train") if name in evaluation["splits"]]
    return [
        Column(name, unit, evaluation["splits"][name][unit]["metrics"]) for name in order for unit in UNITS
    ]


def metric_rows(columns: Sequence[Column]) -> list[str]:
    """Returns the metrics that any column has, known ones first."""
    there = {name for column in columns for name in column.metrics}
    return [*(name for name in METRICS if name in there), *sorted(there - METRICS.keys())]


def matrix(unit: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, int, float]]]]:
    """Returns a confusion matrix: a row a label, its cells as what is called, how many, share of the row."""
    counts = unit["confusion"]
    rows = []
    for label, cells in (
        ("hemorrhage", (("hemorrhage", "true_positive"), ("normal", "false_negative"))),
        ("normal", (("hemorrhage", "false_positive"), ("normal", "true_negative"))),
    ):
        total = sum(counts[key] for _, key in cells)
        rows.append(
            (label, [(called, counts[key], counts[key] / total if total else 0.0) for called, key in cells])
        )
    return rows


def by_group(settings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yields the settings of each group of them."""
    for group, rows in groupby(settings, key=lambda row: row["key"].split(".")[0]):
        yield group, list(rows)


def changed(settings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the settings that are not at their default."""
    return [row for row in settings if row["value"] != row["default"]]


def by_section(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yields the items of each section of a checklist."""
    for section, rows in groupby(items, key=lambda row: row["section"]):
        yield section, list(rows)
