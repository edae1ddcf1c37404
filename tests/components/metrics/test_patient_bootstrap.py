import dataclasses
from statistics import NormalDist

import numpy as np
import pytest
import scipy.stats
from clustered_scores import clustered
from sklearn.metrics import brier_score_loss, roc_auc_score

from components.metrics.bootstrap import (
    Estimate,
    Resampling,
    differences,
    each_once,
    estimate,
    estimates,
    expanded_tail,
    figures,
    resampled,
)
from components.metrics.catalogue import CATALOGUE
from components.metrics.scored import Scored

pytestmark = pytest.mark.numpy

RESAMPLING = Resampling(replicates=2000, confidence=0.95, seed=0)
# The 97.5th percentile of Student's distribution by patients, which are one more than its degrees of freedom.
# Source: Abramowitz and Stegun, Handbook of mathematical functions, table 26.10.
STUDENT = {5: 2.776, 6: 2.571, 10: 2.262, 20: 2.093, 30: 2.045, 121: 1.980}


def intervals(rows: Scored, resampling: Resampling = RESAMPLING) -> dict[str, Estimate]:
    return estimates(rows, 0.5, 0.8, resampling)


def by_slice(rows: Scored) -> Scored:
    """Takes each slice for a patient of its own, which is what resampling slices means."""
    return Scored.of(rows.hemorrhage, rows.probability, np.arange(len(rows)))


def printed_tail(patients: int) -> float:
    return NormalDist().cdf(-STUDENT[patients] * np.sqrt(patients / (patients - 1)))


@pytest.mark.parametrize("patients", STUDENT)
def test_the_fewer_patients_the_wider_the_interval_as_students_distribution_has_it(patients: int):
    assert expanded_tail(0.95, patients) == pytest.approx(printed_tail(patients), rel=2e-3)
    assert expanded_tail(0.95, patients) < 0.025


@pytest.mark.parametrize(("confidence", "student"), [(0.8, 1.533), (0.9, 2.132), (0.99, 4.604)])
def test_five_patients_have_students_distribution_at_any_confidence(confidence: float, student: float):
    tail = NormalDist().cdf(-student * np.sqrt(5 / 4))  # quantiles of four degrees of freedom, as above
    assert expanded_tail(confidence, 5) == pytest.approx(tail, rel=4e-3)


def test_each_replicate_draws_as_many_patients_as_there_are_with_replacement():
    counts = resampled(50, 400, seed=3)
    assert (counts.sum(axis=1) == 50).all()
    assert counts.mean() == 1
    # Binomial: of 50 draws each takes a patient with 1/50, so that it is in none of them with 0.364.
    assert (counts == 0).mean() == pytest.approx((1 - 1 / 50) ** 50, abs=0.01)


def test_a_seed_gives_the_same_interval_again_and_another_seed_another():
    rows = clustered(30, 10, seed=0)
    assert intervals(rows) == intervals(rows)
    assert intervals(rows)["auc"] != intervals(rows, Resampling(2000, 0.95, 1))["auc"]


def test_intervals_are_those_of_drawing_patients_one_by_one():
    rows = clustered(20, 8, seed=5)
    random = np.random.default_rng(11)
    drawn = []
    for _ in range(2000):
        picked = np.concatenate(
            [np.flatnonzero(rows.patient == patient) for patient in random.integers(0, 20, 20)]
        )
        label, probability = rows.hemorrhage[picked], rows.probability[picked]
        drawn.append([roc_auc_score(label, probability), brier_score_loss(label, probability)])
    low, high = np.quantile(drawn, [printed_tail(20), 1 - printed_tail(20)], axis=0)
    ours = intervals(rows)
    for column, name in enumerate(("auc", "brier")):
        width = high[column] - low[column]
        assert ours[name].low == pytest.approx(low[column], abs=0.1 * width)
        assert ours[name].high == pytest.approx(high[column], abs=0.1 * width)


