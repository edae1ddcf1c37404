"""A label table of any text is read or refused with a DataError, and a sound one is read as it stands."""

import contextlib
import csv
import io
import string
from pathlib import Path

import pytest
from dicom_folders import write_patient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from components.ingest.columns import attributes
from components.ingest.plan import plan
from components.slices import table as tables
from components.slices.dicom.labels import KEYS, names_dicom, read_label_table
from components.slices.errors import DataError, NamingError
from components.slices.labels import Labelled
from components.slices.table import first_file, read_table

pytestmark = pytest.mark.numpy

FILES = ("a.png", "b/a.png", "b/c.png", "caf\N{LATIN SMALL LETTER E WITH ACUTE}.png", "d\\e.png")
SETTINGS = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = st.sampled_from(
    ["file", "hemorrhage", "patient", "slice", "age", "PatientID", "SOPInstanceUID", "0", "1", "", '"', "+",
     "-1", "9" * 5000, "nan", "1e400", "\ufeff", "\x00", "é", *FILES]
)  # fmt: skip
LINES = st.lists(st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=5).map(",".join), max_size=5)
CONTENTS = st.one_of(
    st.binary(max_size=60), st.text(max_size=60).map(str.encode), LINES.map("\n".join).map(str.encode)
)


@SETTINGS
@given(CONTENTS)
def test_any_bytes_are_a_table_or_a_data_error(tmp_path, contents):
    table = tmp_path / "labels.csv"
    table.write_bytes(contents)
    for read in (lambda: read_table(table, FILES), lambda: read_label_table(table).with_paths(FILES),
                 lambda: names_dicom(table), lambda: first_file(table)):  # fmt: skip
        with contextlib.suppress(NamingError):  # no other: what it quotes must not get into a log
            read()


@SETTINGS
@given(
    st.lists(st.tuples(st.sampled_from(["0", "1"]), WORDS, st.text(max_size=4)), min_size=4, max_size=4),
    WORDS,
)
@example([("0", "+", ""), ("1", "+", ""), ("0", "+", ""), ("1", "+", "")], "subtype")
def test_any_further_columns_of_sound_rows_make_a_plan_or_a_data_error(tmp_path, params, rows, name):
    for file in FILES[:4]:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["file", "hemorrhage", name, "remark"])
    writer.writerows([file, *row] for file, row in zip(FILES[:4], rows, strict=True))
    (tmp_path / "labels.csv").write_text(text.getvalue(), encoding="utf-8")
    try:
        found = plan(tmp_path, params)
    except DataError:
        return
    assert len(found.slices) == 4
    assert all(one.startswith((f"{name}=", "remark=")) for row in found.slices for one in row.attributes)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1)


PATHS = st.text(string.ascii_letters + "_-é/", min_size=1, max_size=9).filter(
    lambda name: "//" not in name and name.strip("/") == name
)
ROWS = st.dictionaries(
    CELLS, st.tuples(st.integers(0, 1), st.text(string.ascii_letters, max_size=3)), min_size=1, max_size=5
)


@st.composite
def sound_tables(draw):
    files = draw(st.lists(PATHS, min_size=1, max_size=6, unique=True))
    columns = draw(
        st.lists(CELLS.filter(lambda name: name.casefold() not in tables.KNOWN), max_size=3, unique=True)
    )
    rows = [
        Labelled(
            file + ".png",
            draw(st.integers(0, 1)),
            draw(CELLS),
            draw(st.one_of(st.none(), NUMBERS)),
            {column: draw(st.one_of(st.just(""), CELLS)) for column in columns},
        )
        for file in files
    ]
    return rows, draw(st.permutations(["file", "Hemorrhage", "PATIENT", "slice", *columns]))


@SETTINGS
@given(
    sound_tables(), st.sampled_from(",;\t"), st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n"])
)
def test_a_sound_table_is_read_as_it_stands(tmp_path, made, delimiter, mark, ending):
    rows, order = made
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(order)
    for row in rows:
        known = {
            "file": row.path, "Hemorrhage": row.hemorrhage, "PATIENT": row.patient,
            "slice": "" if row.slice_index is None else row.slice_index,
        }  # fmt: skip
        writer.writerow([{**known, **row.further}[name] for name in order])
    if max((",", ";", "\t"), key=text.getvalue().partition("\n")[0].count) != delimiter:
        return  # a header with more of another sign is ambiguous
    table = tmp_path / "labels.csv"
    table.write_bytes((mark + text.getvalue()).encode())
    assert read_table(table, [row.path for row in rows]) == rows
    assert first_file(table) == rows[0].path


@SETTINGS
@given(st.sampled_from([*KEYS, "patient_id", "sop instance uid"]), ROWS)
def test_a_sound_table_of_dicom_keys_is_read_as_it_stands(tmp_path, key, rows):
    table = tmp_path / "labels.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([key, "hemorrhage", "subtype"])
        writer.writerows([name, label, subtype] for name, (label, subtype) in rows.items())
    found = read_label_table(table)
    assert found.key == {"patient_id": "patient", "sop instance uid": "SOPInstanceUID"}.get(key, key)
    assert {name: (row.hemorrhage, row.further["subtype"]) for name, row in found.rows.items()} == rows
    assert [row.number for row in found.rows.values()] == list(range(2, 2 + len(rows)))


TEXTS = st.one_of(WORDS, st.text(max_size=50))


@SETTINGS
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12), TEXTS, st.booleans())
def test_attributes_of_any_columns_are_texts_or_left_out_with_a_reason(params, values, name, is_named):
    rows = [
        Labelled(f"{number}.png", 0, str(number), None, {name: one, "other": other})
        for number, (one, other) in enumerate(values)
    ]
    params = params.model_copy(update={"slicing_columns": (name,) if is_named else ("*",)})
    if name == "*":
        return
    found = attributes(rows, params)
    assert len(found.of_rows) == len(rows)
    assert set(found.used) | set(found.left_out) == ({name} if is_named else {name, "other"})
    assert set(found.used).isdisjoint(found.left_out)
    assert all("=" in text for texts in found.of_rows for text in texts)
    assert all(found.left_out.values())


def test_the_own_spelling_of_a_path_goes_before_others(tmp_path: Path):
    composed, decomposed = "caf\N{LATIN SMALL LETTER E WITH ACUTE}.png", "cafe\N{COMBINING ACUTE ACCENT}.png"
    table = tmp_path / "labels.csv"
    table.write_text(f"file,hemorrhage\n{composed},0\n{decomposed},1\n", encoding="utf-8")
    found = read_table(table, [composed, decomposed])
    assert [(row.path, row.hemorrhage) for row in found] == [(composed, 0), (decomposed, 1)]
    assert read_table(table, [composed, decomposed, "x/y\\z.png"])[0].path == composed


def test_a_dicom_file_that_two_rows_name_is_told(data_dir, params):
    write_patient(data_dir, "A", slices=1)
    (data_dir / "labels.csv").write_text("file,hemorrhage\nIM0001,0\nA/axial/IM0001,1\n")
    with pytest.raises(
        DataError, match="row 3: 'A/axial/IM0001' stands in row 2 already; keep one row a file"
    ):
        plan(data_dir, params.model_copy(update={"source": "dicom"}))
