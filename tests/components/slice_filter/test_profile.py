"""What is remembered of slices to compare others with."""

import dataclasses

import numpy as np
import pytest

from components.imaging.content import measure
from components.slice_filter.profile import CATEGORIES, NUMBERS, Profile
from components.slice_filter.rules import Reason
from schemas import features as f

pytestmark = pytest.mark.numpy

BLANK = measure(np.zeros((64, 64), np.uint8))
HEAD = dataclasses.replace(BLANK, brain_share=0.25, noise=0.125, head_aspect=0.625)
WITH_HU = dataclasses.replace(HEAD, low_hu=-96.0, high_hu=1500.0)
SHOWN = "40/80 80/200 600/2800"


def of(*slices) -> Profile:
    profile = Profile()
    for one in slices:
        profile.add(*one)
    return profile


def test_sizes_and_reasons_count_for_all_slices_measures_for_those_fit_to_learn_from():
    profile = of(
        ((512, 640), "", HEAD, Reason.KEEP),
        ((256, 300), "", HEAD, Reason.LITTLE_BRAIN),
        ((256, 300), "", BLANK, Reason.BLANK),
    )
    assert len(profile) == 3
    numbers = profile.numbers()
    assert tuple(numbers) == NUMBERS
    assert numbers[f.HEIGHT].tolist() == [512, 256, 256]
    assert numbers[f.WIDTH].tolist() == [640, 300, 300]
    np.testing.assert_array_equal(numbers[f.NOISE], [0.125, np.nan, np.nan])
    np.testing.assert_array_equal(numbers[f.HEAD_ASPECT], [0.625, np.nan, np.nan])
    assert profile.categories()[f.FILTER_REASON] == ["keep", "little_brain", "blank"]


def test_hu_and_windows_are_there_where_they_are_known():
    profile = of(((64, 64), "", HEAD, Reason.KEEP), ((64, 64), SHOWN, WITH_HU, Reason.KEEP))
    np.testing.assert_array_equal(profile.numbers()[f.HIGH_HU], [np.nan, 1500])
    np.testing.assert_array_equal(profile.numbers()[f.LOW_HU], [np.nan, -96])
    assert tuple(profile.categories()) == CATEGORIES
    assert profile.categories()[f.WINDOWS] == [None, SHOWN]


def test_parts_add_up_to_the_whole():
    slices = [((64, 64 + number), SHOWN, WITH_HU, Reason.KEEP) for number in range(5)]
    whole, total = of(*slices), Profile.total([of(*slices[:2]), of(), of(*slices[2:])])
    assert total.categories() == whole.categories()
    for name, column in whole.numbers().items():
        np.testing.assert_array_equal(total.numbers()[name], column)


def test_an_empty_profile_has_empty_columns():
    assert all(column.shape == (0,) for column in Profile().numbers().values())