def test_where_each_patient_has_one_slice_intervals_are_those_of_scipy():
    rows = clustered(150, 1, seed=2)
    right = ((rows.probability > 0.5) == rows.hemorrhage).astype(float)
    theirs = scipy.stats.bootstrap(
        (right,), np.mean, n_resamples=5000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    ours = intervals(rows)["binary_accuracy"]
    assert ours.value == right.mean()
    assert (ours.low, ours.high) == (
        pytest.approx(theirs.low, abs=0.01),
        pytest.approx(theirs.high, abs=0.01),
    )


def test_a_wider_confidence_gives_a_wider_interval_around_the_value():
    rows = clustered(40, 10, seed=1)
    narrow, wide = (intervals(rows, Resampling(1000, level, 0)) for level in (0.5, 0.99))
    for name in ("auc", "sensitivity", "brier"):
        assert wide[name].low < narrow[name].low < narrow[name].value < narrow[name].high < wide[name].high


@pytest.fixture(scope="module")
def coverage() -> dict[tuple[str, str], float]:
    """The share of 200 data sets whose 95 % interval holds the true figure, of a very large data set."""
    resampling = Resampling(200, 0.95, 0)
    large = figures(clustered(40_000, 10, seed=999), 0.5, 0.8, each_once(40_000))
    held: dict[tuple[str, str], list[bool]] = {}
    for seed in range(200):
        rows = clustered(60, 10, seed)
        for unit, data in (("patients", rows), ("slices", by_slice(rows))):
            by_metric = intervals(data, resampling)
            for name in ("auc", "sensitivity", "brier"):
                inside = by_metric[name].low <= large[name][0] <= by_metric[name].high
                held.setdefault((unit, name), []).append(inside)
    return {key: float(np.mean(inside)) for key, inside in held.items()}


@pytest.mark.parametrize("name", ["auc", "sensitivity", "brier"])
def test_an_interval_that_resamples_patients_holds_the_truth_about_as_often_as_it_says(
    coverage: dict[tuple[str, str], float], name: str
):
    assert 0.90 <= coverage["patients", name] <= 0.98


@pytest.mark.parametrize("name", ["auc", "sensitivity", "brier"])
def test_an_interval_that_resamples_slices_holds_it_clearly_less_often(
    coverage: dict[tuple[str, str], float], name: str
):
    assert coverage["slices", name] < 0.8


def test_where_slices_are_independent_both_ways_agree():
    rows = clustered(200, 10, seed=0, spread=0.0)
    patients, slices = intervals(rows)["auc"], intervals(by_slice(rows))["auc"]
    assert patients.high - patients.low == pytest.approx(slices.high - slices.low, rel=0.15)


def test_replicates_without_a_class_are_left_out_and_counted():
    # Three of eight patients have all hemorrhages: of 8^8 draws 5^8 are without them, 3^8 with nobody else.
    label = np.array([1, 1, 1, 0, 0, 0, 0, 0], np.int8)
    probability = np.array([0.9, 0.8, 0.4, 0.5, 0.1, 0.2, 0.3, 0.6], np.float32)
    by_metric = intervals(Scored.of(label, probability, np.arange(8)))
    assert by_metric["auc"].left_out / 2000 == pytest.approx((5**8 + 3**8) / 8**8, abs=0.01)
    assert by_metric["brier"].left_out == 0
    assert by_metric["auc"].low <= by_metric["auc"].value <= by_metric["auc"].high


def test_an_interval_of_less_than_nine_tenths_of_the_replicates_is_none():
    single = Scored.of(np.zeros(1, np.int8), np.zeros(1, np.float32), np.zeros(1, np.int64))
    many = dataclasses.replace(single, patients=100_000)
    enough = np.concatenate([np.linspace(0, 1, 900), np.full(100, np.nan)])
    result = estimate(0.5, enough, many, RESAMPLING)
    assert result.left_out == 100
    assert (result.low, result.high) == (pytest.approx(0.025, abs=1e-4), pytest.approx(0.975, abs=1e-4))
    less = estimate(0.5, enough[1:], many, RESAMPLING)
    assert (less.value, less.left_out) == (0.5, 100)
    assert np.isnan([less.low, less.high]).all()


def test_a_class_of_one_patient_has_a_figure_but_no_interval():
    rows = clustered(30, 10, seed=0)
    ill = int(rows.patient[rows.hemorrhage == 1][0])
    by_metric = intervals(rows.where((rows.hemorrhage == 0) | (rows.patient == ill)))
    assert np.isnan([by_metric["auc"].low, by_metric["sensitivity"].low]).all()
    assert not np.isnan([by_metric["auc"].value, by_metric["specificity"].low]).any()


def test_fewer_than_five_patients_have_figures_without_intervals():
    rows = clustered(4, 30, seed=0)
    by_metric = intervals(rows)
    assert by_metric["auc"].value == pytest.approx(roc_auc_score(rows.hemorrhage, rows.probability))
    assert np.isnan([(interval.low, interval.high) for interval in by_metric.values()]).all()
    assert not np.isnan(intervals(clustered(5, 30, seed=0))["brier"].low)


def test_a_metric_that_cannot_be_had_has_no_interval():
    rows = clustered(10, 5, seed=0)
    normals = intervals(rows.where(rows.hemorrhage == 0))
    assert np.isnan([normals["auc"].value, normals["auc"].low, normals["auc"].high]).all()
    assert normals["auc"].left_out == 2000
    assert not np.isnan(normals["specificity"].low)


def two_models(seed: int = 0) -> tuple[Scored, Scored]:
    """A model and one made worse by its own noise; a patient who is hard for one is hard for both."""
    better = clustered(60, 15, seed)
    noise = np.random.default_rng(seed + 1).normal(0, 1, len(better))
    logits = np.log(better.probability / (1 - better.probability)) + noise
    return better, better.with_probability((1 / (1 + np.exp(-logits))).astype(np.float32))


def test_a_model_does_not_differ_from_itself():
    model, _ = two_models()
    for name, difference in differences(model, model, 0.5, 0.5, 0.8, RESAMPLING).items():
        assert (name, difference.value, difference.low, difference.high) == (name, 0, 0, 0)


def test_the_difference_is_that_of_both_values_with_its_sign():
    better, worse = two_models()
    by_metric = differences(better, worse, 0.5, 0.3, 0.8, RESAMPLING)
    first, second = estimates(better, 0.5, 0.8, RESAMPLING), estimates(worse, 0.3, 0.8, RESAMPLING)
    for name in CATALOGUE:
        assert by_metric[name].value == pytest.approx(first[name].value - second[name].value)
    assert by_metric["auc"].low > 0


def test_a_paired_difference_is_surer_than_two_intervals_apart():
    better, worse = two_models()
    paired = differences(better, worse, 0.5, 0.5, 0.8, RESAMPLING)["auc"]
    apart = [intervals(rows)["auc"] for rows in (better, worse)]
    assert paired.high - paired.low < 0.7 * np.hypot(*(interval.high - interval.low for interval in apart))
    assert apart[0].low < apart[1].high  # they overlap, though the difference is sure


def test_models_that_scored_different_slices_are_not_paired():
    better, worse = two_models()
    with pytest.raises(ValueError, match="must have scored the same rows, got 900 and 899 rows"):
        differences(better, worse.where(np.arange(900) > 0), 0.5, 0.5, 0.8, RESAMPLING)
    turned = Scored.of(1 - worse.hemorrhage, worse.probability, worse.patient)
    with pytest.raises(ValueError, match="whose labels or patients differ"):
        differences(better, turned, 0.5, 0.5, 0.8, RESAMPLING)
