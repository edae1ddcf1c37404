"""Counts, sweep and objections, from slices counted by hand."""

import csv
import dataclasses
import io
import json

import numpy as np
import pytest
from PIL import Image

from components.imaging.content import SliceMeasures, measure
from components.slice_filter import contact_sheet
from components.slice_filter.account import account, dropped_csv, split_line, sweep_csv
from components.slice_filter.params import FilterParams
from components.slice_filter.tally import Tally

pytestmark = pytest.mark.numpy

SPLITS = ("train", "val")
GREY = np.full((40, 20), 200, np.uint8)
EMPTY = measure(np.zeros((64, 64), np.uint8))
DARK = dataclasses.replace(EMPTY, mean_intensity=0.01, contrast=0.01, bright_intensity=0.03)


def params(**changes) -> FilterParams:
    settings = {
        "enabled": True,
        "min_brain_share": 0.055,
        "max_lost_hemorrhage_share": 0.25,
        "contact_sheet_slices": 3,
    }
    return FilterParams(**{**settings, **changes})


def showing(brain_share: float) -> SliceMeasures:
    return dataclasses.replace(
        EMPTY, brain_share=brain_share, head_share=0.5, mean_intensity=0.3, contrast=0.3, bright_intensity=1.0
    )


def tally_of(settings: FilterParams, *, train_hemorrhages=(0.3, 0.3, 0.12, 0.04)) -> Tally:
    """Ten readable slices (four train hemorrhages, one in val) and one unreadable."""
    tally = Tally(settings)
    slices = [
        *(("train", 1, share) for share in train_hemorrhages),
        *(("train", 0, share) for share in (0.3, 0.05, 0.01)),
        *(("val", 0, share) for share in (0.3, 0.2)),
        ("val", 1, 0.3),
    ]
    for number, (split, label, share) in enumerate(slices):
        tally.add(split, label, f"id{number}", showing(share), GREY)
    tally.add_unreadable("val", 1, "damaged or truncated")
    return tally


def test_counts_are_by_split_class_and_reason():
    report = account(tally_of(params()), SPLITS)
    assert report.counts["train"]["hemorrhage"] == {
        "keep": 3, "blank": 0, "dark": 0, "little_brain": 1, "unreadable": 0,
    }  # fmt: skip
    assert report.counts["train"]["normal"]["little_brain"] == 2
    assert report.counts["val"]["hemorrhage"]["unreadable"] == 1
    assert report.unreadable == {"damaged or truncated": 1}
    assert report.totals.model_dump() == {
        "read": 11,
        "kept": 7,
        "dropped": {"blank": 0, "dark": 0, "little_brain": 3, "unreadable": 1},
        "hemorrhages": 5,
        "hemorrhages_lost": 1,
        "hemorrhages_lost_share": 0.2,
    }
    assert report.objections == ()


def test_a_split_is_told_in_one_line():
    report = account(tally_of(params()), SPLITS)
    assert split_line("train", report.counts["train"]) == (
        "train: 7 read, 4 kept (1 normal + 3 hemorrhage), dropped: 3 little_brain"
    )
    assert split_line("val", report.counts["val"]) == (
        "val: 4 read, 3 kept (2 normal + 1 hemorrhage), dropped: 1 unreadable"
    )


def test_the_sweep_says_what_each_threshold_would_drop_of_the_readable():
    rows = list(csv.DictReader(io.StringIO(sweep_csv(account(tally_of(params()), SPLITS).sweep))))
    by_threshold = {row["min_brain_share"]: row for row in rows}
    assert len(rows) == 22  # 0.00 to 0.20 and the one in use
    assert [float(row["min_brain_share"]) for row in rows] == sorted(
        float(row["min_brain_share"]) for row in rows
    )
    told = {
        threshold: (int(row["dropped"]), int(row["hemorrhages_lost"]), float(row["hemorrhages_lost_share"]))
        for threshold, row in by_threshold.items()
    }
    assert told["0.0"] == (0, 0, 0.0)
    assert told["0.01"] == (0, 0, 0.0)  # a share of 0.01 reaches it
    assert told["0.02"] == (1, 0, 0.0)
    assert told["0.05"] == (2, 1, 0.2)
    assert told["0.055"] == (3, 1, 0.2)
    assert told["0.13"] == (4, 2, 0.4)
    assert told["0.2"] == (4, 2, 0.4)
    assert float(by_threshold["0.13"]["dropped_share"]) == pytest.approx(0.4)


def test_a_blank_slice_is_dropped_at_every_threshold_of_the_sweep():
    tally = tally_of(params())
    tally.add("train", 0, "blank", DARK, GREY)
    assert account(tally, SPLITS).sweep[0].dropped == 1


def test_too_many_lost_hemorrhages_are_objected_to_with_the_threshold_that_would_do():
    report = account(tally_of(params(max_lost_hemorrhage_share=0.1)), SPLITS)
    (objection,) = report.objections
    assert objection == (
        "SliceFilter would drop 1 of 5 hemorrhage slices (20.0%: 1 little_brain); "
        "filter.max_lost_hemorrhage_share allows 10.0%. Look at the contact sheet, then lower "
        "filter.min_brain_share from 0.055 to 0.04 or less; or switch the filter off "
        "(filter.enabled = false); or, if these slices really show no brain, raise "
        "filter.max_lost_hemorrhage_share."
    )
    obeyed = params(max_lost_hemorrhage_share=0.1, min_brain_share=0.04)
    assert account(tally_of(obeyed), SPLITS).objections == ()


