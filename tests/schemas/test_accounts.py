"""Accounts as files: their form, what is refused, and that each survives a round trip through its type."""

import json
from pathlib import Path
from typing import ClassVar

import pydantic
import pytest

from components.leakage.params import LeakageParams
from components.metrics.params import EvaluationParams
from schemas.accounts.account import Account, AccountError, Part
from schemas.accounts.evaluation import EvaluationAccount, EvaluationSettings
from schemas.accounts.ingest import IngestAccount
from schemas.accounts.report import ReportAccount
from schemas.accounts.slice_filter import FilterAccount
from tests.account_kinds import KINDS

pytestmark = pytest.mark.numpy

# Written by the nodes before accounts had types, from counts made by hand or a run on phantoms.
GOLDEN = Path(__file__).parents[1] / "golden" / "accounts"
INGEST = (GOLDEN / "ingest.json").read_text(encoding="utf-8")


class Counts(Part):
    slices: int


class Later(Account):
    """An account whose keys have changed their meaning once."""

    FORMAT: ClassVar[int] = 2

    splits: dict[str, Counts]


def test_every_account_has_a_golden_text():
    assert {path.name for path in GOLDEN.iterdir()} == KINDS.keys()


@pytest.mark.parametrize("name", KINDS)
def test_what_a_node_wrote_before_there_were_types_is_read_and_written_byte_for_byte(name: str):
    text = (GOLDEN / name).read_text(encoding="utf-8")
    account = KINDS[name].from_json(text, name)
    assert account.to_json() == text
    assert KINDS[name].from_json(account.to_json(), name) == account


def test_a_format_of_its_own_is_written_first_and_read_again():
    text = Later(splits={"train": Counts(slices=3)}).to_json()
    assert list(json.loads(text)) == ["format", "splits"]
    assert Later.from_json(text, "later.json").splits["train"].slices == 3


@pytest.mark.parametrize("account", [IngestAccount, EvaluationAccount, ReportAccount])
def test_a_file_of_another_format_is_refused_with_its_name_and_the_way_out(account: type[Account]):
    with pytest.raises(AccountError) as refused:
        account.from_json('{"format": 3, "whatever": 1}', "/runs/2/some.json")
    assert str(refused.value) == (
        "/runs/2/some.json: written by another version of ichor (format 3, this one reads 1); make a new run "
        "or use that version"
    )


def test_a_file_without_a_format_is_of_format_1():
    with pytest.raises(AccountError, match=r"\(format 1, this one reads 2\)"):
        Later.from_json('{"splits": {}}', "later.json")
    assert IngestAccount.from_json(json.dumps({**json.loads(INGEST), "format": 1}), "ingest.json").found == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": None}, "seed: input should be a valid integer, got None"),
        ({"colour": 1}, "colour is not known"),
        (
            {"splits": {"train": {"slices": 1, "hemorrhage": 1, "normal": 0}}},
            "splits.train.patients is missing",
        ),
        (
            {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5},
            "a is not known; b is not known; c is not known; 2 more",
        ),
    ],
)
def test_a_key_that_is_missing_unknown_or_no_such_value_is_named(changes: dict, message: str):
    text = json.dumps({**json.loads(INGEST), **changes})
    with pytest.raises(AccountError) as refused:
        IngestAccount.from_json(text, "ingest.json")
    assert str(refused.value) == (
        f"ingest.json: not as this version of ichor writes it ({message}); make a new run, or use the "
        "version of ichor that wrote it"
    )
    assert refused.value.__suppress_context__  # no traceback of pydantic's


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (INGEST[:200], r"^ingest\.json: is not JSON \(.*\); make a new run$"),
        ("[1, 2]", r"^ingest\.json: must hold a JSON object, holds \[1, 2\]; make a new run$"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(text: str, message: str):
    with pytest.raises(AccountError, match=message):
        IngestAccount.from_json(text, "ingest.json")


def test_an_account_is_frozen():
    account = IngestAccount.from_json(INGEST, "ingest.json")
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        account.found = 7


def test_an_account_with_a_figure_that_json_does_not_have_is_not_written():
    account = FilterAccount.from_json((GOLDEN / "filter.json").read_text(encoding="utf-8"), "filter.json")
    totals = account.totals.model_copy(update={"hemorrhages_lost_share": float("nan")})
    with pytest.raises(ValueError, match="not JSON compliant"):
        account.model_copy(update={"totals": totals}).to_json()


def test_the_settings_in_an_evaluation_are_the_nodes_parameters():
    assert list(EvaluationSettings.model_fields) == [*EvaluationParams.model_fields, "at_specificity"]


def test_settings_that_nobody_reads_by_name_are_the_nodes_parameters_too():
    settings = json.loads((GOLDEN / "leakage.json").read_text(encoding="utf-8"))["settings"]
    assert LeakageParams(**settings).model_dump(mode="json") == settings
