"""Patients, pictures and labels, from slices counted by hand."""

import numpy as np
import pytest

from components.leakage.findings import (
    Kind,
    Pair,
    conflicting_labels,
    identical_images,
    shared_patients,
)
from components.leakage.prints import Shows, from_bytes, print_of

pytestmark = pytest.mark.numpy

TRAIN, VAL, TEST = 0, 1, 2
HEAD = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)


def where(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_a_patient_in_two_splits_is_found_and_slices_of_the_earlier_split_are_copies(
    prints_of,
):
    prints = prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "b", 0, "B"), (TRAIN, "a", 0, "C"),
        (VAL, "a", 0, "D"), (VAL, "c", 0, "E"),
        (TEST, "c", 1, "F"), (TEST, "d", 0, "G"),
    )  # fmt: skip
    found = shared_patients(prints, 10)
    assert where(found.slices) == [0, 2, 3, 4, 5]
    assert where(found.copies) == [0, 2, 4]
    assert found.groups.tolist() == [0, -1, 0, 0, 1, 1, -1]
    assert (found.number, found.largest) == (2, 3)


def test_a_picture_is_identical_across_splits_and_not_within_one(prints_of):
    prints = prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "b", 0, "A"), (TRAIN, "c", 0, "B"), (TRAIN, "d", 0, "B"),
        (VAL, "e", 0, "C"), (VAL, "f", 0, "D"),
        (TEST, "g", 0, "A"), (TEST, "h", 0, "D"), (TEST, "i", 0, "A"),
    )  # fmt: skip
    found = identical_images(prints, 10)
    assert where(found.slices) == [0, 1, 5, 6, 7, 8]
    assert where(found.copies) == [0, 1, 5]
    assert found.groups.tolist() == [0, 0, -1, -1, -1, 1, 0, 1, 0]
    assert (found.number, found.largest) == (2, 4)
    assert found.pairs == (Pair(Kind.IDENTICAL, 0, 6, 0), Pair(Kind.IDENTICAL, 5, 7, 0))


def test_slices_of_one_grey_level_are_equal_and_say_nothing_of_a_patient(prints_of):
    prints = prints_of((TRAIN, "a", 0, " "), (TRAIN, "b", 0, "s"), (VAL, "c", 1, " "), (VAL, "d", 1, "s"))
    assert where(identical_images(prints, 10).slices) == [1, 3]
    assert where(conflicting_labels(prints, 10).slices) == [1, 3]


def test_a_picture_with_both_labels_is_found_within_a_split_too_and_copies_are_those_to_train_on(prints_of):
    prints = prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "a", 1, "A"), (TRAIN, "b", 1, "B"), (TRAIN, "c", 1, "B"),
        (VAL, "d", 1, "C"), (VAL, "d", 0, "C"),
        (TEST, "e", 0, "B"),
    )  # fmt: skip
    found = conflicting_labels(prints, 10)
    assert where(found.slices) == [0, 1, 2, 3, 4, 5, 6]
    assert where(found.copies) == [0, 1, 2, 3]
    assert (found.number, found.largest) == (3, 3)
    assert [(pair.one, pair.other) for pair in found.pairs] == [(0, 1), (2, 6), (4, 5)]


def test_so_many_pairs_are_picked_and_not_one_more(prints_of):
    prints = prints_of(*((split, "p", 0, letter) for split in (TRAIN, VAL) for letter in "ABCDE"))
    assert len(identical_images(prints, 3).pairs) == 3
    assert identical_images(prints, 3).number == 5


def test_of_a_patient_the_two_slices_that_are_most_alike_are_picked(prints_of):
    nearly = np.random.default_rng(ord("B")).random(256) < 0.5
    nearly[:3] = ~nearly[:3]
    prints = prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "a", 0, "B"), (VAL, "a", 0, "C"), (VAL, "a", 0, "N"),
        steps={"N": nearly},
    )  # fmt: skip
    assert shared_patients(prints, 10).pairs == (Pair(Kind.PATIENT, 1, 3, 3),)


def test_nothing_is_found_where_there_is_nothing(prints_of):
    for prints in (prints_of(), prints_of((TRAIN, "a", 0, "A"), (VAL, "b", 0, "B"))):
        for look in (shared_patients, identical_images, conflicting_labels):
            found = look(prints, 10)
            assert (found.number, found.largest, found.pairs) == (0, 0, ())
            assert not found.slices.any()


def printed(encoded: bytes, grey: np.ndarray, head: bool = True, name: str = "s") -> np.void:
    (one,) = print_of(encoded, grey, head, slice_id=name, patient_id="p", split=1, label=0)
    return one


def test_equal_pixels_have_equal_prints_whatever_their_files_are_and_other_depths_have_not():
    one, other = printed(b"one file", HEAD), printed(b"another", HEAD[:, ::-1][:, ::-1])
    assert one["pixels"] == other["pixels"]
    assert (one["steps"] == other["steps"]).all()
    assert one["file"] != other["file"]
    assert one["pixels"] != printed(b"one file", HEAD.reshape(32, 128))["pixels"]
    assert one["pixels"] != printed(b"one file", HEAD.astype(np.uint16))["pixels"]


def test_what_shows_no_head_is_compared_by_pixels_and_one_grey_level_by_nothing():
    flat = np.zeros((64, 64), np.uint8)
    nearly = flat.copy()
    nearly[3, 3] = 1
    assert printed(b"f", HEAD)["shows"] == Shows.A_HEAD
    assert printed(b"f", HEAD, head=False)["shows"] == Shows.PIXELS
    assert not printed(b"f", HEAD, head=False)["steps"].any()
    assert printed(b"f", nearly)["shows"] == Shows.PIXELS
    assert printed(b"f", flat)["shows"] == Shows.NOTHING


def test_an_id_that_is_no_keyed_hash_is_refused():
    with pytest.raises(ValueError, match="slice_id must be a keyed hash of at most 32 digits, got 33"):
        printed(b"f", HEAD, name="s" * 33)


def test_prints_are_read_back_by_split_and_slice(prints_of):
    prints = prints_of((TRAIN, "a", 0, "A"), (TRAIN, "b", 1, "B"), (VAL, "c", 0, "C"))
    assert (from_bytes(prints[[2, 1, 0]].tobytes()) == prints).all()
    assert len(from_bytes(b"")) == 0
