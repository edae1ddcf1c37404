import re

import pytest

from components.slices.errors import DataError
from components.slices.labels import Labelled
from components.slices.table import read_table

pytestmark = pytest.mark.numpy

FILES = ["a.png", "b.png", "left/c.png", "right/c.png", "left/münch.png"]


def read(tmp_path, text: str | bytes, files=FILES) -> list[Labelled]:
    table = tmp_path / "labels.csv"
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(table, files)


def test_a_row_gives_file_label_patient_place_and_further_columns(tmp_path):
    rows = read(tmp_path, "file,hemorrhage,patient,slice,sex\na.png,1,P7,12,F\nb.png,0,007,,\n")
    assert rows == [
        Labelled("a.png", 1, "P7", 12, {"sex": "F"}),
        Labelled("b.png", 0, "007", None, {"sex": ""}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffile,hemorrhage\na.png,1\nb.png,0\n",
        "file;hemorrhage\r\na.png;1\r\nb.png;0\r\n",
        "file\themorrhage\na.png\t1\nb.png\t0",
        " File , HEMORRHAGE \n a.png , 1 \n b.png , 0 \n",
        '"file","hemorrhage"\n\n"a.png","1"\n"b.png","0"\n\n',
        "file,hemorrhage\n./a.png,1\nb.png,0\n",
    ],
    ids=["byte order mark", "semicolons", "tabs", "spaces and capitals", "quotes and blank rows", "dot"],
)
def test_what_spreadsheets_write_is_read(tmp_path, text):
    assert read(tmp_path, text) == [Labelled("a.png", 1), Labelled("b.png", 0)]


def test_a_bare_name_finds_the_one_file_of_that_name_in_any_unicode_spelling(tmp_path):
    decomposed = "mu\u0308nch.png"
    rows = read(tmp_path, f"file,hemorrhage\n{decomposed},1\nleft\\c.png,0\n")
    assert [row.path for row in rows] == ["left/münch.png", "left/c.png"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "labels.csv: is empty; expected a header with the columns file, hemorrhage"),
        ("file,hemorrhage\n", "labels.csv: has a header and no rows; expected a row for each slice"),
        ("file,label\na.png,1\n", "labels.csv: no column 'hemorrhage'; expected file, hemorrhage"),
        ("name,label\na.png,1\n", "labels.csv: no column 'file' and no column 'hemorrhage'"),
        ("file,hemorrhage,FILE\na.png,1,a\n", "labels.csv: column 'file' stands twice in the header"),
        (
            "file,hemorrhage\na.png,1\nb.png,2\n",
            "labels.csv row 3 (b.png): hemorrhage must be 0 or 1, got '2'",
        ),
        ("file,hemorrhage\na.png,yes\n", "labels.csv row 2 (a.png): hemorrhage must be 0 or 1, got 'yes'"),
        ("file,hemorrhage\n\n\na.png,\n", "labels.csv row 4 (a.png): hemorrhage must be 0 or 1, got ''"),
        ("file,hemorrhage\n,1\n", "labels.csv row 2: file is empty"),
        ("file,hemorrhage\na.png\n", "labels.csv row 2: expected 2 cells, got 1"),
        (
            "file,hemorrhage\na.png,1\nb.png,0\na.png,1\n",
            "labels.csv row 4: 'a.png' stands in row 2 already; keep one row a file",
        ),
        (
            "file,hemorrhage\na.png,1\nx.png,0\ny.png,0\n",
            "labels.csv row 3: no such file below {folder}: 'x.png', nor those of 1 more rows; "
            "add the files or take out the rows",
        ),
        ("file,hemorrhage\nup/a.png,1\n", "labels.csv row 2: no such file below {folder}: 'up/a.png'; add"),
        (
            "file,hemorrhage\nc.png,1\n",
            "labels.csv row 2: 'c.png' may be 'left/c.png' or 'right/c.png'; "
            "write the path below the data folder",
        ),
        (
            "file,hemorrhage,patient\na.png,1,P1\nb.png,0, \n",
            "labels.csv row 3 (b.png): patient is empty; fill it in, or take the column out",
        ),
        (
            "file,hemorrhage,slice\na.png,1,top\n",
            "labels.csv row 2 (a.png): slice must be a whole number, got 'top'",
        ),
        (
            "file,hemorrhage,slice\na.png,1,99999999999999999999\n",
            "labels.csv row 2 (a.png): slice must fit into 64 bits",
        ),
        (
            "file,hemorrhage,note\na.png,1,Köln".encode("latin-1"),
            "labels.csv: is not UTF-8 text (byte 30); save it as CSV in UTF-8",
        ),
        (
            'file,hemorrhage\na.png,"' + "x" * 200_000 + '"\n',
            "labels.csv: is not a CSV table (field larger than field limit (131072))",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_row_and_file(tmp_path, text, message):
    with pytest.raises(DataError, match="^" + re.escape(message.format(folder=tmp_path))):
        read(tmp_path, text)
