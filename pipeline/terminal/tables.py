"""Tables and figures on the terminal."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.terminal.console import shown
from schemas.accounts.evaluation import Figure

__all__ = ["figure", "table"]


def table(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """Yields a table's lines: the first column to the left, the others to the right."""
    cells = [[shown(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        _, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join([row[0].ljust(widths[0]), *rest])


def figure(metric: Figure, *, signed: bool = False) -> str:
    """Returns a figure of an account with its interval, or "-" where there is none.

    Args:
      metric: The figure.
      signed: Show a plus too, as of a difference.
    """
    if metric.value is None:
        return "-"
    sign = "+" if signed else ""
    interval = "" if metric.low is None else f" ({metric.low:{sign}.3f} to {metric.high:{sign}.3f})"
    return f"{metric.value:{sign}.3f}{interval}"
