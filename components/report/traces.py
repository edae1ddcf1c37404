"""Parts of plots, as plotly takes them."""

from collections.abc import Iterable, Mapping
from typing import Any

Chart = dict[str, Any]
HEIGHT = 340  # pixels


def chart(ident: str, title: str, told: str, traces: list[dict[str, Any]], layout: dict[str, Any]) -> Chart:
    """Returns a plot with its place in the page, its title, and what it shows in words."""
    return {"id": ident, "title": title, "told": told, "data": traces, "layout": layout, "height": HEIGHT}


def line(x: list, y: list, name: str, colour: str, dash: str, width: float = 2.5) -> dict[str, Any]:
    """Returns a line through points."""
    style = {"color": colour, "dash": dash, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": style}


def band(x: list, low: list, high: list, colour: str) -> dict[str, Any]:
    """Returns the area between two lines."""
    return {
        "type": "scatter", "mode": "lines", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)],
        "fill": "toself", "fillcolor": colour, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "name": "interval",
    }  # fmt: skip


def bars(figures: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns error bars of figures with value, low and high."""
    figures = list(figures)
    up, down = ([_reach(one, end) for one in figures] for end in ("high", "low"))
    return {
        "type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.3, "width": 3,
    }  # fmt: skip


def _reach(figure: Mapping[str, Any], end: str) -> float:
    return 0.0 if figure.get(end) is None else abs(figure[end] - figure["value"])
