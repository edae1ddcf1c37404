import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss, roc_curve

from components.metrics.operating_point import apply_temperature, choose_threshold, fit_temperature

pytestmark = pytest.mark.numpy


def labels(*values: int) -> np.ndarray:
    return np.array(values, np.int8)


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def rates(hemorrhage: np.ndarray, probability: np.ndarray, threshold: float) -> tuple[float, float]:
    called = probability >= np.float32(threshold)
    return called[hemorrhage == 1].mean(), (~called[hemorrhage == 0]).mean()


# Four normals and four hemorrhages; one normal is above the lowest two hemorrhages.
LABELS = labels(0, 0, 0, 1, 1, 0, 1, 1)
SCORES = scores(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@pytest.mark.parametrize(
    ("rule", "wanted", "threshold"),
    [
        ("sensitivity", 1.0, 0.35),  # all four from 0.4 on
        ("sensitivity", 0.75, 0.45),  # three of four from 0.5 on
        ("sensitivity", 0.6, 0.45),  # the half is too few, three are the next
        ("sensitivity", 0.5, 0.65),
        ("sensitivity", 0.0, 0.9),  # nothing is demanded: the end above the highest score
        ("specificity", 1.0, 0.65),
        ("specificity", 0.75, 0.35),  # three of four normals are below 0.4
        ("specificity", 0.5, 0.25),
        ("specificity", 0.0, 0.05),
        ("youden", 0.0, 0.35),  # 1 + 0.75
        ("value", 0.25, 0.25),
    ],
)
def test_each_rule_cuts_in_the_middle_between_two_scores(rule: str, wanted: float, threshold: float):
    assert choose_threshold(LABELS, SCORES, rule, wanted) == pytest.approx(threshold, abs=1e-7)


def test_equal_scores_are_never_parted():
    hemorrhage, probability = labels(0, 1, 0, 1, 1), scores(0.2, 0.5, 0.5, 0.5, 0.9)
    assert choose_threshold(hemorrhage, probability, "sensitivity", 0.5) == pytest.approx(0.35)
    assert choose_threshold(hemorrhage, probability, "specificity", 0.9) == pytest.approx(0.7)


def test_of_equally_good_thresholds_by_youden_the_one_that_misses_less_is_taken():
    hemorrhage, probability = labels(0, 1, 0, 1), scores(0.2, 0.4, 0.6, 0.8)  # 1 + 0.5 and 0.5 + 1
    assert choose_threshold(hemorrhage, probability, "youden", 0) == pytest.approx(0.3)


def test_a_sensitivity_that_only_a_score_of_zero_reaches_calls_everything_hemorrhage():
    threshold = choose_threshold(labels(1, 0, 1), scores(0, 0.5, 0.9), "sensitivity", 1.0)
    assert threshold == 0.0


def test_a_specificity_that_no_threshold_reaches_gets_the_highest_one_there_is():
    hemorrhage, probability = labels(0, 0, 1), scores(0.2, 1.0, 1.0)
    assert choose_threshold(hemorrhage, probability, "specificity", 0.9) == pytest.approx(0.6)
    assert choose_threshold(labels(0, 0), scores(1, 1), "specificity", 0.9) == 0.5


def test_neighbours_of_float32_are_parted_too():
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    hemorrhage, probability = labels(0, 1), np.array([low, high])
    threshold = choose_threshold(hemorrhage, probability, "sensitivity", 1.0)
    assert rates(hemorrhage, probability, threshold) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("hemorrhage", "rule", "counts"),
    [
        (labels(0, 0), "sensitivity", "0 slices with a hemorrhage and 2 normal ones"),
        (labels(1, 1), "specificity", "2 slices with a hemorrhage and 0 normal ones"),
        (labels(1, 1), "youden", "2 slices with a hemorrhage and 0 normal ones"),
        (labels(0, 0), "youden", "0 slices with a hemorrhage and 2 normal ones"),
    ],
)
def test_a_class_that_the_rule_needs_must_be_there(hemorrhage: np.ndarray, rule: str, counts: str):
    with pytest.raises(ValueError, match=rf"threshold by {rule}: got {counts}.*set threshold.rule=value"):
        choose_threshold(hemorrhage, scores(0.1, 0.2), rule, 0.9)


def test_a_rule_needs_no_more_than_the_class_that_it_looks_at():
    assert choose_threshold(labels(1, 1), scores(0.4, 0.6), "sensitivity", 1.0) == pytest.approx(0.2)
    assert choose_threshold(labels(0, 0), scores(0.4, 0.6), "specificity", 1.0) == pytest.approx(0.8)
    assert choose_threshold(labels(), scores(), "value", 0.5) == 0.5


