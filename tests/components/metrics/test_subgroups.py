import numpy as np
import pytest

from components.metrics.bootstrap import Estimate
from components.metrics.subgroups import (
    Subgroup,
    by_attribute,
    by_position,
    largest_gaps,
    of_hemorrhages_only,
)

pytestmark = pytest.mark.numpy

LABELS = np.array([1, 1, 0, 0], np.int8)
ATTRIBUTES = [
    ("subtype=subdural", "subtype=epidural", "sex=male"),
    ("subtype=subdural", "sex=female", "site=a=b"),
    ("sex=male",),
    (),
]


def rows_of(groups) -> dict[tuple[str, str], list[int]]:
    return {(group.column, group.value): np.flatnonzero(group.mask).tolist() for group in groups}


def test_a_slice_is_in_the_group_of_each_of_its_values():
    rows = rows_of(by_attribute(LABELS, ATTRIBUTES, frozenset()))
    assert rows == {
        ("sex", "female"): [1],
        ("sex", "male"): [0, 2],
        ("site", "a=b"): [1],
        ("subtype", "epidural"): [0],
        ("subtype", "subdural"): [0, 1],
    }


def test_a_value_of_hemorrhages_only_is_measured_against_all_normals():
    groups = list(by_attribute(LABELS, ATTRIBUTES, frozenset({"subtype=epidural", "subtype=subdural"})))
    rows = rows_of(groups)
    assert rows["subtype", "epidural"] == [0, 2, 3]
    assert rows["subtype", "subdural"] == [0, 1, 2, 3]
    assert rows["sex", "female"] == [1]
    assert {group.column for group in groups if group.all_normals} == {"subtype"}


def test_values_that_no_normal_slice_has_are_found_in_columns_of_names_and_of_zeros_and_ones():
    subtypes = {"subtype=epidural", "subtype=subdural"}
    assert of_hemorrhages_only(LABELS, ATTRIBUTES) == subtypes | {"sex=female", "site=a=b"}
    with_none = [*ATTRIBUTES[:2], ("subtype=none", "sex=male"), ("subtype=none", "sex=female", "site=a=b")]
    assert of_hemorrhages_only(LABELS, with_none) == subtypes
    flags = [("epidural=1", "subdural=0"), ("epidural=0", "subdural=1"), ("epidural=0", "subdural=0"), ()]
    assert of_hemorrhages_only(LABELS, flags) == {"epidural=1", "subdural=1"}


def test_normals_with_a_value_of_their_own_stay_among_themselves():
    with_none = [*ATTRIBUTES[:2], ("subtype=none",), ()]
    positive = of_hemorrhages_only(LABELS, with_none)
    (none,) = [group for group in by_attribute(LABELS, with_none, positive) if group.value == "none"]
    assert (none.mask.tolist(), none.all_normals) == ([False, False, True, False], False)


def test_positions_are_thirds_of_each_patients_own_range():
    patient = np.array([0, 0, 0, 0, 1, 1, 1, 2, 3, 3])
    index = np.array([10, 13, 16, 19, 0, 2, 4, 5, -1, 7])
    rows = rows_of(by_position(patient, index))
    # Patient 0 reaches from 10 to 19: below 13, below 16, up to 19. One known slice of 2 and 3 has no place.
    assert rows == {
        ("slice_position", "first"): [0, 4],
        ("slice_position", "middle"): [1, 5],
        ("slice_position", "last"): [2, 3, 6],
    }


def test_without_slice_indices_there_are_no_positions():
    assert list(by_position(np.array([0, 0]), np.array([-1, -1]))) == []


def measured(column: str, value: str, auc: float, half_width: float = 0.01, all_normals: bool = False):
    estimate = Estimate(auc, auc - half_width, auc + half_width, too_few=bool(np.isnan(half_width)))
    group = Subgroup(column, value, np.zeros(0, np.bool_), all_normals)
    return group, {"auc": estimate, "sensitivity": estimate, "specificity": estimate}


def test_the_largest_gap_is_between_two_groups_of_one_column():
    gaps = largest_gaps(
        [
            measured("sex", "male", 0.9), measured("sex", "female", 0.85),
            measured("age", "40-49", 0.95), measured("age", "50-59", 0.7), measured("age", "60-69", 0.8),
            measured("site", "a", 0.1),
        ]
    )  # fmt: skip
    assert [gap.metric for gap in gaps] == ["auc", "sensitivity", "specificity"]
    (gap, *_) = gaps
    assert (gap.column, gap.highest, gap.lowest) == ("age", ("40-49", 0.95), ("50-59", 0.7))
    assert gap.gap == pytest.approx(0.25)
    assert not gap.intervals_overlap


def test_a_gap_within_intervals_that_overlap_is_marked_as_such():
    (gap, *_) = largest_gaps([measured("sex", "m", 0.9, 0.1), measured("sex", "f", 0.8, 0.1)])
    assert gap.intervals_overlap


def test_groups_that_share_their_normals_have_no_gap_in_specificity():
    groups = [
        measured("subtype", "a", 0.9, all_normals=True),
        measured("subtype", "b", 0.8, all_normals=True),
    ]
    assert [gap.metric for gap in largest_gaps(groups)] == ["auc", "sensitivity"]


def test_groups_without_a_figure_or_of_too_few_patients_have_no_gap():
    assert largest_gaps([measured("sex", "m", 0.9, np.nan), measured("sex", "f", 0.8)]) == []
    assert largest_gaps([measured("sex", "m", np.nan), measured("sex", "f", 0.8)]) == []
    assert largest_gaps([]) == []
