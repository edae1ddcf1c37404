"""The whole report as plain data: what report.json holds and what the page is drawn from."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from components.metrics.blindness import blind_spots
from components.report.choice import Choice
from components.report.claim import checklist
from components.report.flow import flow
from components.report.model_card import model_card
from components.report.params import ReportParams
from components.report.run_facts import Facts
from components.report.wording import JUDGED, SPLIT_NAMES
from schemas import features
from schemas.history import best_epoch

_, VAL, _ = features.SPLITS
FORMAT = 1  # of report.json; rises when a key changes its meaning
HEADLINES = ("auc", "sensitivity", "specificity")
SEEDS = ("ingest.seed", "trainer.seed", "evaluation.seed", "scorer.seed")


def account(facts: Facts, choice: Choice, params: ReportParams, explained: bool = True) -> dict[str, Any]:
    """Returns the report's content; JSON knows all of it, and there is no NaN in it.

    Args:
      facts: What is known of the run.
      choice: Slices to be shown or listed.
      params: Report's.
      explained: Whether errors are shown with the model's own map of its evidence.
    """
    counts = flow(facts)
    document = {
        "format": FORMAT,
        "verdict": _verdict(facts),
        "headline": _headline(facts),
        "flow": counts.to_dict() if counts else None,
        "training": {
            "epochs": [dataclasses.asdict(row) for row in facts.epochs],
            "exported_epoch": best_epoch(facts.epochs),
        },
        "evaluation": facts.evaluation,
        "slices": {
            "explained": explained,
            "false_negatives": _listed(choice.false_negatives),
            "false_positives": _listed(choice.false_positives),
            "near_threshold": _listed(choice.near_threshold),
            "samples": {name: _listed(rows) for name, rows in choice.samples.items()},
            "dropped": {name: _listed(rows) for name, rows in choice.dropped.items()},
        },
        "settings": list(facts.settings),
        "versions": dict(facts.packages),
        "seeds": {key: facts.setting(key) for key in SEEDS if facts.setting(key) is not None},
        "data": {
            "fingerprint": facts.data_fingerprint,
            "key_fingerprint": facts.ingest.get("key_fingerprint", ""),
            "source": facts.ingest.get("source", ""),
            "form": facts.ingest.get("form", ""),
            "patients_from": facts.ingest.get("patients_from", ""),
            "columns": list(facts.ingest.get("slicing_columns", ())),
        },
        "lineage": [
            {"input": name, "id": one.id, "type": one.type, "node": one.node, "place": _place(one.uri)}
            for name, one in sorted(facts.lineage.items(), key=lambda item: item[1].id)
        ],
        "model_card": model_card(facts, params),
        "claim_2024": [dataclasses.asdict(item) for item in checklist(facts, params, explained)],
    }
    return _without_nan(document)


def _verdict(facts: Facts) -> dict[str, Any]:
    gates = (facts.evaluation or {}).get("gates", [])
    failed = [gate for gate in gates if not gate["passed"]]
    if facts.blessed is None:
        title, why = "No verdict", ["The run did not come to judging the model."]
    elif facts.blessed:
        title = f"Blessed, pushed as version {facts.pushed}" if facts.pushed else "Blessed"
        why = [f"passed: {_told(gate)}" for gate in gates]
    else:
        title = "Not blessed; nothing was pushed"
        why = [f"not passed: {_told(gate)}" for gate in failed]
    split = (facts.evaluation or {}).get("splits", {}).get(VAL)
    blind = blind_spots(split["slices"]["metrics"]) if split else []
    warnings = [
        *facts.ingest.get("warnings", ()),
        *facts.leakage.get("warnings", ()),
        *(f"the model is blind: {line}" for line in blind),
    ]
    return {
        "blessed": facts.blessed,
        "pushed": facts.pushed,
        "title": title,
        "why": why,
        "warnings": list(dict.fromkeys(warnings)),
    }


def _told(gate: Mapping[str, Any]) -> str:
    value = "cannot be measured" if gate["value"] is None else f"{gate['value']:.4f}"
    split = SPLIT_NAMES.get(gate["split"], gate["split"])
    return f"{gate['gate']} on {split} {value}, asked for is {gate['bound']}"


def _headline(facts: Facts) -> dict[str, Any] | None:
    """Returns the few figures that a reader wants first, of the test split if there is one."""
    if not facts.evaluation:
        return None
    name = next((name for name in JUDGED if name in facts.evaluation["splits"]), None)
    if name is None:
        return None
    split = facts.evaluation["splits"][name]
    return {
        "split": name,
        "slices": split["slices"]["count"],
        "patients": split["slices"]["patients"],
        "hemorrhages": split["slices"]["hemorrhages"],
        "normals": split["slices"]["normals"],
        "confusion": split["slices"]["confusion"],
        "by_slice": {key: split["slices"]["metrics"].get(key) for key in HEADLINES},
        "by_patient": {key: split["patients"]["metrics"].get(key) for key in HEADLINES},
    }


def _listed(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [row.to_dict() for row in rows]


def _place(uri: str) -> str:
    """Returns a folder's end, below the folder of all artifacts, which names the machine."""
    return "/".join(uri.rstrip("/").split("/")[-3:])


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
