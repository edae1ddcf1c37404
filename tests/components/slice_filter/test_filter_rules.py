"""Decisions at their borders."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imaging.content import SliceMeasures, measure
from components.slice_filter.params import FilterParams
from components.slice_filter.rules import Reason, decide, judge

pytestmark = pytest.mark.numpy

EMPTY = measure(np.zeros((64, 64), np.uint8))
HEAD = dataclasses.replace(
    EMPTY, brain_share=0.25, head_share=0.4, mean_intensity=0.3, contrast=0.35, bright_intensity=1.0
)


def params(**changes) -> FilterParams:
    settings = {
        "enabled": True,
        "min_brain_share": 0.02,
        "max_lost_hemorrhage_share": 0.01,
        "contact_sheet_slices": 2,
    }
    return FilterParams(**{**settings, **changes})


def test_a_brain_is_kept():
    assert decide(HEAD, params()) is Reason.KEEP


@pytest.mark.parametrize(("share", "reason"), [(0.0199, Reason.LITTLE_BRAIN), (0.02, Reason.KEEP)])
def test_the_threshold_itself_is_enough(share, reason):
    assert decide(dataclasses.replace(HEAD, brain_share=share), params()) is reason


def test_a_threshold_of_zero_keeps_bone_without_brain():
    bone = dataclasses.replace(HEAD, brain_share=0.0)
    assert judge(bone, 0.0) is Reason.KEEP


def test_couch_without_head_is_blank_at_any_threshold():
    couch = dataclasses.replace(
        EMPTY, head_share=0.004, mean_intensity=0.02, contrast=0.1, bright_intensity=0.5
    )
    assert judge(couch, 0.0) is Reason.BLANK
    assert decide(couch, params()) is Reason.BLANK


def test_a_thin_couch_in_air_is_blank_and_not_dark():
    picture = np.zeros((256, 256), np.uint8)
    picture[200, 40:216] = 255  # 0.3 % of the pixels, so that the 99th percentile is air
    assert decide(measure(picture), params()) is Reason.BLANK


def test_a_black_picture_is_blank():
    assert decide(measure(np.zeros((64, 64), np.uint8)), params()) is Reason.BLANK


def test_sixteen_bits_that_hold_unwindowed_values_are_dark():
    """HU + 1024 of air, brain and bone, stored as they are: 0, 1060 and 2200 of 65535."""
    down, right = np.mgrid[-128:128, -128:128]
    radius = np.hypot(down, right)
    stored = np.select([radius < 70, radius < 80], [1060, 2200], 0).astype(np.uint16)
    assert decide(measure(stored), params()) is Reason.DARK
    assert decide(measure(stored), params(), hu_known=True) is Reason.BLANK  # a window is known


def test_switched_off_keeps_what_it_would_drop():
    blank = measure(np.zeros((64, 64), np.uint8))
    assert decide(blank, params(enabled=False)) is Reason.KEEP
    assert judge(blank, 0.02) is Reason.BLANK


SHARES = st.floats(0, 1)
MEASURES = st.builds(SliceMeasures, *[SHARES] * 11)
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@SETTINGS
@given(MEASURES, SHARES, SHARES)
def test_a_higher_threshold_never_keeps_what_a_lower_one_drops(measures, one, other):
    lower, higher = sorted((one, other))
    before, after = judge(measures, lower), judge(measures, higher)
    assert before is after or (before, after) == (Reason.KEEP, Reason.LITTLE_BRAIN)


@SETTINGS
@given(MEASURES, SHARES, st.integers(0, 8))
def test_more_brain_and_more_head_never_lose_a_slice(measures, threshold, more):
    if judge(measures, threshold) is Reason.KEEP:
        grown = dataclasses.replace(
            measures,
            brain_share=min(1.0, measures.brain_share + more / 8),
            head_share=min(1.0, measures.head_share + more / 8),
        )
        assert judge(grown, threshold) is Reason.KEEP


@SETTINGS
@given(MEASURES, SHARES)
def test_every_measure_has_a_verdict_and_switched_off_all_are_kept(measures, threshold):
    assert judge(measures, threshold) in set(Reason) - {Reason.UNREADABLE}
    assert decide(measures, params(min_brain_share=threshold)) is judge(measures, threshold)
    assert decide(measures, params(min_brain_share=threshold, enabled=False)) is Reason.KEEP
