import json

import numpy as np
import pytest
import sklearn.metrics as theirs
from made_scores import made_scores

from components.metrics.catalogue import CATALOGUE
from components.metrics.params import EvaluationParams, GateParams
from components.model_gate.evaluation import Evaluation, evaluate
from schemas.accounts.evaluation import ModelPoint
from schemas.scores import ScoreTable

pytestmark = pytest.mark.numpy

PARAMS = EvaluationParams(
    patient_score="max", top_k=3, replicates=200, confidence=0.95, prevalence=0.0, min_subgroup_slices=20,
    min_subgroup_patients=5, seed=0,
)  # fmt: skip
GATE = GateParams(
    min_binary_accuracy=0.8, max_accuracy_drop=0.01, at_specificity=0.9, min_sensitivity_bound=0,
    subgroup_metric="auc", min_subgroup_metric=0, max_ece=1, max_auc_drop=1,
)  # fmt: skip
POINT = ModelPoint(threshold=0.4, temperature=1.0, version="0.1.0-abc", rule="sensitivity")


def measured(table: ScoreTable, **changed: object) -> Evaluation:
    return evaluate(table, POINT, PARAMS.model_copy(update=changed), GATE)


def written(table: ScoreTable, **changed: object) -> dict:
    """The account as a file has it, without gates."""
    return json.loads(measured(table, **changed).account((), blessed=False).to_json())


@pytest.fixture(scope="module")
def table() -> ScoreTable:
    return made_scores(baseline=True)


@pytest.fixture(scope="module")
def told(table: ScoreTable) -> dict:
    return written(table)


def test_each_split_is_measured_by_slice_and_by_patient(table: ScoreTable, told: dict):
    assert list(told["splits"]) == ["train", "val", "test"]
    assert (told["operating_point"], told["settings"]["at_specificity"]) == (POINT.model_dump(), 0.9)
    rows = table.of_split("test")
    by_slice, by_patient = (told["splits"]["test"][unit] for unit in ("slices", "patients"))
    assert by_slice["metrics"].keys() == by_patient["metrics"].keys() == set(CATALOGUE)
    assert (by_slice["count"], by_slice["hemorrhages"], by_slice["patients"]) == (
        240,
        rows.hemorrhage.sum(),
        20,
    )
    assert (by_patient["count"], by_patient["hemorrhages"], by_patient["normals"]) == (20, 10, 10)
    auc = theirs.roc_auc_score(rows.hemorrhage, rows.probability)
    assert by_slice["metrics"]["auc"]["value"] == pytest.approx(auc, abs=1e-6)
    ids = sorted(set(rows.patient_id))
    highest = [rows.probability[rows.patient_id == one].max() for one in ids]
    ill = [rows.hemorrhage[rows.patient_id == one].any() for one in ids]
    assert by_patient["metrics"]["auc"]["value"] == pytest.approx(
        theirs.roc_auc_score(ill, highest), abs=1e-6
    )


def test_the_confusion_matrix_is_that_at_the_models_threshold(table: ScoreTable, told: dict):
    rows = table.of_split("val")
    (tn, fp), (fn, tp) = theirs.confusion_matrix(rows.hemorrhage, rows.probability >= np.float32(0.4))
    assert told["splits"]["val"]["slices"]["confusion"] == {
        "true_positive": tp, "false_positive": fp, "true_negative": tn, "false_negative": fn,
    }  # fmt: skip


def test_predictive_values_are_those_of_the_split_or_of_a_given_prevalence(table: ScoreTable, told: dict):
    slices = told["splits"]["test"]["slices"]
    own = slices["predictive_values"]
    assert (own["own"], own["prevalence"]) == (
        True,
        pytest.approx(slices["hemorrhages"] / slices["count"], abs=1e-6),
    )
    assert own["ppv"] == slices["metrics"]["ppv"]
    given = written(table, prevalence=0.02)["splits"]["test"]["slices"]
    sensitivity, specificity = (given["metrics"][name]["value"] for name in ("sensitivity", "specificity"))
    bayes = sensitivity * 0.02 / (sensitivity * 0.02 + (1 - specificity) * 0.98)
    told_ppv = given["predictive_values"]["ppv"]
    assert told_ppv["value"] == pytest.approx(bayes, abs=1e-5)
    assert told_ppv["low"] < told_ppv["value"] < told_ppv["high"]
    assert given["metrics"]["ppv"] == slices["metrics"]["ppv"]  # of the split, whatever is asked for


