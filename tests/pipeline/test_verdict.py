"""What a run is said to have come to, from hand-made runs."""

import json
from pathlib import Path

import pytest
import tensorflow as tf
from tensorflow_model_analysis.proto.validation_result_pb2 import ValidationResult

from pipeline.past_runs.history import ArtifactRef, NodeRun, Run
from pipeline.past_runs.verdict import Status, verdict
from schemas.accounts.account import AccountError

pytestmark = pytest.mark.tfx

WRITTEN = Path(__file__).parents[1] / "golden" / "accounts" / "evaluation.json"


@pytest.fixture
def pushed(tmp_path):
    """The folder of pushed versions 5 and 9."""
    for version in ("5", "9"):
        (tmp_path / "pushed" / version).mkdir(parents=True)
        (tmp_path / "pushed" / version / "saved_model.pb").write_bytes(b"model")
    return tmp_path / "pushed"


def run_of(
    tmp_path, *, blessed: int, version=None, gates=(), sensitivity=0.9, specificity=0.9, auc=(0.9, 0.8, 0.95)
) -> Run:
    """A run whose model was judged, and pushed as a version if one is given."""
    (tmp_path / "model_gate").mkdir()
    account = json.loads(WRITTEN.read_text(encoding="utf-8"))
    account["splits"]["val"]["slices"]["metrics"] = {
        name: dict(zip(("value", "low", "high", "left_out"), (*figure, 0), strict=True))
        for name, figure in (
            ("sensitivity", (sensitivity, None, None)),
            ("specificity", (specificity, None, None)),
            ("auc", auc),
        )
    }  # fmt: skip
    account["gates"] = list(gates)
    (tmp_path / "model_gate" / "evaluation.json").write_text(json.dumps(account))
    evaluator = {"evaluation": ArtifactRef(1, tmp_path / "evaluator", {})}
    model_gate = {
        "evaluation": ArtifactRef(2, tmp_path / "model_gate", {}),
        "blessing": ArtifactRef(3, tmp_path / "blessing", {"blessed": blessed}),
    }
    destination = {"pushed": 1, "pushed_destination": str(version)} if version else {"pushed": 0}
    pusher = {"pushed_model": ArtifactRef(4, tmp_path / "artifact", destination)}
    nodes = [
        NodeRun("Evaluator", "ran", evaluator),
        NodeRun("ModelGate", "ran", model_gate),
        NodeRun("Pusher", "ran", pusher),
    ]
    return Run("2026", {node.node: node for node in nodes})


def gate(name: str, bound: str, value: float | None, *, passed: bool, note: str = "") -> dict:
    return {"gate": name, "bound": bound, "value": value, "passed": passed, "note": note, "split": "val"}


def test_the_newest_pushed_model_is_named(tmp_path, pushed):
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "9"))
    assert (text, status) == (f"BLESSED; model pushed to {pushed / '9'}", Status.PUSHED)


def test_of_an_older_one_it_is_said_that_a_newer_one_is_served(tmp_path, pushed):
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "5"))
    assert status is Status.PUSHED
    assert "A later one pushed 9, which `ichor predict` takes; " in text
    assert f"for this one: ichor predict --model {pushed / '5'}" in text


def test_a_pushed_model_that_is_gone_is_an_error_with_the_way_out(tmp_path, pushed):
    (pushed / "9" / "saved_model.pb").unlink()
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "9"))
    assert text == f"BLESSED, but {pushed / '9'} is gone; copy it back from {tmp_path / 'artifact'}"
    assert status is Status.FAILED


def test_a_run_of_another_version_of_ichor_is_refused_with_the_file_and_the_way_out(tmp_path, pushed):
    run = run_of(tmp_path, blessed=1, version=pushed / "9")
    file = tmp_path / "model_gate" / "evaluation.json"
    file.write_text('{"format": 3}')
    with pytest.raises(AccountError) as refused:
        verdict(run)
    assert str(refused.value) == (
        f"{file}: written by another version of ichor (format 3, this one reads 1); make a new run or use "
        "that version"
    )


