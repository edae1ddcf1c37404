"""A run that never was: scores drawn from a seed, and accounts counted by hand."""

import dataclasses

import numpy as np

from components.metrics.params import EvaluationParams, GateParams
from components.model_gate.evaluation import evaluate
from components.model_gate.gates import gate_table
from components.report.params import ReportParams
from components.report.run_facts import Facts, Source
from schemas.accounts.evaluation import EvaluationAccount, ModelPoint
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.leakage import ComparedSlices, ComparedSplit, LeakageAccount
from schemas.accounts.model import TrainedOn
from schemas.accounts.report import Setting
from schemas.accounts.slice_filter import DroppedSlice, FilterAccount, FilterTotals
from schemas.history import Row
from schemas.scores import ScoreTable

EVALUATION = EvaluationParams(
    patient_score="max", top_k=3, replicates=100, confidence=0.95, prevalence=0.1,
    min_subgroup_slices=10, min_subgroup_patients=3, seed=0,
)  # fmt: skip
GATE = GateParams(
    min_binary_accuracy=0.5, max_accuracy_drop=0.01, at_specificity=0.9, min_sensitivity_bound=0.0,
    subgroup_metric="auc", min_subgroup_metric=0.0, max_ece=1.0, max_auc_drop=1.0,
)  # fmt: skip
PARAMS = ReportParams(
    sample_slices=3, dropped_slices=2, threshold_slices=3, false_positives=5, max_megabytes=9.5,
    owner="", contact="", license="", data_source="", labels_source="",
)  # fmt: skip
SLICES = {"train": (12, 96), "val": (10, 80), "test": (8, 64)}  # patients, slices
DROPPED = (("blank", 0.001), ("little_brain", 0.015), ("little_brain", 0.019))


def hexadecimal(number: int) -> str:
    return f"{number:032x}"


def scores(splits=("train", "val", "test"), attribute="sex=male", seed=0) -> ScoreTable:
    """Scores that tell the classes apart, but not all of them."""
    rng = np.random.default_rng(seed)
    rows = []
    for split in splits:
        patients, slices = SLICES[split]
        for at in range(slices):
            label = at % 3 == 0
            probability = np.clip(0.2 + 0.5 * label + rng.normal(0, 0.25), 0.001, 0.999)
            sex = attribute if at % 2 else "sex=female"
            rows.append(
                (split, hexadecimal(len(rows)), hexadecimal(at % patients), label, probability, (sex,))
            )
    names, slice_ids, patient_ids, labels, probabilities, attributes = zip(*rows, strict=True)
    return ScoreTable(
        split=np.array(names),
        slice_id=np.array(slice_ids),
        patient_id=np.array(patient_ids),
        hemorrhage=np.array(labels, np.int8),
        probability=np.array(probabilities, np.float32),
        baseline_probability=np.full(len(rows), np.nan, np.float32),
        slice_index=np.full(len(rows), -1),
        attributes=list(attributes),
    )


def evaluation(table: ScoreTable, min_binary_accuracy=0.5) -> EvaluationAccount:
    operating_point = ModelPoint(threshold=0.4, temperature=1.0, version="v1", rule="sensitivity")
    gate = GATE.model_copy(update={"min_binary_accuracy": min_binary_accuracy})
    found = evaluate(table, operating_point, EVALUATION, gate)
    gates = gate_table(found, gate, min_binary_accuracy < 1)
    return found.account([gate.row() for gate in gates], all(gate.passed for gate in gates))


def filtered(read: int, kept: int, dropped: dict[str, int], counts: dict) -> FilterAccount:
    """SliceFilter's account of a run that loses no hemorrhage."""
    totals = FilterTotals(
        read=read, kept=kept, dropped=dropped, hemorrhages=80, hemorrhages_lost=0, hemorrhages_lost_share=0.0
    )
    return FilterAccount(
        settings={}, totals=totals, counts=counts, unreadable={}, sweep=(), objections=(), warnings=()
    )


def unleaking(patients: dict[str, int]) -> LeakageAccount:
    """LeakageGate's account of a run in which it finds nothing, with so many patients in each split."""
    return LeakageAccount(
        settings={},
        splits={
            name: ComparedSplit(slices=1, patients=number, pictures=1) for name, number in patients.items()
        },
        compared=ComparedSlices(likeness=0, pixels_only=0, nothing=0),
        within_distance={},
        findings={},
        pairs=(),
        dropped={},
        objections=(),
        warnings=(),
    )


def facts(table: ScoreTable | None = None, **changes) -> Facts:
    """A blessed run with all splits, or with what is changed in it."""
    table = scores() if table is None else table
    splits = [name for name in SLICES if (table.split == name).any()]
    counts = {
        name: {
            kind: {"keep": int(((table.split == name) & (table.hemorrhage == label)).sum()), "blank": 0}
            for label, kind in enumerate(("normal", "hemorrhage"))
        }
        for name in splits
    }
    known = Facts(
        settings=[
            Setting(key="transform.image_side", value=96, unit="pixels", meaning="side", default=224),
            Setting(key="trainer.trunk", value="tiny", unit="", meaning="", default="inception_v3"),
            Setting(key="trainer.seed", value=7, unit="", meaning="seed", default=0),
        ],
        ingest=IngestAccount(
            source="image", form="table", found=245, read=243, rejected={"truncated": 2},
            not_to_be_read={"localizer": 1}, unlisted=0, left_out={}, other_files=0, patients_from="column",
            splits={}, slicing_columns=("sex",), columns_left_out={}, warnings=(), seed=0,
            buckets={"train": 4, "val": 1, "test": 1}, key_fingerprint="ab",
        ),
        slice_filter=filtered(243, 240, {"blank": 1, "dark": 0, "little_brain": 2}, counts),
        dropped=[
            DroppedSlice(
                slice_id=hexadecimal(900 + at), split="train", hemorrhage=0, reason=reason, brain_share=share
            )
            for at, (reason, share) in enumerate(DROPPED)
        ],
        leakage=unleaking({name: SLICES[name][0] for name in splits}),
        leaking=[],
        epochs=[
            Row(0, 0.7, 0.5, 0.69, 0.52, "2026-01-01T10:00:00+00:00", 1.0),
            Row(1, 0.5, 0.8, 0.41, 0.83, "2026-01-01T10:01:00+00:00", 2.0),
            Row(2, 0.3, 0.9, 0.48, 0.81, "2026-01-01T10:02:00+00:00", 2.0),
        ],
        evaluation=evaluation(table),
        scored=table,
        trained_on=TrainedOn(windows="", image_side=96, channels=1),
        blessed=True,
        pushed="1795000000",
        data_fingerprint="fe" * 16,
        packages={"python": "3.11.0", "ichor": "0.1.0"},
        lineage={"model": Source(9, "Model", "OperatingPoint", "/place/of/OperatingPoint/model/9", {})},
    )  # fmt: skip
    return dataclasses.replace(known, **changes)