def test_subgroups_are_counted_and_a_subtype_is_measured_against_all_normals(table: ScoreTable, told: dict):
    rows = table.of_split("val")
    groups = {(one["column"], one["value"]): one for one in told["splits"]["val"]["subgroups"]}
    assert set(groups) == {
        ("sex", "f"), ("sex", "m"), ("subtype", "epidural"), ("subtype", "subdural"),
        ("slice_position", "first"), ("slice_position", "middle"), ("slice_position", "last"),
    }  # fmt: skip
    epidural = groups["subtype", "epidural"]
    normals = int((rows.hemorrhage == 0).sum())
    assert epidural["all_normals"]
    assert (epidural["hemorrhages"], epidural["slices"]) == (25, 25 + normals)
    own = np.array(["subtype=epidural" in row for row in rows.attributes]) | (rows.hemorrhage == 0)
    auc = theirs.roc_auc_score(rows.hemorrhage[own], rows.probability[own])
    assert epidural["metrics"]["auc"]["value"] == pytest.approx(auc, abs=1e-6)
    assert not groups["sex", "f"]["all_normals"]


def test_a_subtype_with_few_hemorrhages_is_too_small_however_many_normals_there_are(table: ScoreTable):
    few = written(table, min_subgroup_slices=26)["splits"]["val"]["subgroups"]
    small = {(one["column"], one["value"]) for one in few if one["metrics"] is None}
    assert small == {("subtype", "epidural"), ("subtype", "subdural")}
    few = written(table, min_subgroup_patients=6)["splits"]["val"]["subgroups"]
    assert {one["column"] for one in few if one["metrics"] is None} == {"subtype"}


def test_the_largest_gap_is_between_subgroups_of_one_column(told: dict):
    val = told["splits"]["val"]
    (gap,) = [one for one in val["largest_gaps"] if one["metric"] == "specificity"]
    of_column = [one for one in val["subgroups"] if one["column"] == gap["column"]]
    figures = {one["value"]: one["metrics"]["specificity"]["value"] for one in of_column}
    assert gap["highest"]["figure"] == max(figures.values()) == figures[gap["highest"]["value"]]
    assert gap["gap"] == pytest.approx(max(figures.values()) - min(figures.values()), abs=2e-6)


def test_the_baseline_is_compared_on_the_same_validation_slices(table: ScoreTable, told: dict):
    rows = table.of_split("val")
    difference = theirs.roc_auc_score(rows.hemorrhage, rows.probability) - theirs.roc_auc_score(
        rows.hemorrhage, rows.baseline_probability
    )
    auc = told["baseline"]["metrics"]["auc"]
    assert auc["value"] == pytest.approx(difference, abs=1e-6)
    assert auc["low"] <= auc["value"] <= auc["high"]
    assert "sensitivity" not in told["baseline"]["metrics"]  # the baseline's threshold is not known
    assert written(made_scores())["baseline"] is None


def test_the_document_is_plain_json_without_nan(told: dict):
    normals = made_scores()
    only = written(normals.where((normals.split == "val") & (normals.hemorrhage == 0)))
    for one in (told, only):
        json.loads(json.dumps(one, allow_nan=False))
    slices = only["splits"]["val"]["slices"]
    assert slices["metrics"]["auc"] == {"value": None, "low": None, "high": None, "left_out": 200}
    assert slices["roc"]["sensitivity"] == []
    assert slices["metrics"]["specificity"]["value"] is not None


def test_curves_start_above_all_scores_and_end_below(told: dict):
    roc = told["splits"]["test"]["slices"]["roc"]
    assert (roc["false_positive_rate"][0], roc["sensitivity"][0], roc["threshold"][0]) == (0, 0, None)
    assert (roc["false_positive_rate"][-1], roc["sensitivity"][-1]) == (1, 1)
    assert len({len(values) for values in roc.values()}) == 1


def test_no_patient_and_no_slice_is_named(told: dict):
    text = json.dumps(told)
    assert "p0001" not in text
    assert "s000001" not in text


def test_without_a_validation_split_there_is_nothing_to_judge_by():
    table = made_scores()
    with pytest.raises(ValueError, match="scores: no slice of split val, by which a model is judged"):
        measured(table.of_split("test"))
