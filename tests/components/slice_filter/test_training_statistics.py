"""Statistics of a profile: TFDV's, with buckets that another set can be counted in."""

import dataclasses

import numpy as np
import pytest

from components.imaging.content import measure
from components.slice_filter import training_statistics
from components.slice_filter.profile import CATEGORIES, NUMBERS, Profile
from components.slice_filter.rules import Reason
from schemas import features as f

pytestmark = pytest.mark.tfx

EMPTY = measure(np.zeros((64, 64), np.uint8))
RULE = 0.025


def profile(noises, side: int = 512, reason: Reason = Reason.KEEP) -> Profile:
    made = Profile()
    for noise in noises:
        made.add((side, side), "", dataclasses.replace(EMPTY, noise=float(noise)), reason)
    return made


def buckets(told, name: str) -> list[tuple[float, float, float]]:
    """Borders and count of each bucket of a feature's histogram."""
    (standard,) = [
        one
        for one in training_statistics.features_of(told)[name].num_stats.histograms
        if one.type == one.STANDARD
    ]
    return [(one.low_value, one.high_value, one.sample_count) for one in standard.buckets]


def test_all_columns_are_there_and_no_others():
    told = training_statistics.statistics(profile([0.1, 0.2]), RULE)
    assert set(training_statistics.features_of(told)) == {*NUMBERS, *CATEGORIES}
    assert told.datasets[0].num_examples == 2


def test_buckets_lie_between_the_tails_and_count_each_slice_once():
    values = np.linspace(0.2, 0.3, 1001)
    rows = buckets(training_statistics.statistics(profile(values), RULE), f.NOISE)
    assert len(rows) == 12
    assert rows[0][0] == 0
    assert rows[-1][1] == 1
    assert [low for low, _, _ in rows[1:]] == [high for _, high, _ in rows[:-1]]
    assert rows[0][1] == pytest.approx(0.2005, abs=1e-4)  # half a percent lies below
    assert rows[-1][0] == pytest.approx(0.2995, abs=1e-4)
    assert sum(count for _, _, count in rows) == 1001
    assert [count for _, _, count in rows[1:-1]] == pytest.approx([99] * 10, abs=2)


def test_an_outlier_widens_no_bucket():
    """TFDV's own would lie between 0.2 and 0.9, all slices but one in the first two."""
    values = [*np.linspace(0.2, 0.3, 999), 0.9]
    rows = buckets(training_statistics.statistics(profile(values), RULE), f.NOISE)
    assert max(high - low for low, high, _ in rows[1:-1]) < 0.011


def test_other_slices_are_counted_in_the_same_buckets_wherever_they_lie():
    before = training_statistics.statistics(profile(np.linspace(0.2, 0.3, 100)), RULE)
    now = training_statistics.statistics(profile([0.01, 0.25, 0.25, 0.99]), RULE, like=before)
    borders = [(low, high) for low, high, _ in buckets(before, f.NOISE)]
    assert [(low, high) for low, high, _ in buckets(now, f.NOISE)] == borders
    counts = [count for _, _, count in buckets(now, f.NOISE)]
    assert (counts[0], counts[-1], sum(counts)) == (1, 1, 4)


def test_one_value_alone_has_a_bucket_of_its_own():
    rows = buckets(training_statistics.statistics(profile([0.1] * 5, side=512), RULE), f.HEIGHT)
    assert [(low, high) for low, high, count in rows if count] == [(511.5, 512.5)]
    assert len(rows) == 3


def test_what_is_not_known_is_missing_and_has_no_buckets_to_count_in():
    before = training_statistics.features_of(
        training_statistics.statistics(profile([0.1] * 3, reason=Reason.BLANK), RULE)
    )
    assert before[f.NOISE].num_stats.common_stats.num_missing == 3
    assert before[f.HIGH_HU].num_stats.common_stats.num_missing == 3
    reasons = {one.value: one.frequency for one in before[f.FILTER_REASON].string_stats.top_values}
    assert reasons == {"blank": 3}


def test_the_threshold_of_the_reasons_comes_along():
    told = training_statistics.statistics(profile([0.1]), RULE)
    assert training_statistics.min_brain_share_of(training_statistics.read(told.SerializeToString())) == RULE


@pytest.mark.parametrize("content", [b"", b"no statistics", b"\x0a\x00"])
def test_other_files_are_refused(content: bytes):
    with pytest.raises(ValueError, match=r"damaged, or no statistics|not those of a train split"):
        training_statistics.read(content)
