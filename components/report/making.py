"""From the artifacts of a run to its page and its JSON."""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from components.report.choice import choose
from components.report.document import account
from components.report.gathering import MODEL_FOLDER, gather
from components.report.page import render
from components.report.params import ReportParams
from components.report.pictures import HeatMap, data_uri
from components.report.records import Picture, fetch
from components.report.run_facts import Facts, Source
from schemas.accounts.report import Setting, ShownSlice

__all__ = ["make"]

MOST_PICTURES = 300  # of errors: about what fits beside plotly; each asks the model for a map

log = logging.getLogger("ichor.report")


class Made(NamedTuple):
    """A report in both forms."""

    page: str
    json: str


def make(sources: Mapping[str, Source], settings: Sequence[Setting], params: ReportParams) -> Made:
    """Makes the report of a run, whichever artifacts it came to.

    Args:
      sources: By the names of Report's inputs.
      settings: Of the run.
      params: Report's.
    """
    facts = gather(sources, settings)
    choice = choose(facts, params)
    errors = choice.pictured(params.false_positives, MOST_PICTURES)
    samples = [row for rows in choice.samples.values() for row in rows]
    dropped = [row for rows in choice.dropped.values() for row in rows]
    kept = _fetched(facts, "checked_examples", [*errors, *samples])
    heat = _heat_maps(facts, kept, errors)
    pictures = {
        **_drawn("plain", samples, kept, {}),
        **_drawn("dropped", dropped, _fetched(facts, "examples", dropped), {}),
        **_drawn("errors", errors, kept, heat),
    }
    document = account(facts, choice, params, explained=bool(heat))
    page = render(document, pictures, params.max_megabytes)
    log.info("%d slices shown, page of %.1f MB", page.count("<img "), len(page.encode()) / 1e6)
    return Made(page, document.to_json())


def _fetched(facts: Facts, name: str, rows: Sequence[ShownSlice]) -> Mapping[str, Picture]:
    return fetch(facts.lineage[name].uri, {row.slice_id for row in rows}) if name in facts.lineage else {}


def _heat_maps(facts: Facts, kept: Mapping[str, Picture], rows: Sequence[ShownSlice]) -> dict[str, HeatMap]:
    """Returns the model's own explanation of slices, by slice."""
    from components.served_model import ServedModel  # TensorFlow's graph is loaded only where it is asked

    names = list(dict.fromkeys(row.slice_id for row in rows if row.slice_id in kept))
    if not names or "model" not in facts.lineage:
        return {}
    model = ServedModel(f"{facts.lineage['model'].uri}/{MODEL_FOLDER}")
    if not model.explains:
        log.warning("the model explains nothing: errors are shown without maps")
        return {}
    maps = model.explain_images([kept[name].encoded for name in names]).heat_maps
    return {name: heat for name, heat in zip(names, maps, strict=True) if heat is not None}


def _drawn(
    kind: str, rows: Sequence[ShownSlice], kept: Mapping[str, Picture], heat: Mapping[str, HeatMap]
) -> dict[str, str]:
    drawn = {}
    for row in rows:
        picture = kept.get(row.slice_id)
        if picture is not None and picture.grey is not None:
            drawn[f"{kind}/{row.slice_id}"] = data_uri(picture.grey, heat.get(row.slice_id))
    return drawn
