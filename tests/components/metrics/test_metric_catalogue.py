import pydantic
import pytest

from components.metrics.catalogue import CATALOGUE, HEADLINES, bounds, in_report_order
from components.metrics.params import GateParams
from components.report import forest
from components.report.wording import metric

pytestmark = pytest.mark.numpy

# What the report says of each metric, in the order of its table.
SAID = {
    "auc": ("AUC", "chance that a hemorrhage scores higher than a normal; 0.5 is guessing"),
    "sensitivity": ("Sensitivity", "share of the hemorrhages that are called one, at the threshold"),
    "specificity": ("Specificity", "share of the normals that are called normal, at the threshold"),
    "sensitivity_at_specificity": (
        "Sensitivity at fixed specificity", "the best there is at the specificity that the gate names",
    ),
    "balanced_accuracy": ("Balanced accuracy", "mean of sensitivity and specificity"),
    "accuracy": ("Accuracy", "share called rightly, at the threshold"),
    "binary_accuracy": ("Accuracy at 0.5", "the same at a threshold of 0.5, as Keras defines it"),
    "average_precision": ("Average precision", "area under precision against recall"),
    "f1": ("F1", "harmonic mean of precision and sensitivity, at the threshold"),
    "ppv": ("Positive predictive value", "share of those called hemorrhage that are one"),
    "npv": ("Negative predictive value", "share of those called normal that are"),
    "brier": ("Brier score", "mean squared distance of score and label"),
    "ece": ("Calibration error", "how far scores are from observed shares (ECE)"),
    "log_loss": ("Log loss", "binary cross-entropy"),
}  # fmt: skip
# As they are written into evaluation.json and listed on the terminal.
WRITTEN = [
    "auc", "average_precision", "accuracy", "binary_accuracy", "balanced_accuracy", "sensitivity",
    "specificity", "f1", "brier", "ece", "log_loss", "ppv", "npv", "sensitivity_at_specificity",
]  # fmt: skip
WITHIN_A_SENTENCE = {
    "auc": "AUC", "f1": "F1", "average_precision": "average precision", "ece": "calibration error",
    "sensitivity": "sensitivity", "specificity": "specificity",
}  # fmt: skip
GATES = [
    ("binary_accuracy", "min_binary_accuracy", "figure"),
    ("binary_accuracy", "max_accuracy_drop", "difference"),
    ("sensitivity_at_specificity", "min_sensitivity_bound", "lower end"),
    ("ece", "max_ece", "figure"),
    ("auc", "max_auc_drop", "difference"),
]


def test_the_report_says_of_each_metric_what_it_is():
    assert {name: (metric(name).label, metric(name).meaning) for name in in_report_order()} == SAID


def test_metrics_are_listed_in_the_order_of_each_place():
    assert in_report_order() == list(SAID)
    assert list(CATALOGUE) == WRITTEN


def test_no_two_metrics_share_a_row_of_the_report():
    rows = [entry.report_row for entry in CATALOGUE.values()]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(("name", "words"), WITHIN_A_SENTENCE.items())
def test_a_sentence_begins_no_metric_with_a_capital(name: str, words: str):
    assert metric(name).words == words


def test_less_is_better_of_errors_alone():
    assert {name for name, entry in CATALOGUE.items() if entry.lower_is_better} == {
        "brier", "ece", "log_loss",
    }  # fmt: skip


def test_the_few_in_a_headline_are_one_of_order_and_two_at_the_threshold():
    assert HEADLINES == ("auc", "sensitivity", "specificity")
    assert forest.SHOWN == ["sensitivity", "specificity", "auc"]


def test_each_bound_of_the_settings_is_the_gate_of_one_metric():
    assert [(name, bound.setting, bound.of) for name, bound in bounds()] == GATES
    measuring = {"at_specificity", "subgroup_metric", "min_subgroup_metric"}
    assert {setting for _, setting, _ in GATES} == GateParams.model_fields.keys() - measuring


def test_a_metric_that_subgroups_cannot_be_held_to_is_refused_by_the_names_of_those_that_can():
    settings = {
        "min_binary_accuracy": 0.8, "max_accuracy_drop": 0.01, "at_specificity": 0.9,
        "min_sensitivity_bound": 0.0, "min_subgroup_metric": 0.0, "max_ece": 1.0, "max_auc_drop": 1.0,
    }  # fmt: skip
    expected = "'auc', 'balanced_accuracy', 'binary_accuracy', 'sensitivity' or 'specificity'"
    with pytest.raises(pydantic.ValidationError, match=expected):
        GateParams(**settings, subgroup_metric="brier")


def test_a_metric_of_an_older_run_that_is_not_known_is_called_by_its_own_name():
    assert (metric("cohens_kappa").label, metric("cohens_kappa").meaning) == ("cohens kappa", "")
