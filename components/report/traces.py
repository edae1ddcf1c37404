"""Parts of plots, as plotly takes them."""

from collections.abc import Iterable, Sequence
from typing import Any

from schemas.accounts.evaluation import CalibrationBin, Figure

Chart = dict[str, Any]
HEIGHT = 340  # pixels


def chart(
    ident: str, title: str, caption: str, traces: list[dict[str, Any]], layout: dict[str, Any]
) -> Chart:
    """Returns a plot with its place in the page, its title, and what it shows in words."""
    return {
        "id": ident,
        "title": title,
        "caption": caption,
        "data": traces,
        "layout": layout,
        "height": HEIGHT,
    }


def line(x: Sequence, y: Sequence, name: str, colour: str, dash: str, width: float = 2.5) -> dict[str, Any]:
    """Returns a line through points."""
    style = {"color": colour, "dash": dash, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": style}


def band(x: Sequence, low: Sequence, high: Sequence, colour: str) -> dict[str, Any]:
    """Returns the area between two lines."""
    return {
        "type": "scatter", "mode": "lines", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)],
        "fill": "toself", "fillcolor": colour, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "name": "interval",
    }  # fmt: skip


def bars(points: Iterable[tuple[float | None, Figure | CalibrationBin]]) -> dict[str, Any]:
    """Returns error bars of values, each with what has its interval."""
    points = list(points)
    up = [_reach(value, interval.high) for value, interval in points]
    down = [_reach(value, interval.low) for value, interval in points]
    return {
        "type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.3, "width": 3,
    }  # fmt: skip


def _reach(value: float | None, end: float | None) -> float:
    return 0.0 if value is None or end is None else abs(end - value)
