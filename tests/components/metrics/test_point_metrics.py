import numpy as np
import pytest
import sklearn.metrics as theirs
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from components.metrics.bootstrap import each_once, figures
from components.metrics.catalogue import CATALOGUE
from components.metrics.scored import Scored, by_patient
from components.metrics.tallies import binned, predictive_values

pytestmark = pytest.mark.numpy

THRESHOLD = 0.3


def scored(count: int = 400, distinct: int = 30, seed: int = 0) -> Scored:
    random = np.random.default_rng(seed)
    hemorrhage = (random.random(count) < 0.3).astype(np.int8)
    probability = np.round(random.beta(2 + 2 * hemorrhage, 4 - hemorrhage) * distinct) / distinct
    return Scored.of(hemorrhage, probability.astype(np.float32), random.integers(0, 25, count))


def measured(rows: Scored, threshold: float = THRESHOLD, at_specificity: float = 0.9) -> dict[str, float]:
    by_metric = figures(rows, threshold, at_specificity, each_once(rows.patients))
    return {name: float(values[0]) for name, values in by_metric.items()}


def by_scikit_learn(label: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    called = probability >= np.float32(THRESHOLD)
    return {
        "auc": theirs.roc_auc_score(label, probability),
        "average_precision": theirs.average_precision_score(label, probability),
        "accuracy": theirs.accuracy_score(label, called),
        "binary_accuracy": theirs.accuracy_score(label, probability > 0.5),
        "balanced_accuracy": theirs.balanced_accuracy_score(label, called),
        "sensitivity": theirs.recall_score(label, called),
        "specificity": theirs.recall_score(label, called, pos_label=0),
        "f1": theirs.f1_score(label, called),
        "brier": theirs.brier_score_loss(label, probability),
        "log_loss": theirs.log_loss(label, probability),
        "ppv": theirs.precision_score(label, called),
        "npv": theirs.precision_score(label, called, pos_label=0),
    }


@pytest.mark.parametrize("distinct", [3, 30, 1_000_000])  # with many ties, with some, with none
def test_metrics_are_those_of_scikit_learn(distinct: int):
    rows = scored(distinct=distinct)
    ours = measured(rows)
    for name, value in by_scikit_learn(rows.hemorrhage, rows.probability).items():
        assert ours[name] == pytest.approx(value, abs=1e-6), name


def test_every_metric_has_a_figure():
    assert set(measured(scored())) == set(CATALOGUE)


def test_a_patient_that_is_counted_twice_is_as_if_its_slices_were_there_twice():
    rows = scored()
    counts = np.random.default_rng(1).integers(0, 4, (3, rows.patients)).astype(np.int32)
    weighted = figures(rows, THRESHOLD, 0.8, counts)
    for number, of_patient in enumerate(counts):
        repeated = np.repeat(np.arange(len(rows)), of_patient[rows.patient])
        label, probability = rows.hemorrhage[repeated], rows.probability[repeated]
        for name, value in by_scikit_learn(label, probability).items():
            assert weighted[name][number] == pytest.approx(value, abs=1e-6), name
        false_alarms, hits, _ = theirs.roc_curve(label, probability, drop_intermediate=False)
        best = hits[false_alarms <= 0.2 + 1e-9].max()
        assert weighted["sensitivity_at_specificity"][number] == pytest.approx(best)


def test_sensitivity_at_a_specificity_may_use_it_up():
    # Ten normals at 0.05, 0.15, ... 0.95; of four hemorrhages three are above 0.85, one of them above 0.95.
    label = np.array([0] * 10 + [1] * 4, np.int8)
    probability = np.array([*(np.arange(10) / 10 + 0.05), 0.99, 0.9, 0.86, 0.5], np.float32)
    rows = Scored.of(label, probability, np.arange(14))
    assert measured(rows, at_specificity=1.0)["sensitivity_at_specificity"] == 0.25
    assert measured(rows, at_specificity=0.9)["sensitivity_at_specificity"] == 0.75
    assert measured(rows, at_specificity=0.91)["sensitivity_at_specificity"] == 0.25
    assert measured(rows, at_specificity=0.0)["sensitivity_at_specificity"] == 1.0


def test_binary_accuracy_takes_a_score_of_exactly_half_for_normal_as_keras_does():
    rows = Scored.of(np.array([0, 1], np.int8), np.array([0.5, 0.5], np.float32), np.arange(2))
    assert measured(rows, threshold=0.5)["binary_accuracy"] == 0.5
    assert measured(rows, threshold=0.5)["sensitivity"] == 1.0  # at the threshold is a hemorrhage
    assert measured(rows, threshold=0.5)["specificity"] == 0.0


def test_calibration_error_is_that_of_bins_of_equally_many_slices():
    # Two slices a bin. Two of the bins are off by 0.5 and 0.3, eight are exact: 2/20 * (0.5 + 0.3).
    exact = np.repeat([0.0, 1.0], 8)
    probability = np.concatenate(
        [np.linspace(0, 1e-6, 8), [0.45, 0.55, 0.65, 0.75], np.linspace(1 - 1e-6, 1, 8)]
    )
    label = np.concatenate([exact[:8], [0, 0, 1, 1], exact[8:]])
    rows = Scored.of(label.astype(np.int8), probability.astype(np.float32), np.arange(20))
    assert measured(rows)["ece"] == pytest.approx(2 / 20 * (0.5 + 0.3), abs=1e-5)


def test_calibration_error_agrees_with_bins_by_quantiles_of_scikit_learn():
    rows = scored(distinct=1_000_000)
    observed, said = calibration_curve(rows.hemorrhage, rows.probability, n_bins=10, strategy="quantile")
    counts = np.bincount(binned(rows.probability))
    assert counts.tolist() == [40] * 10
    assert measured(rows)["ece"] == pytest.approx(np.abs(observed - said).mean(), abs=1e-6)


def test_equal_scores_are_in_one_bin():
    assert binned(np.array([0.1] * 7 + [0.9] * 3, np.float32)).tolist() == [0] * 7 + [1] * 3


def test_a_certain_and_wrong_score_has_a_finite_log_loss():
    rows = Scored.of(np.array([0, 1], np.int8), np.array([1, 1], np.float32), np.arange(2))
    assert measured(rows)["log_loss"] == pytest.approx(theirs.log_loss([0, 1], rows.probability))


def test_what_a_missing_class_leaves_undefined_is_nan_and_nothing_else_is():
    normals = measured(Scored.of(np.zeros(3, np.int8), np.array([0.1, 0.2, 0.6], np.float32), np.arange(3)))
    undefined = {"auc", "average_precision", "balanced_accuracy", "sensitivity", "sensitivity_at_specificity"}
    assert {name for name, value in normals.items() if np.isnan(value)} == undefined
    assert normals["specificity"] == pytest.approx(2 / 3)
    hemorrhages = measured(Scored.of(np.ones(2, np.int8), np.array([0.1, 0.6], np.float32), np.arange(2)))
    undefined = {"auc", "balanced_accuracy", "specificity", "sensitivity_at_specificity"}
    assert {name for name, value in hemorrhages.items() if np.isnan(value)} == undefined
    assert all(np.isnan(value) for value in measured(scored(0)).values())


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=1, max_size=30))
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, int]]):
    label, score = (np.array(column) for column in zip(*rows, strict=True))
    ours = measured(Scored.of(label.astype(np.int8), (score / 6).astype(np.float32), np.arange(len(rows))))
    pairs = [(up > down) + (up == down) / 2 for up in score[label == 1] for down in score[label == 0]]
    assert ours["auc"] == pytest.approx(np.mean(pairs)) if pairs else np.isnan(ours["auc"])


