import pytest

from components.ingest.columns import attributes
from components.slices.labels import Labelled

pytestmark = pytest.mark.numpy


def rows_of(column: str, values: list[str], patients: list[str] | None = None) -> list[Labelled]:
    patients = patients or ["P1", "P2"] * len(values)
    return [
        Labelled(f"{number}.png", 0, patient, None, {column: value})
        for number, (value, patient) in enumerate(zip(values, patients, strict=False))
    ]


def test_few_values_are_taken_as_they_are_and_an_unknown_one_is_left_open(params):
    found = attributes(rows_of("sex", ["F", "M", "", "F"]), params)
    assert found.of_rows == (("sex=F",), ("sex=M",), (), ("sex=F",))
    assert (found.used, found.left_out) == (("sex",), {})


def test_a_text_of_several_values_counts_for_each_of_them(params):
    found = attributes(rows_of("subtype", ["epidural", "epidural + subdural", "none", "none"]), params)
    assert found.of_rows[1] == ("subtype=epidural", "subtype=subdural")
    assert found.of_rows[0] == ("subtype=epidural",)


def test_ages_become_decades_and_the_oldest_one_band(params):
    found = attributes(rows_of("Age", ["0.5", "9", "35.0", "89.9", "90", "104"]), params)
    assert [text for (text,) in found.of_rows] == [
        "Age=0-9", "Age=0-9", "Age=30-39", "Age=80-89", "Age=90+", "Age=90+",
    ]  # fmt: skip
    assert attributes(rows_of("dosage", ["35", "35", "36", "36"]), params).of_rows[0] == ("dosage=35",)


def test_other_numbers_become_quarters_of_the_slices_with_coarse_bounds(params):
    found = attributes(rows_of("dose", [str(value) for value in range(1001, 1101)]), params)
    # Quartiles 1025.75, 1050.5 and 1075.25, cut to two digits: 1000, 1100 and 1100.
    assert {text for texts in found.of_rows for text in texts} == {"dose=1000 to 1100", "dose=from 1100"}
    found = attributes(rows_of("score", ["0.1", "0.2", "0.3", "0.4", "0.5"]), params)
    assert [text for (text,) in found.of_rows] == [
        "score=below 0.2", "score=0.2 to 0.3", "score=0.3 to 0.4", "score=from 0.4", "score=from 0.4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["a", "b", "c", "d", "e"], "it has 5 values, more than 4, and is no number; it may identify people"),
        (["0017", "0018", "0019", "0020", "0021"], "it has 5 values, more than 4, and is no number"),
        (["x" * 41, "y", "y"], "it holds texts of more than 40 characters; they may identify people"),
        (["", "", ""], "it is empty"),
    ],
)
def test_what_may_identify_people_or_says_nothing_is_left_out_and_why(values, why, params):
    found = attributes(rows_of("remark", values), params)
    assert found.of_rows == ((),) * len(values)
    assert found.left_out["remark"].startswith(why)


def test_values_that_belong_to_one_patient_each_are_left_out_unless_named(params):
    rows = rows_of("name", ["Ann", "Ann", "Bob", "Cid"], ["P1", "P1", "P2", "P3"])
    found = attributes(rows, params)
    why = "most of its values belong to one patient each; they may identify people"
    assert (found.used, found.left_out) == ((), {"name": why})
    named = attributes(rows, params.model_copy(update={"slicing_columns": ("name",)}))
    assert named.of_rows[2] == ("name=Bob",)


def test_a_named_column_alone_is_taken(params):
    rows = [Labelled("1.png", 0, "P1", None, {"sex": "F", "scanner": "A"})] * 2
    found = attributes(rows, params.model_copy(update={"slicing_columns": ("scanner",)}))
    assert (found.of_rows[0], found.used, found.left_out) == (("scanner=A",), ("scanner",), {})


@pytest.mark.parametrize(
    "column",
    [
        "Hospital",
        "radiologist",
        "reading_doctor",
        "ward",
        "City",
        "StationName",
        "station",
        "Comment",
        "report 2",
    ],
)
def test_a_column_whose_name_says_that_it_identifies_is_left_out_unless_named(column, params):
    rows = rows_of(column, ["north", "south", "north", "south"])
    found = attributes(rows, params)
    assert (found.used, found.left_out) == (
        (),
        {column: "by its name it identifies people, places or times"},
    )
    named = attributes(rows, params.model_copy(update={"slicing_columns": (column,)}))
    assert named.used == (column,)


@pytest.mark.parametrize("column", ["forward", "capacity", "workstation", "reported", "hospitalised"])
def test_such_a_name_within_a_longer_word_says_nothing(column, params):
    assert attributes(rows_of(column, ["yes", "no", "yes", "no"]), params).used == (column,)


def test_what_a_terminal_or_a_log_would_obey_is_escaped(params):
    found = attributes(rows_of("site", ["A\x1b[2J", "B\nBLESSED"] * 4), params)
    assert set(found.of_rows) == {("site=A\\x1b[2J",), ("site=B\\nBLESSED",)}
