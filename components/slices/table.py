"""Reading the label table; every row is checked, and a message names row and file."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from components.slices.errors import NamingError
from components.slices.files import open_regular
from components.slices.labels import Labelled

FILE, LABEL, PATIENT, SLICE = "file", "hemorrhage", "patient", "slice"
NEEDED = (FILE, LABEL)
KNOWN = (FILE, LABEL, PATIENT, SLICE)
DELIMITERS = (",", ";", "\t")  # what spreadsheets write, by locale
INT64_END = 2**63  # slice indices are stored as int64


def read_table(table: Path, files: Iterable[str]) -> list[Labelled]:
    """Reads a label table: columns file and hemorrhage; patient, slice and further ones where given.

    A file is named by its path below the table's folder, or by its bare name where only one file
    in the folder has it. Rows are counted as a spreadsheet counts them: the header is row 1.

    Args:
      table: CSV in UTF-8, separated by commas, semicolons or tabs.
      files: All files below the data folder, relative.
    Returns:
      One entry a row, in the table's order.
    Raises:
      NamingError: The table cannot be read, or a row does not keep to the form.
    """
    header, rows = read_cells(table)
    columns = _columns(table, header)
    find = Finder(files)
    labelled: list[Labelled] = []
    row_of: dict[str, int] = {}
    missing: list[tuple[int, str]] = []
    for number, cells in rows:
        require_cells(table, number, cells, len(header))
        value = {name: cells[index].strip() for name, index in columns.items()}
        entry = _entry(table, number, value)
        paths = find(entry.path)
        if len(paths) > 1:
            raise NamingError(
                f"{table.name} row {number}: {entry.path!r} may be {' or '.join(map(repr, paths[:2]))}; "
                "write the path below the data folder"
            )
        if not paths:
            missing.append((number, entry.path))
            continue
        if paths[0] in row_of:
            raise NamingError(
                f"{table.name} row {number}: {entry.path!r} stands in row {row_of[paths[0]]} already; "
                "keep one row a file"
            )
        row_of[paths[0]] = number
        labelled.append(Labelled(paths[0], entry.hemorrhage, entry.patient, entry.slice_index, entry.further))
    if missing:
        (number, name), more = missing[0], len(missing) - 1
        raise NamingError(
            f"{table.name} row {number}: no such file below {table.parent}: {name!r}"
            + (f", nor those of {more} more rows" if more else "")
            + "; add the files or take out the rows"
        )
    if not labelled:
        raise NamingError(f"{table.name}: has a header and no rows; expected a row for each slice")
    return labelled


class Finder:
    """Finds a file by its path, or else by its bare name; in its own Unicode spelling, or in another."""

    def __init__(self, files: Iterable[str]) -> None:
        self._spelled: set[str] = set()
        self._paths: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = {}
        for file in files:
            self._spelled.add(file)
            path = unicodedata.normalize("NFC", file)
            self._paths.setdefault(path, []).append(file)
            self._names.setdefault(PurePosixPath(path).name, []).append(file)

    def __call__(self, text: str) -> list[str]:
        """Returns the files that a text may mean."""
        if text in self._spelled:
            return [text]
        path = unicodedata.normalize("NFC", text.replace("\\", "/")).removeprefix("./")
        return self._paths.get(path) or ([] if "/" in path else self._names.get(path, []))


def read_cells(table: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Reads a table's header and its rows that are not blank, each with its number.

    Raises:
      NamingError: It cannot be read or is empty.
    """
    try:
        with open_regular(table) as file:
            text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NamingError(
            f"{table.name}: is not UTF-8 text (byte {error.start}); save it as CSV in UTF-8"
        ) from error
    except OSError as error:
        raise NamingError(f"{table.name}: cannot be read ({error.strerror})") from error
    first_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    try:
        rows = [
            (number, cells)
            for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise NamingError(f"{table.name}: is not a CSV table ({error})") from error
    if not rows:
        raise NamingError(f"{table.name}: is empty; expected a header with the columns {', '.join(NEEDED)}")
    return [name.strip() for name in rows[0][1]], rows[1:]


def first_file(table: Path) -> str:
    """Returns what the first row of a table says of `FILE`, or "" where it has no such column or row.

    Raises:
      NamingError: The table cannot be read.
    """
    header, rows = read_cells(table)
    names = [name.casefold() for name in header]
    if FILE not in names or not rows:
        return ""
    cells = rows[0][1]
    return cells[names.index(FILE)].strip() if len(cells) > names.index(FILE) else ""


def require_cells(table: Path, number: int, cells: Sequence[str], expected: int) -> None:
    """Checks that a row has as many cells as the header.

    Raises:
      NamingError: It has not.
    """
    if len(cells) != expected:
        raise NamingError(f"{table.name} row {number}: expected {expected} cells, got {len(cells)}")


def label_of(where: str, text: str) -> int:
    """Reads a label.

    Raises:
      NamingError: It is neither 0 nor 1.
    """
    if text not in ("0", "1"):
        raise NamingError(f"{where}: hemorrhage must be 0 or 1, got {text!r}")
    return int(text)


def _columns(table: Path, header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        name = name.casefold() if name.casefold() in KNOWN else name
        if name in columns:
            raise NamingError(f"{table.name}: column {name!r} stands twice in the header")
        if name:
            columns[name] = index
    absent = [name for name in NEEDED if name not in columns]
    if absent:
        raise NamingError(
            f"{table.name}: no column {' and no column '.join(map(repr, absent))}; "
            f"expected {', '.join(NEEDED)} (and, if known, patient, slice and others), "
            f"found {', '.join(columns) or 'nothing'}"
        )
    return columns


def _entry(table: Path, number: int, value: dict[str, str]) -> Labelled:
    where = f"{table.name} row {number}"
    if not value[FILE]:
        raise NamingError(f"{where}: file is empty")
    where = f"{where} ({value[FILE]})"
    hemorrhage = label_of(where, value[LABEL])
    if value.get(PATIENT) == "":
        raise NamingError(
            f"{where}: patient is empty; fill it in, or take the column out if patients are not known"
        )
    index = None
    if value.get(SLICE):
        try:
            index = int(value[SLICE])
        except ValueError:
            raise NamingError(f"{where}: slice must be a whole number, got {value[SLICE]!r}") from None
        if not -INT64_END <= index < INT64_END:
            raise NamingError(f"{where}: slice must fit into 64 bits, got {value[SLICE]!r}")
    further = {name: text for name, text in value.items() if name not in KNOWN}
    return Labelled(value[FILE], hemorrhage, value.get(PATIENT), index, further)
