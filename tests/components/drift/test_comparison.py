"""TFDV's comparators on sets whose distances are known by hand."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from components.drift.comparison import compare, read_schema
from components.imaging.content import measure
from components.slice_filter import training_statistics
from components.slice_filter.profile import Profile
from components.slice_filter.rules import Reason
from schemas import features as f

pytestmark = pytest.mark.tfx

EMPTY = measure(np.zeros((64, 64), np.uint8))
SCHEMA = (Path(__file__).parents[3] / f.SCHEMA_FILE).read_text()
WINDOWS = "40/80 80/200 600/2800"


def profile(
    number: int, reason: Reason = Reason.KEEP, side: int = 512, windows: str = "", **values
) -> Profile:
    made = Profile()
    for _ in range(number):
        made.add((side, side), windows, dataclasses.replace(EMPTY, **values), reason)
    return made


def compared(before: Profile, now: Profile, min_slices: int = 1):
    training = training_statistics.statistics(before, 0.02)
    new = training_statistics.statistics(now, 0.02, like=training)
    return compare(training, new, read_schema(SCHEMA), min_slices)


def divergence(first: list[float], second: list[float]) -> float:
    """Jensen-Shannon, to base 2, by its definition."""

    def entropy(shares: list[float]) -> float:
        return -sum(share * math.log2(share) for share in shares if share)

    middle = [(share + other) / 2 for share, other in zip(first, second, strict=True)]
    return entropy(middle) - (entropy(first) + entropy(second)) / 2


def test_a_set_is_not_apart_from_itself():
    same = Profile.total([profile(30, noise=0.02), profile(10, Reason.BLANK), profile(20, noise=0.05)])
    result = compared(same, same)
    assert result.moved == ()
    assert all(feature.value == pytest.approx(0, abs=1e-9) for feature in result.features)
    assert result.verdict == "no drift: none of 14 features moved"
    assert (result.training_slices, result.new_slices, result.training_fit, result.new_fit) == (
        60,
        60,
        50,
        50,
    )


def test_numbers_are_apart_by_their_jensen_shannon_divergence():
    before = Profile.total([profile(60, head_aspect=0.4), profile(40, head_aspect=0.6)])
    now = Profile.total([profile(10, head_aspect=0.4), profile(90, head_aspect=0.6)])
    result = compared(before, now)
    (feature,) = result.moved
    assert feature.name == f.HEAD_ASPECT
    assert feature.statistic == "Jensen-Shannon divergence"
    assert feature.value == pytest.approx(divergence([0.6, 0.4], [0.1, 0.9]), abs=1e-4)
    assert feature.training.mean == pytest.approx(0.48)
    assert sorted(feature.new.shares)[-2:] == pytest.approx([0.1, 0.9])


def test_what_has_nothing_in_common_is_one_apart():
    result = compared(profile(50, side=512), profile(50, side=256))
    assert [(feature.name, feature.value) for feature in result.moved] == [
        (f.HEIGHT, pytest.approx(1)),
        (f.WIDTH, pytest.approx(1)),
    ]


def test_reasons_are_apart_by_the_largest_difference_of_a_share():
    before = Profile.total([profile(80), profile(15, Reason.BLANK), profile(5, Reason.LITTLE_BRAIN)])
    now = Profile.total([profile(50), profile(20, Reason.BLANK), profile(30, Reason.LITTLE_BRAIN)])
    (feature,) = compared(before, now).moved
    assert (feature.name, feature.value) == (f.FILTER_REASON, pytest.approx(0.3))
    assert list(feature.training.labels) == ["keep", "blank", "little_brain"]
    assert feature.training.shares == pytest.approx([0.8, 0.15, 0.05])
    assert feature.training.summary == "80% keep"


def test_a_blank_share_that_moves_moves_no_measure_of_the_others():
    before = Profile.total([profile(90, noise=0.02), profile(10, Reason.BLANK, noise=0.0)])
    now = Profile.total([profile(50, noise=0.02), profile(50, Reason.BLANK, noise=0.0)])
    assert [feature.name for feature in compared(before, now).moved] == [f.FILTER_REASON]


def test_what_is_furthest_beyond_its_threshold_is_named_first_and_not_what_is_apart_most():
    before = Profile.total(
        [profile(50, noise=0.02, low_intensity=0.2), profile(50, noise=0.04, low_intensity=0.4)]
    )
    now = Profile.total(
        [profile(1, noise=0.02, low_intensity=0.2), profile(99, noise=0.04, low_intensity=0.4)]
    )
    result = compared(before, now)
    apart = divergence([0.5, 0.5], [0.01, 0.99])
    low, noise = result.features[:2]
    assert (low.name, noise.name) == (f.LOW_INTENSITY, f.NOISE)
    assert low.value == noise.value == pytest.approx(apart, abs=1e-4)
    assert low.beyond == pytest.approx((apart - low.threshold) / (1 - low.threshold), abs=1e-4)
    assert result.verdict == "DRIFT: 2 of 14 features moved: low_intensity, noise"


def test_without_a_slice_fit_to_be_compared_the_reasons_alone_show_drift():
    result = compared(profile(100, noise=0.02), profile(100, Reason.DARK))
    assert [feature.name for feature in result.moved] == [f.FILTER_REASON]
    assert [feature.name for feature in result.features] == [f.FILTER_REASON, f.HEIGHT, f.WIDTH]
    warnings = list(result.warnings())
    assert warnings[0].startswith(
        "only 0 of 100 new slices are fit to be compared; below 1 (drift.min_slices)"
    )
    assert warnings[1] == (
        "not compared, since one side has no values: brain_share, head_share, mean_intensity, contrast, "
        "bright_intensity, low_intensity, median_intensity, intensity_spread, noise, head_aspect, "
        "head_balance"
    )


def test_hu_and_windows_are_compared_where_both_sides_know_them():
    known = {"windows": WINDOWS, "low_hu": -100.0, "high_hu": 1400.0}
    result = compared(profile(50, **known), profile(50, **{**known, "high_hu": 1800.0}))
    assert [feature.name for feature in result.moved] == [f.HIGH_HU]
    assert {f.LOW_HU, f.WINDOWS} <= {feature.name for feature in result.features}
    other = compared(profile(50, **known), profile(50, **{**known, "windows": "40/60"}))
    assert other.moved[0].name == f.WINDOWS


def test_few_slices_are_warned_about_on_either_side():
    result = compared(profile(150), Profile.total([profile(199), profile(50, Reason.BLANK)]), min_slices=200)
    assert list(result.warnings()) == [
        "only 199 of 249 new slices are fit to be compared; below 200 (drift.min_slices) features move by "
        "chance, so check more slices",
        "the model was trained on 150 slices; below 200 (drift.min_slices) features move by chance",
    ]
    assert list(compared(profile(200), profile(200), min_slices=200).warnings()) == []


def test_statistics_of_nothing_are_refused():
    training = training_statistics.statistics(profile(1), 0.02)
    nothing = type(training)()
    with pytest.raises(ValueError, match="the new statistics are of no slices"):
        compare(training, nothing, read_schema(SCHEMA), 1)


def test_every_column_of_a_profile_has_a_comparator_in_the_schema():
    result = compared(
        profile(10, windows=WINDOWS, low_hu=-90.0, high_hu=1200.0),
        profile(10, windows=WINDOWS, low_hu=-90.0, high_hu=1200.0),
    )
    names = {feature.name for feature in result.features}
    assert names == {f.HEIGHT, f.WIDTH, *f.MEASURES, *f.HU_MEASURES, f.FILTER_REASON, f.WINDOWS}
