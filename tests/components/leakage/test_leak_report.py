"""Account, table, pictures and words of the gate, from slices counted by hand."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from components.imaging.sheet import THUMBNAIL
from components.leakage.account import account, pairs_to_show, slices_csv
from components.leakage.drops import KEPT, reasons_to_drop
from components.leakage.findings import (
    Finding,
    Kind,
    Pair,
    conflicting_labels,
    identical_images,
    shared_patients,
)
from components.leakage.pairs_sheet import draw
from components.leakage.params import LeakageParams
from components.leakage.prints import Prints
from components.leakage.wording import describe_drops, describe_findings, refusal
from schemas.accounts.leakage import LeakageAccount

pytestmark = pytest.mark.numpy

TRAIN, VAL, TEST = 0, 1, 2
SPLITS = ("train", "val", "test")


def params(**changes) -> LeakageParams:
    settings = {
        "action": "fail",
        "max_hash_distance": 16,
        "min_correlation": 0.85,
        "max_dropped_share": 1.0,
        "example_pairs": 24,
    }
    return LeakageParams(**{**settings, **changes})


def alike(prints: Prints, *groups: tuple[int, ...]) -> Finding:
    """What the search would say if these slices were alike."""
    numbers = np.full(len(prints), -1)
    for number, group in enumerate(groups):
        numbers[list(group)] = number
    slices = numbers >= 0
    copies = slices & (prints["split"] == TRAIN)
    pairs = tuple(Pair(Kind.ALIKE, group[0], group[-1], 5, 0.912345) for group in groups)
    return Finding(Kind.ALIKE, slices, copies, numbers, pairs)


def found_in(prints: Prints, *groups: tuple[int, ...]) -> list[Finding]:
    look = (shared_patients(prints, 24), identical_images(prints, 24))
    return [*look, alike(prints, *groups), conflicting_labels(prints, 24)]


def drawn_up(prints: Prints, findings: list[Finding], settings: LeakageParams) -> LeakageAccount:
    reasons = reasons_to_drop(findings)
    if settings.action != "drop":
        reasons = np.full_like(reasons, KEPT)
    near = findings[2].slices
    return account(prints, near, findings, reasons, SPLITS, settings)


@pytest.fixture
def prints(prints_of) -> Prints:
    """One patient and two pictures in two splits, one group alike, two pictures with both labels."""
    return prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "b", 0, "B"), (TRAIN, "c", 1, "C"), (TRAIN, "d", 1, "D"),
        (TRAIN, "e", 1, "E"), (TRAIN, "e", 0, "E"), (TRAIN, "f", 0, "f"), (TRAIN, "g", 0, " "),
        (TRAIN, "m", 1, "J"),
        (VAL, "a", 0, "F"), (VAL, "h", 0, "B"), (VAL, "i", 1, "G"),
        (TEST, "j", 0, "C"), (TEST, "k", 1, "H"), (TEST, "l", 0, "I"),
    )  # fmt: skip


SAID = [
    "1 patient is in two splits (slices: 1 train, 1 val)",
    "2 pictures are in two splits (slices: 2 train, 1 val, 1 test)",
    "1 group of slices looks alike across splits (slices: 1 train, 1 val)",
    "2 pictures have both labels (slices: 3 train, 1 test)",
]


def test_every_slice_is_counted_by_split_and_finding(prints):
    report = json.loads(drawn_up(prints, found_in(prints, (3, 11)), params()).to_json())
    assert report["splits"]["train"] == {"slices": 9, "patients": 8, "pictures": 8}
    assert report["splits"]["test"] == {"slices": 3, "patients": 3, "pictures": 3}
    assert report["compared"] == {"likeness": 13, "pixels_only": 1, "nothing": 1}
    assert report["within_distance"] == {"train": 1, "val": 1, "test": 0}
    identical = report["findings"]["identical_across_splits"]
    assert identical == {"groups": 2, "group_sizes": {"2": 2}, "slices": {"train": 2, "val": 1, "test": 1}}
    assert list(describe_findings(drawn_up(prints, found_in(prints, (3, 11)), params()).findings)) == SAID


def test_fail_objects_to_all_that_was_found_and_warn_warns_of_it(prints):
    findings = found_in(prints, (3, 11))
    report = drawn_up(prints, findings, params())
    assert (list(report.objections), list(report.warnings)) == (SAID, [])
    report = drawn_up(prints, findings, params(action="warn"))
    assert report.objections == ()
    assert list(report.warnings) == [f"leakage: {said}; metrics may be flattered" for said in SAID]
    assert describe_drops(report.dropped) == ""


def test_drop_leaves_out_copies_by_the_first_reason_and_warns_of_what_that_does_not_mend(prints):
    report = drawn_up(prints, found_in(prints, (3, 11)), params(action="drop"))
    assert report.objections == ()
    assert report.dropped["train"] == {
        "patient_in_two_splits": 1, "identical_across_splits": 2, "alike_across_splits": 1,
        "conflicting_labels": 2,
    }  # fmt: skip
    assert describe_drops(report.dropped) == (
        "6 of train (1 patient_in_two_splits, 2 identical_across_splits, 1 alike_across_splits, "
        "2 conflicting_labels)"
    )
    assert list(report.warnings) == [
        f"leakage: {SAID[2]}; copies were dropped, but where these are neighbours of one series, the rest "
        "of it is in both splits still",
        "leakage: 1 picture has both labels (slices: 1 test); only slices to train on were dropped",
    ]


def test_of_copies_in_val_and_test_those_in_val_are_dropped(prints_of):
    prints = prints_of(
        (TRAIN, "a", 0, "A"), (TRAIN, "b", 1, "B"),
        (VAL, "c", 0, "C"), (VAL, "d", 1, "D"), (VAL, "e", 0, "E"),
        (TEST, "f", 0, "C"), (TEST, "g", 1, "F"),
    )  # fmt: skip
    report = drawn_up(prints, found_in(prints), params(action="drop"))
    assert describe_drops(report.dropped) == "1 of val (1 identical_across_splits)"


def test_nothing_found_is_nothing_to_say(prints_of):
    prints = prints_of((TRAIN, "a", 0, "A"), (VAL, "b", 1, "B"))
    for action in ("fail", "drop", "warn"):
        report = drawn_up(prints, found_in(prints), params(action=action))
        assert report.objections == report.warnings == report.pairs == ()
        assert list(describe_findings(report.findings)) == []


def test_drop_objects_where_too_much_of_a_split_would_go(prints):
    findings = found_in(prints, (3, 11))
    assert drawn_up(prints, findings, params(action="drop", max_dropped_share=0.75)).objections == ()
    (objection,) = drawn_up(prints, findings, params(action="drop", max_dropped_share=0.1)).objections
    assert objection == (
        "leakage.action = drop would leave out 6 of 9 train slices (66.7%); leakage.max_dropped_share allows "
        "10.0%. So much is no matter of a few copies but of the split."
    )


def test_drop_objects_where_a_class_would_be_gone(prints_of):
    prints = prints_of((TRAIN, "a", 1, "A"), (TRAIN, "b", 0, "B"), (TRAIN, "c", 0, "C"), (TEST, "d", 1, "A"))
    (objection,) = drawn_up(prints, found_in(prints), params(action="drop")).objections
    assert objection == (
        "leakage.action = drop would leave no hemorrhage slice in split train (it has 1, all of them copies "
        "or with two labels): give more patients, or split with another ingest.seed."
    )


def test_the_refusal_says_what_was_found_where_it_is_and_every_way_out(prints):
    report = drawn_up(prints, found_in(prints, (3, 11)), params())
    text = refusal(report.objections, report.findings, params(), "runs/report/stopped-3")
    first, what, actions, where = text.splitlines()
    assert first == f"the splits leak: {'; '.join(SAID)}"
    for part in (
        "name the patient of each slice (column patient, or ingest.patient_pattern)",
        "remove copies",
        "raise leakage.min_correlation or lower leakage.max_hash_distance",
        "correct the labels",
    ):
        assert part in what
    assert "leakage.action = drop" in actions
    assert "leakage.action = warn" in actions
    assert "runs/report/stopped-3" in where
    assert "ichor locate --data DIR SLICE_ID" in where


def test_the_table_lists_each_slice_of_each_finding(prints):
    findings = found_in(prints, (3, 11))
    rows = list(csv.DictReader(io.StringIO(slices_csv(prints, findings, reasons_to_drop(findings), SPLITS))))
    assert [row["slice_id"] for row in rows if row["finding"] == "identical_across_splits"] == [
        "01", "10", "02", "12",
    ]  # fmt: skip
    assert rows[0] == {
        "finding": "patient_in_two_splits", "group": "0", "slice_id": "00", "split": "train",
        "hemorrhage": "0", "dropped": "1",
    }  # fmt: skip
    assert [(row["split"], row["dropped"]) for row in rows if row["finding"] == "conflicting_labels"] == [
        ("train", "1"), ("test", "0"), ("train", "1"), ("train", "1"),
    ]  # fmt: skip


def test_pairs_are_listed_with_what_is_known_of_them(prints):
    report = drawn_up(prints, found_in(prints, (3, 11)), params())
    (pair,) = [pair for pair in report.pairs if pair.finding == "alike_across_splits"]
    assert json.loads(pair.model_dump_json()) == {
        "finding": "alike_across_splits",
        "slices": [
            {"slice_id": "03", "split": "train", "hemorrhage": 1},
            {"slice_id": "11", "split": "val", "hemorrhage": 1},
        ],
        "same_patient": False, "same_file": False, "same_pixels": False, "distance": 5, "correlation": 0.9123,
    }  # fmt: skip


def test_of_each_finding_some_pairs_are_shown_and_no_more_than_asked_for(prints):
    findings = found_in(prints, (3, 11))
    assert [len([p for p in pairs_to_show(findings, 24) if p.kind is kind]) for kind in Kind] == [1, 2, 1, 2]
    assert [pair.kind for pair in pairs_to_show(findings, 4)] == list(Kind)
    assert len(pairs_to_show(findings, 5)) == 5


def test_pairs_lie_side_by_side_below_the_title_of_their_finding(prints):
    pairs = pairs_to_show(found_in(prints, (3, 11)), 24)
    shades = {
        name: np.full((THUMBNAIL, THUMBNAIL), 40 + 10 * int(name), np.uint8) for name in prints["slice_id"]
    }
    sheet = np.asarray(Image.open(io.BytesIO(draw(pairs, prints, shades, SPLITS))).convert("L"))
    for pair in pairs:
        ours, theirs = (40 + 10 * index for index in (pair.one, pair.other))
        side_by_side = (sheet[:, : -THUMBNAIL - 2] == ours) & (sheet[:, THUMBNAIL + 2 :] == theirs)
        assert side_by_side.sum() >= THUMBNAIL * THUMBNAIL


def test_a_sheet_without_pairs_says_so_and_slices_are_not_named_on_any(prints):
    assert Image.open(io.BytesIO(draw([], prints, {}, SPLITS))).size[1] < THUMBNAIL
    renamed = prints.copy()
    renamed["slice_id"] = [f"x{name.decode()}" for name in prints["slice_id"]]
    grey = np.zeros((THUMBNAIL, THUMBNAIL), np.uint8)
    first, second = (
        draw(pairs_to_show(found_in(one, (3, 11)), 24), one, dict.fromkeys(one["slice_id"], grey), SPLITS)
        for one in (prints, renamed)
    )
    assert first == second
