"""Rows of the page's tables."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from components.metrics.catalogue import CATALOGUE, in_report_order
from schemas.accounts.evaluation import EvaluationAccount, Measured, Metrics
from schemas.accounts.report import ChecklistItem, Setting
from schemas.features import SPLITS

SCALE = 100  # width of a headline's little scale


class Column(NamedTuple):
    """One column of the table of metrics."""

    split: str
    unit: str
    metrics: Metrics


def metric_columns(evaluation: EvaluationAccount) -> list[Column]:
    """Returns a column for each split and unit, the untouched split first."""
    order = [name for name in reversed(SPLITS) if name in evaluation.splits]
    return [
        Column(name, unit, measured.metrics)
        for name in order
        for unit, measured in evaluation.splits[name].by_unit().items()
    ]


def metric_rows(columns: Sequence[Column]) -> list[str]:
    """Returns the metrics that any column has, known ones first."""
    there = {name for column in columns for name in column.metrics}
    return [*(name for name in in_report_order() if name in there), *sorted(there - CATALOGUE.keys())]


def matrix(unit: Measured) -> list[tuple[str, list[tuple[str, int, float]]]]:
    """Returns a confusion matrix: a row a label, its cells as what is called, how many, share of the row."""
    counts = unit.confusion
    rows = []
    for label, cells in (
        ("hemorrhage", (("hemorrhage", counts.true_positive), ("normal", counts.false_negative))),
        ("normal", (("hemorrhage", counts.false_positive), ("normal", counts.true_negative))),
    ):
        total = sum(count for _, count in cells)
        rows.append((label, [(called, count, count / total if total else 0.0) for called, count in cells]))
    return rows


def by_group(settings: Sequence[Setting]) -> Iterator[tuple[str, list[Setting]]]:
    """Yields the settings of each group of them."""
    for group, rows in groupby(settings, key=lambda row: row.key.split(".")[0]):
        yield group, list(rows)


def changed(settings: Sequence[Setting]) -> list[Setting]:
    """Returns the settings that are not at their default."""
    return [row for row in settings if row.value != row.default]


def by_section(items: Sequence[ChecklistItem]) -> Iterator[tuple[str, list[ChecklistItem]]]:
    """Yields the items of each section of a checklist."""
    for section, rows in groupby(items, key=lambda row: row.section):
        yield section, list(rows)