def test_predictive_values_at_a_prevalence_are_those_of_bayes():
    # Of 1,000 with 100 ill: 90 found, 10 missed, 180 false alarms, 720 right.
    ppv, npv = predictive_values(np.array([0.9]), np.array([0.8]), 0.1)
    assert (ppv[0], npv[0]) == (pytest.approx(90 / 270), pytest.approx(720 / 730))


def test_predictive_values_at_the_own_prevalence_are_the_own_ones():
    rows = scored()
    own = measured(rows)
    sensitivity, specificity = np.array([own["sensitivity"]]), np.array([own["specificity"]])
    ppv, npv = predictive_values(sensitivity, specificity, rows.hemorrhages / len(rows))
    assert (ppv[0], npv[0]) == (pytest.approx(own["ppv"]), pytest.approx(own["npv"]))


SLICES = Scored.of(
    np.array([0, 0, 1, 0, 0, 0], np.int8),
    np.array([0.1, 0.8, 0.4, 0.3, 0.6, 0.2], np.float32),
    np.array(["a", "b", "b", "a", "b", "c"]),
)


def test_a_patient_has_a_hemorrhage_if_any_slice_has():
    assert by_patient(SLICES, "max", 1).hemorrhage.tolist() == [0, 1, 0]


def test_a_patients_score_is_the_highest_or_the_mean_of_the_highest_few():
    assert by_patient(SLICES, "max", 3).probability == pytest.approx([0.3, 0.8, 0.2])
    assert by_patient(SLICES, "top_mean", 2).probability == pytest.approx([0.2, 0.7, 0.2])
    assert by_patient(SLICES, "top_mean", 9).probability == pytest.approx([0.2, 0.6, 0.2])


def test_rows_that_are_picked_renumber_their_patients():
    picked = SLICES.where(SLICES.patient > 0)
    assert (picked.patients, picked.patient.tolist()) == (2, [0, 0, 0, 1])
