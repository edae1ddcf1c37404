"""Which settings stand in a report: those that were there before each said so itself, and no new one."""

import pytest

from components.parameters import Declaration, Parameters, parameter, public_parameter
from components.report.choice import choose
from components.report.document import account
from components.report.page import render
from components.trainer.params import TrainerParams
from pipeline.settings.config import DEFAULTS, Config
from pipeline.settings.loading import load
from pipeline.settings.public import public_settings
from schemas.accounts.report import Setting
from tests.components.report.made_facts import PARAMS, facts

pytestmark = pytest.mark.numpy

PUBLIC = {
    "ingest": "form source windows series slicing_columns max_slicing_values seed train_buckets val_buckets "
    "test_buckets max_rejected_share min_side max_side shards",
    "filter": "enabled min_brain_share max_lost_hemorrhage_share contact_sheet_slices",
    "leakage": "action max_hash_distance min_correlation max_dropped_share example_pairs",
    "transform": "image_side channels",
    "tuner": "enabled search trials epochs learning_rate_min learning_rate_max dropout_min dropout_max "
    "unfrozen_shares seed",
    "trainer": "trunk weights batch_norm_momentum batch_norm_batches unfrozen_share dropout learning_rate "
    "batch_size epochs warmup_epochs early_stopping_patience class_weights flip rotation_degrees shift_share "
    "zoom_share brightness_share mixed_precision seed",
    "evaluation": "patient_score top_k replicates confidence prevalence min_subgroup_slices "
    "min_subgroup_patients seed",
    "threshold": "rule min_sensitivity min_specificity value temperature_scaling",
    "scorer": "train_slices seed",
    "gate": "min_binary_accuracy max_accuracy_drop at_specificity min_sensitivity_bound subgroup_metric "
    "min_subgroup_metric max_ece max_auc_drop",
}


def loaded(*assignments: str) -> Config:
    return load(assignments=assignments, environment={}, read_file=False).config


def keys(*groups: str) -> list[str]:
    return [f"{group}.{name}" for group in groups for name in PUBLIC[group].split()]


def test_the_report_shows_the_settings_that_it_showed_before_they_were_declared_and_no_other():
    assert [row["key"] for row in public_settings(loaded("tuner.enabled=true"))] == keys(*PUBLIC)


def test_a_search_that_is_off_is_not_shown():
    groups = [group for group in PUBLIC if group != "tuner"]
    assert [row["key"] for row in public_settings(loaded())] == keys(*groups)


def test_a_row_says_value_unit_meaning_and_default():
    rows = {row["key"]: row for row in public_settings(loaded("trainer.epochs=3"))}
    assert rows["trainer.epochs"] == {
        "key": "trainer.epochs", "value": 3, "unit": "epochs", "default": 10,
        "meaning": "at most this many, the warm-up not counted",
    }  # fmt: skip
    assert rows["ingest.slicing_columns"]["value"] == ["*"]


@pytest.mark.parametrize("weights", ["imagenet", "none"])
def test_named_weights_are_shown_by_name(weights: str):
    rows = {row["key"]: row["value"] for row in public_settings(loaded(f"trainer.weights={weights}"))}
    assert rows["trainer.weights"] == weights


def test_weights_of_a_file_are_shown_as_a_file_of_the_users():
    rows = {row["key"]: row["value"] for row in public_settings(loaded("trainer.weights=/home/jane/w.h5"))}
    assert rows["trainer.weights"] == "a file of the user's"


class WiderTrainerParams(TrainerParams):
    undeclared: str = parameter("a new setting, of which nothing else is declared")
    without_any: int = 3
    declared: str = public_parameter("a new setting for everybody")


class WiderConfig(Config):
    trainer: WiderTrainerParams


def test_a_new_setting_reaches_neither_page_nor_json_of_a_report_until_it_is_declared_public(
    monkeypatch: pytest.MonkeyPatch,
):
    values = loaded().model_dump()
    new = {"undeclared": "miller-clinic", "without_any": 271828, "declared": "for-everybody"}
    values["trainer"] |= new
    for name in new:
        monkeypatch.setitem(DEFAULTS["trainer"], name, "")
    assert {f"trainer.{name}" for name in new} <= WiderConfig.settings().keys()
    rows = public_settings(WiderConfig.model_validate(values))
    known = facts(settings=[Setting(**row) for row in rows])
    document = account(known, choose(known, PARAMS), PARAMS)
    for text in (document.to_json(), render(document, {}, 9.5)):
        assert "for-everybody" in text
        assert [
            word for word in ("miller-clinic", "undeclared", "271828", "without_any") if word in text
        ] == []


@pytest.mark.parametrize("fact", ["publik", "le_", "description"])
def test_a_misspelt_fact_or_bound_is_refused(fact: str):
    with pytest.raises(TypeError, match=fact):
        parameter("a setting", **{fact: False})


def test_nothing_that_is_declared_of_a_setting_is_lost():
    class Group(Parameters):
        judges_model = True
        place: str = public_parameter(
            "a place",
            "m",
            public_values=("here",),
            listed=False,
            tracked=True,
            fingerprinted=True,
            pattern="h",
        )

    assert Group.declarations() == {
        "place": Declaration("a place", "m", str, True, ("here",), True, False, True, True)
    }
    with pytest.raises(ValueError, match="pattern"):
        Group(place="t")
