"""Subgroups as a forest plot: a row each, its counts, and its metrics with intervals drawn to one scale."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from components.metrics.catalogue import CATALOGUE, HEADLINES
from components.report.wording import interval, metric, number
from schemas.accounts.evaluation import EvaluatedSplit, Figure, MeasuredSubgroup, Metrics

SHOWN = sorted(HEADLINES, key=lambda name: not CATALOGUE[name].at_threshold)  # those at the threshold first
WIDTH, HEIGHT, MARGIN = 160, 26, 6  # pixels of a row's drawing
MOST_ROWS = 200  # a page stays readable
NO_FIGURE = Figure(value=None, low=None, high=None, left_out=0)


class Cell(NamedTuple):
    """A metric of a subgroup: drawn, and as text."""

    drawing: Markup
    value: str
    interval: str


class Group(NamedTuple):
    """A row of the plot; no `cells` for a group too small, `against_normals` for one of a subtype."""

    column: str
    value: str
    slices: int
    patients: int
    hemorrhages: int
    against_normals: bool
    cells: Sequence[Cell]


def groups(split: EvaluatedSplit) -> list[Group]:
    """Returns the rows of a split, that of all slices first."""
    overall = split.slices
    everything = MeasuredSubgroup(
        column="all",
        value="all slices",
        slices=overall.count,
        patients=overall.patients,
        hemorrhages=overall.hemorrhages,
        all_normals=False,
        metrics=overall.metrics,
    )
    rows = [everything, *split.subgroups][: MOST_ROWS + 1]
    return [
        Group(
            column=row.column,
            value=row.value,
            slices=row.slices,
            patients=row.patients,
            hemorrhages=row.hemorrhages,
            against_normals=row.all_normals,
            cells=[_cell(name, row.metrics, overall.metrics) for name in SHOWN] if row.metrics else [],
        )
        for row in rows
    ]


def gaps(split: EvaluatedSplit) -> list[str]:
    """Returns in words how far subgroups are apart, the widest gap first."""
    lines = []
    for gap in sorted(split.largest_gaps, key=lambda gap: -(gap.gap or 0)):
        high, low = gap.highest, gap.lowest
        lines.append(
            f"{metric(gap.metric).label} by {gap.column.replace('_', ' ')}: {number(gap.gap)} between "
            f"{high.value} ({number(high.figure)}) and {low.value} ({number(low.figure)})"
            + ("; their intervals overlap" if gap.intervals_overlap else "")
        )
    return lines


def _cell(name: str, metrics: Metrics, overall: Metrics) -> Cell:
    figure, reference = metrics.get(name, NO_FIGURE), overall.get(name, NO_FIGURE)
    return Cell(_draw(name, figure, reference), number(figure.value), interval(figure))


def _draw(name: str, figure: Figure, reference: Figure) -> Markup:
    middle = HEIGHT / 2
    parts = [f'<path class="axis" d="M{_at(0)} {middle}H{_at(1)}"/>']
    if reference.low is not None and reference.high is not None:
        left, right = _at(reference.low), _at(reference.high)
        parts.append(
            f'<rect class="all" x="{left}" y="0" width="{max(right - left, 1):.1f}" height="{HEIGHT}"/>'
        )
    label = f"{metric(name).label}: {number(figure.value)} {interval(figure)}".strip()
    if figure.value is not None:
        if figure.low is not None and figure.high is not None:
            left, right = _at(figure.low), _at(figure.high)
            parts.append(
                f'<path class="whisker" d="M{left} {middle}H{right}M{left} {middle - 4}v8'
                f'M{right} {middle - 4}v8"/>'
            )
        x = _at(figure.value)
        parts.append(f'<path class="point" d="M{x - 5:.1f} {middle}l5 -5l5 5l-5 5z"/>')
    return Markup(
        f'<svg class="forest" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _at(value: float) -> float:
    return round(MARGIN + value * (WIDTH - 2 * MARGIN), 1)
