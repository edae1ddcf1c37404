import re

import pytest

from components.ingest import splits
from components.slices.errors import DataError

pytestmark = pytest.mark.numpy


def require(labels, split_with, params, seed=0):
    params = params.model_copy(update={"seed": seed})
    rows = [(split_with(patient, seed), label, patient) for patient, label in labels]
    splits.require_both_classes(splits.count(rows, params), labels, split_with, params)


def test_a_split_without_buckets_is_left_out(params):
    assert splits.buckets(params) == {"train": 4, "val": 1, "test": 1}
    assert splits.buckets(params.model_copy(update={"test_buckets": 0})) == {"train": 4, "val": 1}


def test_keys_fall_into_splits_as_their_buckets_say(params):
    names = [splits.split_of(f"{number:032x}", params) for number in range(6000)]
    # Binomial: standard deviation 37 around 4,000 and 29 around 1,000.
    assert abs(names.count("train") - 4000) < 150
    assert abs(names.count("val") - 1000) < 120
    assert abs(names.count("test") - 1000) < 120


def test_slices_and_patients_are_counted_by_split(params):
    counts = splits.count([("train", 1, "a"), ("train", 0, "a"), ("val", 0, "b"), ("train", 0, "c")], params)
    train = counts["train"]
    assert (train.slices, train.hemorrhage, train.normal, len(train.patients)) == (3, 1, 2, 2)
    assert (counts["val"].normal, counts["test"].slices) == (1, 0)


LABELS = [("a", 1), ("b", 1), ("c", 1), ("d", 0), ("e", 0), ("f", 0)]


def test_a_split_with_both_classes_each_is_fine(params):
    place = {"a": "train", "b": "val", "c": "test", "d": "train", "e": "val", "f": "test"}
    require(LABELS, lambda patient, seed: place[patient], params)


def test_a_split_without_a_class_is_refused_with_the_first_seed_that_works(params):
    good = {"a": "train", "b": "val", "c": "test", "d": "train", "e": "val", "f": "test"}
    bad = good | {"c": "train"}
    message = (
        "split by patient, seed 0: test has no hemorrhage slice (6 patients, 3 with hemorrhage slices, "
        "3 with normal slices); set ingest.seed to 7, which gives every split both classes, or add patients"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        require(LABELS, lambda patient, seed: (good if seed >= 7 else bad)[patient], params)


def test_too_few_patients_of_a_class_are_told_whatever_the_seed(params):
    message = (
        "split by patient, seed 0: val has no hemorrhage slice, test has no hemorrhage slice (4 patients, "
        "2 with hemorrhage slices, 3 with normal slices); 3 splits need 3 patients of each class at least: "
        "add patients, or set ingest.test_buckets to 0"
    )
    place = {"a": "train", "b": "train", "d": "val", "e": "test"}
    labels = [("a", 1), ("a", 0), ("b", 1), ("d", 0), ("e", 0)]
    with pytest.raises(DataError, match=re.escape(message)):
        require(labels, lambda patient, seed: place[patient], params)


def test_no_seed_that_works_is_told(params):
    with pytest.raises(DataError, match=r"none of the seeds below 200 does better: add patients, or change"):
        require(LABELS, lambda patient, seed: "train", params)
