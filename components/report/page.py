"""The report as one page that asks nothing of a network and lets nothing in it become code."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from components.report import charts, flow_drawing, forest, tables
from components.report.pictures import within
from components.report.wording import (
    UNITS,
    counted,
    interval,
    metric,
    number,
    reason,
)
from schemas.accounts.report import Flow, ReportAccount
from schemas.features import JUDGED, SPLIT_NAMES
from schemas.history import Row

TEMPLATES = Path(__file__).parent / "templates"
PAGE, STYLE, SCRIPT = "page.html", "style.css", "page.js"
SLICES = "slices"  # a key of the account, and the name of what draws slices in the templates
MEGABYTE = 1_000_000
MOST_LISTED = 2000  # slices of a kind by id; report.json and the scores have all
PER_PICTURE = 700  # characters of a picture's caption, at most


def render(document: ReportAccount, pictures: Mapping[str, str], max_megabytes: float) -> str:
    """Returns the page as HTML.

    Args:
      document: As `account` draws it up.
      pictures: Addresses that hold the pictures themselves, by "kind/slice_id", the most wanted first.
      max_megabytes: Of the page; pictures that do not fit any more are left out.
    """
    bare = _render(document, {})
    room = int(max_megabytes * MEGABYTE) - len(bare.encode()) - PER_PICTURE * len(pictures)
    return _render(document, within(pictures, max(room, 0)))


def _render(document: ReportAccount, pictures: Mapping[str, str]) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": number, "interval": interval, "reason": reason, "metric": metric}
    environment.globals |= {
        "counted": counted,
        "split_names": SPLIT_NAMES,
        "units": UNITS,
        "most_listed": MOST_LISTED,
        "pictures_of": _of_kind,
    }
    scripts = [get_plotlyjs(), (TEMPLATES / SCRIPT).read_text(encoding="utf-8")]
    plots = _plots(document)
    splits = document.evaluation.splits if document.evaluation else {}
    return environment.get_template(PAGE).render(
        **{name: value for name, value in document if name != SLICES},
        slices_shown=document.slices,
        style=Markup((TEMPLATES / STYLE).read_text(encoding="utf-8")),
        scripts=[Markup(script) for script in scripts],
        hashes=" ".join(f"'sha256-{_sha256(script)}'" for script in scripts),
        flows=_flows(document.flow),
        plots=plots,
        figures=Markup(
            _json([{key: plot[key] for key in ("id", "data", "layout")} for plot in plots.values()])
        ),
        pictures=pictures,
        judged=[name for name in JUDGED if name in splits],
        forests={name: (forest.groups(split), forest.gaps(split)) for name, split in splits.items()},
        tables=tables,
        forest_metrics=forest.SHOWN,
    )


def _of_kind(kind: str, pictures: Mapping[str, str]) -> set[str]:
    return {name.partition("/")[2] for name in pictures if name.startswith(f"{kind}/")}


def _flows(flow: Flow | None) -> list[Markup]:
    if flow is None:
        return []
    return [flow_drawing.draw(flow, width) for width in (flow_drawing.WIDE, flow_drawing.NARROW)]


def _plots(document: ReportAccount) -> dict[str, charts.Chart]:
    plots: Sequence[charts.Chart] = charts.training(
        [Row(**epoch.model_dump()) for epoch in document.training.epochs]
    )
    if document.evaluation:
        plots = [*plots, *charts.judged(document.evaluation)]
    return {plot["id"]: plot for plot in plots}


def _json(value: Any) -> str:
    """Returns JSON that can stand in a script element: no text in it can end the element."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
