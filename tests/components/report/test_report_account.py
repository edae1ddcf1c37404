"""What the report tells, against what was put in."""

import dataclasses
import json

import numpy as np
import pytest

from components.report.choice import Choice, choose
from components.report.claim import checklist
from components.report.claim_items import ITEMS, SECTIONS
from components.report.document import account
from components.report.flow import flow
from components.report.flow_drawing import in_words
from components.report.model_card import model_card
from schemas.accounts.leakage import LeakingSlice
from schemas.accounts.report import Setting, ShownSlice
from tests.components.report.made_facts import PARAMS, evaluation, facts, hexadecimal, scores

pytestmark = pytest.mark.numpy


def document(known=None):
    known = known or facts()
    return json.loads(account(known, choose(known, PARAMS), PARAMS).to_json())


def test_the_flow_adds_up_from_what_was_found_to_the_splits():
    counts = flow(facts())
    assert counts.found - sum(counts.rejected.values()) == counts.read
    assert counts.read - sum(counts.dropped.values()) == counts.kept
    assert counts.kept == sum(split.slices for split in counts.splits.values()) == 240
    assert counts.dropped == {"little_brain": 2, "blank": 1}  # the commonest first, no zeros
    assert (counts.splits["val"].hemorrhage, counts.splits["val"].normal) == (27, 53)
    assert in_words(counts) == (
        "Of 245 slices found, 2 were rejected, 3 dropped by the slice filter, 0 dropped for leakage; left "
        "are training 96, validation 80, test 64."
    )


def test_a_slice_that_was_dropped_for_leakage_is_missing_from_its_split_once():
    rows = [
        LeakingSlice(
            finding=finding, group=0, slice_id=slice_id, split="train", hemorrhage=label, dropped=gone
        )
        for finding, slice_id, label, gone in (
            ("patient_in_two_splits", hexadecimal(1), 1, True),
            ("identical_across_splits", hexadecimal(1), 1, True),  # by a second finding
            ("alike_across_splits", hexadecimal(2), 0, False),
        )
    ]
    before, after = flow(facts()).splits["train"], flow(facts(leaking=rows)).splits["train"]
    assert (after.slices, after.hemorrhage, after.normal) == (
        before.slices - 1,
        before.hemorrhage - 1,
        before.normal,
    )


def test_all_false_negatives_are_listed_the_lowest_score_first_and_none_of_training():
    table = scores()
    told = document(facts(table))["slices"]["false_negatives"]
    missed = (table.hemorrhage == 1) & (table.probability < 0.4) & (table.split != "train")
    assert {one["slice_id"] for one in told} == set(table.slice_id[missed].tolist())
    assert told
    probabilities = [one["probability"] for one in told]
    assert probabilities == sorted(probabilities)
    confusion = document(facts(table))["evaluation"]["splits"]
    assert len(told) == sum(
        confusion[name]["slices"]["confusion"]["false_negative"] for name in ("val", "test")
    )


def test_those_nearest_to_the_threshold_are_the_nearest():
    table = scores()
    judged = table.where(table.split != "train")
    nearest = np.sort(np.abs(judged.probability - np.float32(0.4)))[:3]
    told = document(facts(table))["slices"]["near_threshold"]
    assert np.allclose([abs(one["probability"] - 0.4) for one in told], nearest, atol=1e-6)


def test_of_dropped_slices_those_nearest_to_the_filters_threshold_come_first():
    told = document()["slices"]["dropped"]
    assert [one["detail"] for one in told["little_brain"]] == ["brain share 0.019", "brain share 0.015"]


def test_the_verdict_says_why():
    verdict = document()["verdict"]
    assert verdict["title"] == "Blessed, pushed as version 1795000000"
    (why,) = verdict["why"]
    assert why.startswith("passed: binary_accuracy on validation 0.")
    table = scores()
    refused = facts(table, blessed=False, pushed="", evaluation=evaluation(table, min_binary_accuracy=1.0))
    verdict = document(refused)["verdict"]
    assert verdict["title"] == "Not blessed; nothing was pushed"
    assert any(line.endswith("asked for is at least 1") for line in verdict["why"])
    assert all(line.startswith("not passed: ") for line in verdict["why"])


def test_the_headline_is_of_test_and_of_validation_only_where_there_is_no_test():
    assert document()["headline"]["split"] == "test"
    assert document(facts(scores(("train", "val"))))["headline"]["split"] == "val"