def test_a_run_that_stopped_early_came_to_no_model():
    assert verdict(Run("2026", {})) == ("NO MODEL: the run did not come to an evaluation", Status.FAILED)


def test_every_missed_gate_is_reported_with_value_and_bound(tmp_path):
    gates = [
        gate("binary_accuracy", "at least 0.8", 0.75, passed=False),
        gate("ece", "at most 0.1", 0.05, passed=True),
        gate("binary_accuracy against the latest blessed model", "at least -0.01", -0.03, passed=False),
    ]
    text, status = verdict(run_of(tmp_path, blessed=0, gates=gates))
    assert text.splitlines() == [
        "NOT_BLESSED: binary_accuracy is 0.7500, must be at least 0.8; "
        "binary_accuracy against the latest blessed model is -0.0300, must be at least -0.01",
        "Nothing was pushed.",
    ]
    assert status is Status.NOT_BLESSED


def test_where_only_the_evaluator_objects_its_own_reasons_are_reported(tmp_path):
    result = ValidationResult()
    value, change = (result.metric_validations_per_slice.add().failures.add() for _ in range(2))
    value.metric_key.name = change.metric_key.name = "binary_accuracy"
    value.metric_value.double_value.value = 0.75
    value.metric_threshold.value_threshold.lower_bound.value = 0.8
    change.metric_key.is_diff = True
    change.metric_value.double_value.value = -0.03
    change.metric_threshold.change_threshold.absolute.value = -0.01
    (tmp_path / "evaluator").mkdir()
    with tf.io.TFRecordWriter(str(tmp_path / "evaluator" / "validations.tfrecord")) as file:
        file.write(result.SerializeToString())
    objection = gate("Evaluator", "blessed by its own thresholds", None, passed=False, note="TFMA did not")
    text, _ = verdict(run_of(tmp_path, blessed=0, gates=[objection]))
    assert text.splitlines()[0].split("; ") == [
        "NOT_BLESSED: Evaluator: must be blessed by its own thresholds (TFMA did not)",
        "binary_accuracy is 0.7500, must be at least 0.8",
        "binary_accuracy changed by -0.0300 against the latest blessed model, must be -0.01 or better",
    ]


def test_a_blessed_model_that_is_blind_to_a_class_is_warned_of(tmp_path, pushed):
    text, status = verdict(run_of(tmp_path, blessed=1, version=pushed / "9", sensitivity=0.0))
    assert status is Status.PUSHED
    blind = "WARNING: the model is blind: it finds no hemorrhage at its operating threshold"
    assert text.splitlines()[0] == blind


def test_a_model_that_calls_everything_a_hemorrhage_is_warned_of(tmp_path, pushed):
    text, _ = verdict(run_of(tmp_path, blessed=1, version=pushed / "9", specificity=0.0))
    assert "blind: it calls everything a hemorrhage at its operating threshold" in text


@pytest.mark.parametrize(
    ("auc", "reason"),
    [
        ((0.6, 0.45, 0.75), "its auc 0.600 (0.450 to 0.750) on validation may be that of a coin, 0.5"),
        ((0.4, None, None), "its auc 0.400 on validation may be that of a coin, 0.5"),
        ((0.6, 0.51, 0.75), ""),
        ((0.6, None, None), ""),
        ((None, None, None), ""),
    ],
)
def test_a_model_that_may_know_no_more_than_a_coin_is_warned_of(tmp_path, pushed, auc, reason):
    text, _ = verdict(run_of(tmp_path, blessed=1, version=pushed / "9", auc=auc))
    lines = text.splitlines()
    assert lines[0] == (
        f"WARNING: the model is blind: {reason}" if reason else f"BLESSED; model pushed to {pushed / '9'}"
    )