@pytest.mark.parametrize(
    ("hemorrhage", "probability", "rule", "wanted", "message"),
    [
        (
            LABELS,
            SCORES,
            "best",
            0.5,
            "threshold.rule: must be one of sensitivity, youden, specificity, value, ",
        ),
        (LABELS, SCORES, "sensitivity", 1.5, "what is wanted must be within 0..1, got 1.5"),
        (LABELS, SCORES, "value", float("nan"), "what is wanted must be within 0..1, got nan"),
        (labels(0, 2), scores(0, 1), "youden", 0, r"labels must be 0 or 1, got \[0 2\]"),
        (labels(0, 1), scores(0, float("nan")), "youden", 0, "scores must be within 0..1 and not NaN"),
        (labels(0), scores(0, 1), "youden", 0, r"two rows of one length above 0, got \(1,\) and \(2,\)"),
        (labels(), scores(), "youden", 0, r"two rows of one length above 0, got \(0,\) and \(0,\)"),
    ],
)
def test_what_is_no_label_score_or_rule_is_refused(
    hemorrhage: np.ndarray, probability: np.ndarray, rule: str, wanted: float, message: str
):
    with pytest.raises(ValueError, match=message):
        choose_threshold(hemorrhage, probability, rule, wanted)


@given(
    rows=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=2, max_size=40).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    wanted=st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]),
)
def test_no_threshold_of_a_fine_grid_keeps_to_a_rule_better(rows: list[tuple[int, int]], wanted: float):
    hemorrhage = np.array([label for label, _ in rows], np.int8)
    probability = np.array([score / 20 for _, score in rows], np.float32)
    grid = np.concatenate(([0], np.arange(20) / 20 + 0.025)).astype(np.float32)
    on_grid = [rates(hemorrhage, probability, threshold) for threshold in grid]
    by_sensitivity = choose_threshold(hemorrhage, probability, "sensitivity", wanted)
    sensitivity, specificity = rates(hemorrhage, probability, by_sensitivity)
    assert sensitivity >= wanted
    assert specificity == max(spec for sens, spec in on_grid if sens >= wanted)
    youden = choose_threshold(hemorrhage, probability, "youden", 0)
    assert sum(rates(hemorrhage, probability, youden)) == pytest.approx(max(map(sum, on_grid)))
    by_specificity = choose_threshold(hemorrhage, probability, "specificity", wanted)
    reachable = [sens for sens, spec in on_grid if spec >= wanted]
    if reachable:
        assert rates(hemorrhage, probability, by_specificity) >= (max(reachable), wanted)


def test_youden_agrees_with_scikit_learn():
    random = np.random.default_rng(0)
    hemorrhage = random.integers(0, 2, 500).astype(np.int8)
    probability = random.beta(2 + hemorrhage, 3 - hemorrhage).astype(np.float32)
    false_alarms, hits, thresholds = roc_curve(hemorrhage, probability, drop_intermediate=False)
    best = np.argmax(hits - false_alarms)
    ours = choose_threshold(hemorrhage, probability, "youden", 0)
    assert thresholds[best + 1] < ours < thresholds[best]


def overconfident(temperature: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn from calibrated scores, and those scores with their logits multiplied."""
    random = np.random.default_rng(1)
    logits = random.normal(-1, 2, count)
    hemorrhage = (random.random(count) < 1 / (1 + np.exp(-logits))).astype(np.int8)
    return hemorrhage, (1 / (1 + np.exp(-logits * temperature))).astype(np.float32)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_scores_were_spoilt_by_is_found(temperature: float):
    assert fit_temperature(*overconfident(temperature)) == pytest.approx(temperature, rel=0.06)


def test_scores_of_nine_tenths_that_are_right_three_times_of_four_are_cooled_by_two():
    temperature = fit_temperature(labels(1, 1, 1, 0), scores(0.9, 0.9, 0.9, 0.9))
    assert temperature == pytest.approx(2.0, rel=1e-6)  # ln(0.9 / 0.1) / ln(0.75 / 0.25)


def test_no_other_temperature_has_a_lower_log_loss():
    hemorrhage, probability = overconfident(2.5)
    by_scipy = minimize_scalar(
        lambda temperature: log_loss(hemorrhage, apply_temperature(probability, temperature)),
        bounds=(0.1, 10), method="bounded", options={"xatol": 1e-6},
    )  # fmt: skip
    assert fit_temperature(hemorrhage, probability) == pytest.approx(by_scipy.x, rel=1e-3)


def test_scores_of_zero_and_one_have_a_temperature_too():
    temperature = fit_temperature(labels(0, 1, 1, 0), scores(0, 1, 0, 0.2))
    assert temperature == pytest.approx(10.0)  # certain and wrong: as hot as is allowed


def test_where_the_classes_are_parted_without_an_error_scores_stay_as_they_are():
    assert fit_temperature(labels(0, 0, 1), scores(0.2, 0.4, 0.6)) == 1.0


def test_a_temperature_needs_both_classes():
    with pytest.raises(ValueError, match="got 2 slices with a hemorrhage of 2; both classes are needed"):
        fit_temperature(labels(1, 1), scores(0.2, 0.4))


def test_a_temperature_changes_no_order_and_no_half():
    probability = scores(0.01, 0.3, 0.5, 0.9)
    changed = apply_temperature(probability, 2.0)
    assert (np.diff(changed) > 0).all()
    assert changed[2] == pytest.approx(0.5)
    assert changed[3] == pytest.approx(0.75)  # odds of 9 become odds of 3
