"""The whole report as plain data: what report.json holds and what the page is drawn from."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from components.metrics.blindness import blind_spots
from components.metrics.catalogue import HEADLINES
from components.report.choice import Choice
from components.report.claim import checklist
from components.report.flow import flow
from components.report.model_card import model_card
from components.report.params import ReportParams
from components.report.run_facts import Facts
from schemas.accounts.evaluation import GateRow
from schemas.accounts.report import (
    DataFacts,
    Epoch,
    Headline,
    LineageRow,
    ReportAccount,
    Setting,
    ShownSlices,
    Training,
    Verdict,
)
from schemas.features import JUDGED, SPLIT_NAMES, VAL
from schemas.history import best_epoch

SEEDS = ("ingest.seed", "trainer.seed", "evaluation.seed", "scorer.seed")


def account(facts: Facts, choice: Choice, params: ReportParams, explained: bool = True) -> ReportAccount:
    """Returns the report's content; JSON has all of it, and there is no NaN in it.

    Args:
      facts: What is known of the run.
      choice: Slices to be shown or listed.
      params: Report's.
      explained: Whether errors are shown with the model's own map of its evidence.
    """
    return ReportAccount(
        verdict=_verdict(facts),
        headline=_headline(facts),
        flow=flow(facts),
        training=Training(
            epochs=tuple(Epoch(**_without_nan(dataclasses.asdict(row))) for row in facts.epochs),
            exported_epoch=best_epoch(facts.epochs),
        ),
        evaluation=facts.evaluation,
        slices=ShownSlices(
            explained=explained,
            false_negatives=tuple(choice.false_negatives),
            false_positives=tuple(choice.false_positives),
            near_threshold=tuple(choice.near_threshold),
            samples={name: tuple(rows) for name, rows in choice.samples.items()},
            dropped={name: tuple(rows) for name, rows in choice.dropped.items()},
        ),
        settings=tuple(Setting(**_without_nan(dict(setting))) for setting in facts.settings),
        versions=facts.packages,
        seeds=_without_nan({key: facts.setting(key) for key in SEEDS if facts.setting(key) is not None}),
        data=_data(facts),
        lineage=tuple(
            LineageRow(input=name, id=source.id, type=source.type, node=source.node, place=_place(source.uri))
            for name, source in sorted(facts.lineage.items(), key=lambda item: item[1].id)
        ),
        model_card=model_card(facts, params),
        claim_2024=tuple(checklist(facts, params, explained)),
    )


def _verdict(facts: Facts) -> Verdict:
    gates = facts.evaluation.gates if facts.evaluation else ()
    if facts.blessed is None:
        title, why = "No verdict", ["The run did not come to judging the model."]
    elif facts.blessed:
        title = f"Blessed, pushed as version {facts.pushed}" if facts.pushed else "Blessed"
        why = [f"passed: {_in_words(gate)}" for gate in gates]
    else:
        title = "Not blessed; nothing was pushed"
        why = [f"not passed: {_in_words(gate)}" for gate in gates if not gate.passed]
    split = facts.evaluation.splits.get(VAL) if facts.evaluation else None
    blind = blind_spots(split.slices.metrics) if split else []
    warnings = [
        *(facts.ingest.warnings if facts.ingest else ()),
        *(facts.leakage.warnings if facts.leakage else ()),
        *(f"the model is blind: {line}" for line in blind),
    ]
    return Verdict(
        blessed=facts.blessed,
        pushed=facts.pushed,
        title=title,
        why=tuple(why),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _in_words(gate: GateRow) -> str:
    value = "cannot be measured" if gate.value is None else f"{gate.value:.4f}"
    split = SPLIT_NAMES.get(gate.split, gate.split)
    return f"{gate.gate} on {split} {value}, asked for is {gate.bound}"


def _headline(facts: Facts) -> Headline | None:
    """Returns the few figures that a reader wants first, of the test split if there is one."""
    splits = facts.evaluation.splits if facts.evaluation else {}
    name = next((name for name in JUDGED if name in splits), None)
    if name is None:
        return None
    slices, patients = splits[name].slices, splits[name].patients
    return Headline(
        split=name,
        slices=slices.count,
        patients=slices.patients,
        hemorrhages=slices.hemorrhages,
        normals=slices.normals,
        confusion=slices.confusion,
        by_slice={key: slices.metrics.get(key) for key in HEADLINES},
        by_patient={key: patients.metrics.get(key) for key in HEADLINES},
    )


def _data(facts: Facts) -> DataFacts:
    ingest = facts.ingest
    return DataFacts(
        fingerprint=facts.data_fingerprint,
        key_fingerprint=ingest.key_fingerprint if ingest else "",
        source=ingest.source if ingest else "",
        form=ingest.form if ingest else "",
        patients_from=ingest.patients_from if ingest else "",
        columns=ingest.slicing_columns if ingest else (),
    )


def _place(uri: str) -> str:
    """Returns a folder's end, below the folder of all artifacts, which names the machine."""
    return "/".join(uri.rstrip("/").split("/")[-3:])


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
