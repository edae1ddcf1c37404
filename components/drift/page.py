"""The comparison as a single page that needs no network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from plotly.offline import get_plotlyjs

from components.drift.meanings import MEANINGS
from components.drift.verdict import TO, Comparison, Feature

__all__ = ["render"]

TEMPLATE = "page.html"
MOST_TICKS = 5  # below a chart as wide as a telephone


def render(comparison: Comparison, model: str, rejected: Mapping[str, int]) -> str:
    """Returns the page as HTML; it names no file, no folder and no patient.

    Args:
      comparison: What the page shows.
      model: The model's name: its version.
      rejected: How many files or slices were not looked at, by reason.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(TEMPLATE).render(
        comparison=comparison,
        meanings=MEANINGS,
        model=model,
        rejected=sorted(rejected.items(), key=lambda item: (-item[1], item[0])),
        charts=[_chart(feature) for feature in comparison.features],
        plotly=get_plotlyjs(),
    )


def _chart(feature: Feature) -> dict[str, Any]:
    """Returns a feature's bars, in percent, and what stands below them; the page gives them their colours."""
    sides = (("training", feature.training), ("new", feature.new))
    shown = list(feature.training.labels)
    if len(shown) > MOST_TICKS:
        shown = shown[1 :: -(-len(shown) // MOST_TICKS)]
    return {
        "bars": [
            {
                "type": "bar",
                "name": name,
                "x": list(side.labels),
                "y": [100 * share for share in side.shares],
                "hovertemplate": f"%{{x}}<br>%{{y:.1f}} % of {name}<extra></extra>",
            }
            for name, side in sides
        ],
        "places": shown,
        "ticks": [label.split(TO)[0] for label in shown],  # a bucket's lower border
    }