def test_of_labels_of_a_whole_study_lost_hemorrhages_are_told_and_not_objected_to():
    report = account(tally_of(params(max_lost_hemorrhage_share=0.0)), SPLITS, ["earlier"], labels_of="study")
    assert report.objections == ()
    assert report.warnings == (
        "earlier",
        "labels are of a whole study: 1 of 5 slices called hemorrhage show too little brain and were left "
        "out",
    )


def test_exactly_the_allowed_share_may_be_lost():
    assert account(tally_of(params(max_lost_hemorrhage_share=0.2)), SPLITS).objections == ()


def test_hemorrhages_without_a_window_are_objected_to_with_another_way_out():
    tally = tally_of(params())
    for number in range(5):
        tally.add("train", 1, f"dark{number}", DARK, GREY)
    (objection,) = account(tally, SPLITS).objections
    assert "6 of 10 hemorrhage slices (60.0%: 5 dark, 1 little_brain)" in objection
    assert (
        "then export the slices anew with a brain window, since no filter.min_brain_share helps;" in objection
    )


def test_a_split_that_keeps_nothing_of_a_class_is_objected_to():
    tally = tally_of(params(min_brain_share=0.25, max_lost_hemorrhage_share=1.0))
    assert account(tally, SPLITS).objections == ()  # each split has one normal slice at 0.3
    tally = tally_of(params(min_brain_share=0.35, max_lost_hemorrhage_share=1.0))
    objections = account(tally, SPLITS).objections
    assert len(objections) == 4
    assert objections[3].startswith(
        "SliceFilter keeps no hemorrhage slice in split val (read 2; dropped: 1 little_brain, 1 unreadable)"
    )


def test_an_empty_split_is_told_and_objected_to():
    report = account(tally_of(params()), [*SPLITS, "test"])
    assert split_line("test", report.counts["test"]) == (
        "test: 0 read, 0 kept (0 normal + 0 hemorrhage), dropped: none"
    )
    assert any("no normal slice in split test (read 0" in objection for objection in report.objections)


def test_switched_off_loses_nothing_and_still_sweeps():
    report = account(tally_of(params(enabled=False, max_lost_hemorrhage_share=0.0)), SPLITS)
    assert report.totals.kept == 10
    assert report.totals.hemorrhages_lost == 0
    assert report.objections == ()
    assert {row.min_brain_share: row.hemorrhages_lost for row in report.sweep}[0.13] == 2


def test_parts_add_up_to_the_whole():
    settings = params()
    whole = tally_of(settings)
    whole.counts.update(tally_of(settings, train_hemorrhages=(0.06,)).counts)
    parts = [tally_of(settings), tally_of(settings, train_hemorrhages=(0.06,))]
    total = Tally.total(settings, parts)
    assert total.counts == whole.counts
    assert account(total, SPLITS).totals.read == 19
    # nearest to 0.055 first: 0.06, then 0.12 and 0.2; and 0.05 twice, then 0.04
    assert [shown.brain_share for shown in total.kept] == [0.06, 0.12, 0.2]
    assert [shown.brain_share for shown in total.dropped] == [0.05, 0.05, 0.04]


def test_the_report_is_json_with_the_settings_that_made_it():
    report = json.loads(account(tally_of(params()), SPLITS).to_json())
    assert report["settings"]["min_brain_share"] == 0.055
    assert report["sweep"][0] == {
        "min_brain_share": 0.0, "dropped": 0, "dropped_share": 0.0,
        "hemorrhages_lost": 0, "hemorrhages_lost_share": 0.0,
    }  # fmt: skip


def test_the_contact_sheet_shows_the_nearest_slices_of_both_sides_within_its_limit():
    tally = tally_of(params())
    sheet = Image.open(io.BytesIO(contact_sheet.draw(tally.kept, tally.dropped, tally.params)))
    greys = np.asarray(sheet.convert("L"))
    # each thumbnail is 64x128 of grey 200: a slice of 40x20, its proportions kept
    assert (greys == 200).sum() == pytest.approx(6 * 64 * 128, rel=0.01)
    assert tally.kept[0].thumbnail.shape == (128, 128)


def test_a_contact_sheet_can_have_an_empty_half():
    tally = Tally(params())
    tally.add("val", 1, "only", showing(0.3), np.full((64, 64), 65535, np.uint16))
    sheet = Image.open(io.BytesIO(contact_sheet.draw(tally.kept, tally.dropped, tally.params)))
    assert (np.asarray(sheet.convert("L")) == 255).sum() == 128 * 128


def test_slices_are_not_named_on_the_contact_sheet():
    one, other = Tally(params()), Tally(params())
    one.add("val", 1, "patient-a", showing(0.3), GREY)
    other.add("val", 1, "patient-b", showing(0.3), GREY)
    first, second = (contact_sheet.draw(tally.kept, tally.dropped, tally.params) for tally in (one, other))
    assert first == second


def test_each_dropped_slice_is_listed_with_its_reason_in_the_order_of_ids():
    tally = tally_of(params())
    tally.add_unreadable("val", 0, "empty file", "id0")
    assert dropped_csv(tally.left_out) == (
        "slice_id,split,hemorrhage,reason,brain_share\n"
        "id0,val,0,unreadable,\n"
        "id3,train,1,little_brain,0.0400\n"
        "id5,train,0,little_brain,0.0500\n"
        "id6,train,0,little_brain,0.0100\n"
    )
