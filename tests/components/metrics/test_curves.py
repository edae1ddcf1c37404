import numpy as np
import pytest
import sklearn.metrics as theirs
from clustered_scores import clustered

from components.metrics.bootstrap import Resampling
from components.metrics.curves import MOST_POINTS, calibration, histogram, precision_recall, roc
from components.metrics.scored import Scored

pytestmark = pytest.mark.numpy

RESAMPLING = Resampling(500, 0.95, 0)
SMALL = Scored.of(
    np.array([0, 1, 0, 1, 1], np.int8),
    np.array([0.2, 0.4, 0.4, 0.6, 0.8], np.float32),
    np.array([0, 1, 2, 0, 1]),
)


def test_a_roc_curve_has_the_corners_that_a_hand_draws():
    curve = roc(SMALL, RESAMPLING)
    # 0.8 and 0.6 find two of three; 0.4 finds the third with one of two normals; 0.2 is the other normal.
    assert curve.false_positive_rate.tolist() == [0, 0, 0.5, 1]
    assert curve.sensitivity == pytest.approx([0, 2 / 3, 1, 1])
    assert np.isnan(curve.threshold[0])
    assert curve.threshold[1:] == pytest.approx([0.6, 0.4, 0.2])


def test_a_roc_curve_is_that_of_scikit_learn_and_thinned_keeps_its_area():
    rows = clustered(200, 30, seed=0)
    curve = roc(rows, RESAMPLING)
    assert len(curve.sensitivity) == MOST_POINTS
    assert (curve.false_positive_rate[-1], curve.sensitivity[-1]) == (1, 1)
    rates, heights, _ = theirs.roc_curve(rows.hemorrhage, rows.probability)
    on_theirs = [heights[rates <= rate + 1e-12].max() for rate in curve.false_positive_rate]
    assert (curve.sensitivity <= np.array(on_theirs) + 1e-12).all()
    area = theirs.auc(curve.false_positive_rate, curve.sensitivity)
    assert area == pytest.approx(theirs.roc_auc_score(rows.hemorrhage, rows.probability), abs=2e-3)
    points = zip(curve.false_positive_rate, curve.sensitivity, curve.threshold, strict=True)
    for rate, height, threshold in list(points)[1:]:
        called = rows.probability >= threshold
        assert height == pytest.approx(called[rows.hemorrhage == 1].mean())
        assert rate == pytest.approx(called[rows.hemorrhage == 0].mean())


def test_the_band_is_that_of_drawing_patients_and_reading_the_curve_at_the_same_rate():
    rows = clustered(25, 10, seed=3)
    curve = roc(rows, RESAMPLING)
    place = len(curve.sensitivity) // 3
    rate = curve.false_positive_rate[place]
    random = np.random.default_rng(7)
    drawn = []
    for _ in range(1000):
        picked = np.concatenate([np.flatnonzero(rows.patient == p) for p in random.integers(0, 25, 25)])
        rates, heights, _ = theirs.roc_curve(
            rows.hemorrhage[picked], rows.probability[picked], drop_intermediate=False
        )
        drawn.append(np.interp(rate, rates, heights))
    low, high = np.quantile(drawn, [0.0175, 0.9825])  # 0.025, widened as 25 patients require
    assert (curve.low[place], curve.high[place]) == (
        pytest.approx(low, abs=0.05),
        pytest.approx(high, abs=0.05),
    )
    assert (curve.low <= curve.sensitivity + 1e-9).mean() > 0.95


def test_a_precision_recall_curve_is_that_of_scikit_learn():
    rows = clustered(12, 8, seed=1)
    curve = precision_recall(rows)
    precision, recall, thresholds = theirs.precision_recall_curve(rows.hemorrhage, rows.probability)
    of_theirs = {float(np.float32(t)): (r, p) for t, r, p in zip(thresholds, recall, precision, strict=False)}
    for threshold, point in zip(
        curve.threshold, zip(curve.recall, curve.precision, strict=True), strict=True
    ):
        assert point == pytest.approx(of_theirs[float(np.float32(threshold))])
    assert curve.recall[-1] == 1


def test_one_class_has_no_roc_curve_and_no_hemorrhage_no_precision():
    normals = SMALL.where(SMALL.hemorrhage == 0)
    assert len(roc(normals, RESAMPLING).sensitivity) == 0
    assert len(precision_recall(normals).recall) == 0
    assert len(roc(SMALL.where(SMALL.hemorrhage == 1), RESAMPLING).sensitivity) == 0


def test_a_calibration_bin_has_what_was_predicted_and_what_was_observed():
    probability = np.concatenate([np.linspace(0.1, 0.19, 10), np.linspace(0.8, 0.89, 10)]).astype(np.float32)
    label = np.array([0] * 9 + [1] + [1] * 7 + [0] * 3, np.int8)
    bins = calibration(Scored.of(label, probability, np.arange(20)), RESAMPLING)
    assert [bin_.count for bin_ in bins] == [2] * 10
    assert (bins[0].lowest, bins[-1].highest) == (pytest.approx(0.1), pytest.approx(0.89))
    assert bins[0].mean_probability == pytest.approx(0.105)
    assert [bin_.observed.value for bin_ in bins] == [0, 0, 0, 0, 0.5, 1, 1, 1, 0.5, 0]
    assert np.isnan(bins[4].observed.low)  # of two patients


def test_a_bin_of_ten_patients_has_the_interval_of_ten_coins():
    probability = np.linspace(0, 1, 100).astype(np.float32)
    label = np.tile([0, 1], 50).astype(np.int8)
    got = calibration(Scored.of(label, probability, np.arange(100)), RESAMPLING)[3].observed
    # Of ten coins 2 to 8 show heads with 0.979, 3 to 7 with 0.891.
    assert (got.value, got.low, got.high) == (0.5, pytest.approx(0.2, abs=0.07), pytest.approx(0.8, abs=0.07))


def test_bins_of_no_slices_are_none():
    assert calibration(SMALL.where(SMALL.probability > 1), RESAMPLING) == []


def test_a_histogram_counts_each_class_from_0_to_1():
    counts = histogram(SMALL, bins=5)
    assert counts.edges == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert counts.hemorrhage.sum() == 3
    assert counts.normal.sum() == 2
    at_the_ends = Scored.of(np.array([0, 1], np.int8), np.array([0, 1], np.float32), np.arange(2))
    assert histogram(at_the_ends, bins=4).normal.tolist() == [1, 0, 0, 0]
    assert histogram(at_the_ends, bins=4).hemorrhage.tolist() == [0, 0, 0, 1]