def test_a_run_that_came_to_nothing_still_has_a_report():
    nothing = facts(
        ingest=None, slice_filter=None, leakage=None, dropped=[], epochs=[], evaluation=None, scored=None,
        blessed=None, pushed="", trained_on=None, lineage={}, settings=[], data_fingerprint="",
    )  # fmt: skip
    told = document(nothing)
    assert told["flow"] is None
    assert told["verdict"]["title"] == "No verdict"
    answered = [item["number"] for item in told["claim_2024"] if item["status"] != "open"]
    assert answered == []


def test_it_is_json_without_nan_and_equal_for_equal_runs():
    assert json.dumps(document(), allow_nan=False) == json.dumps(document(), allow_nan=False)
    no_number = facts(settings=[Setting(key="a.b", value=float("nan"), unit="", meaning="", default=0)])
    assert document(no_number)["settings"][0]["value"] is None


def test_no_place_of_a_machine_is_told():
    assert "/place/of" not in json.dumps(document())
    assert document()["lineage"][0]["place"] == "OperatingPoint/model/9"


def test_claim_has_its_44_items_in_order_each_in_one_section():
    items = checklist(facts(), PARAMS)
    assert [item.number for item in items] == list(range(1, 45)) == list(ITEMS)
    assert [(first, last) for _, first, last in SECTIONS] == [
        (1, 2), (3, 4), (5, 6), (7, 13), (14, 18), (19, 20), (21, 21), (22, 24), (25, 27), (28, 34), (35, 36),
        (37, 39), (40, 41), (42, 44),
    ]  # fmt: skip


def test_what_only_people_know_is_left_open_until_they_say_it():
    items = {item.number: item for item in checklist(facts(), PARAMS)}
    for number in (1, 2, 3, 4, 5, 6, 7, 13, 14, 15, 16, 17, 18, 21, 33, 34, 43, 44):
        assert (items[number].status, items[number].answer) == ("open", ""), number
    told = PARAMS.model_copy(update={"data_source": "A register of one hospital."})
    item = checklist(facts(), told)[7 - 1]
    assert (item.status, item.answer) == ("in part", "A register of one hospital.")


def test_claim_says_test_only_where_there_was_a_test_split():
    internal = {item.number: item for item in checklist(facts(scores(("train", "val"))), PARAMS)}[32]
    assert (internal.status, internal.answer) == ("in part", "Evaluated on the validation split alone.")
    limits = model_card(facts(scores(("train", "val"))), PARAMS).considerations["limitations"]
    assert any("There is no test split" in one["description"] for one in limits)


def test_the_model_card_refers_to_where_the_trunk_is_from_and_to_nothing_for_a_stand_in():
    trunk = Setting(key="trainer.trunk", value="any", unit="", meaning="", default="any")
    for reference, expected in (
        ("Keras Applications: Any", [{"reference": "Keras Applications: Any"}]),
        ("", None),
    ):
        settings = [trunk.model_copy(update={"reference": reference})]
        details = model_card(facts(settings=settings), PARAMS).model_details
        assert details.get("references") == expected


def test_the_model_card_has_the_toolkits_sections_and_leaves_out_what_nobody_filled():
    card = model_card(facts(), PARAMS).model_dump()
    assert list(card) == ["model_details", "model_parameters", "quantitative_analysis", "considerations"]
    assert list(card["considerations"]) == [
        "users", "use_cases", "limitations", "tradeoffs", "ethical_considerations",
    ]  # fmt: skip
    assert "owners" not in card["model_details"]
    filled = model_card(facts(), PARAMS.model_copy(update={"owner": "A. Nybody"}))
    assert filled.model_details["owners"] == [{"name": "A. Nybody", "contact": ""}]
    metric = card["quantitative_analysis"]["performance_metrics"][0]
    assert set(metric) == {"type", "value", "confidence_interval", "slice"}


def test_a_model_that_calls_everything_a_hemorrhage_is_warned_of():
    table = dataclasses.replace(scores(), probability=np.full(240, 0.9, np.float32))
    warnings = document(facts(table))["verdict"]["warnings"]
    assert "the model is blind: it calls everything a hemorrhage at its operating threshold" in warnings


def test_a_thousand_false_negatives_leave_false_positives_and_doubts_their_pictures():
    missed, alarms, doubts = (
        [
            ShownSlice(slice_id=hexadecimal(start + at), split="test", hemorrhage=label, probability=0.3)
            for at in range(count)
        ]
        for start, count, label in ((0, 1000, 1), (2000, 50, 0), (3000, 12, 0))
    )
    shown = Choice(missed, alarms, doubts, {}, {}).pictured(false_positives=18, most=300)
    assert shown == [*alarms[:18], *doubts, *missed[:270]]
