"""Labels of DICOM slices from a table that names them by a UID, by file or by patient."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from components.slices import table as tables
from components.slices.dicom.instances import Instance
from components.slices.errors import NamingError

# What a table may name slices by, the finest first; letter case, blanks and underscores do not matter.
KEYS: dict[str, Callable[[Instance], str]] = {
    "SOPInstanceUID": lambda each: each.sop,
    "SeriesInstanceUID": lambda each: each.series,
    "StudyInstanceUID": lambda each: each.study,
    tables.FILE: lambda each: each.path,
    tables.PATIENT: lambda each: each.patient,
}
UIDS = tuple(name for name in KEYS if name.endswith("UID"))
KNOWN = (*KEYS, tables.LABEL, tables.SLICE)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet counts it, its label, its patient, its further columns."""

    number: int
    hemorrhage: int
    patient: str
    further: dict[str, str]


@dataclasses.dataclass(frozen=True)
class LabelTable:
    """A label table, indexed for look-ups.

    Attributes:
      key: The column that names slices, one of `KEYS`.
      rows: By what stands in that column.
      has_patients: Whether a column says whose each slice is.
    """

    key: str
    rows: dict[str, Row]
    has_patients: bool

    def with_paths(self, paths: Iterable[str]) -> "LabelTable":
        """Returns the table with files named by their paths, where it names them by their bare names.

        Raises:
          NamingError: A bare name may be two files.
        """
        if self.key != tables.FILE:
            return self
        find = tables.Finder(dict.fromkeys(paths))
        rows: dict[str, Row] = {}
        for name, row in self.rows.items():
            matches = find(name)
            if len(matches) > 1:
                raise NamingError(
                    f"row {row.number}: {name!r} may be {' or '.join(map(repr, matches[:2]))}; write the "
                    "path below the data folder"
                )
            path = matches[0] if matches else name
            if path in rows:
                raise NamingError(
                    f"row {row.number}: {name!r} stands in row {rows[path].number} already; "
                    "keep one row a file"
                )
            rows[path] = row
        return dataclasses.replace(self, rows=rows)

    def row_of(self, instance: Instance) -> Row | None:
        """Returns the row that names a slice, or None."""
        return self.rows.get(KEYS[self.key](instance))

    def without_slices(self, instances: Iterable[Instance]) -> list[int]:
        """Returns the numbers of the rows that name none of the slices."""
        named = {KEYS[self.key](instance) for instance in instances}
        return [row.number for name, row in self.rows.items() if name not in named]


def names_dicom(table: Path) -> bool:
    """Returns whether a table names its slices by a DICOM UID, or by patient and not by file.

    Raises:
      NamingError: The table cannot be read.
    """
    names = set(map(_known_name, tables.read_cells(table)[0]))
    return bool(names & set(UIDS)) or (tables.PATIENT in names and tables.FILE not in names)


def read_label_table(table: Path) -> LabelTable:
    """Reads a table with a column hemorrhage and one of `KEYS`; of several the finest names the slices.

    Raises:
      NamingError: The table cannot be read, or a row does not keep to the form.
    """
    header, lines = tables.read_cells(table)
    names = [_known_name(name) for name in header]
    key = next((name for name in KEYS if name in names), None)
    if key is None or tables.LABEL not in names:
        raise NamingError(
            f"{table.name}: expected a column hemorrhage and one of {', '.join(KEYS)}; "
            f"found {', '.join(filter(None, header)) or 'nothing'}"
        )
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise NamingError(f"{table.name}: column {twice!r} stands twice in the header")
    rows: dict[str, Row] = {}
    for number, cells in lines:
        tables.require_cells(table, number, cells, len(header))
        value = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name}
        if not value[key]:
            raise NamingError(f"{table.name} row {number}: {key} is empty")
        if value.get(tables.PATIENT) == "":
            raise NamingError(
                f"{table.name} row {number}: patient is empty; fill it in, or take the column out, so that "
                "the headers' PatientID counts"
            )
        if value[key] in rows:
            raise NamingError(
                f"{table.name} row {number}: {key} {value[key]!r} stands in row {rows[value[key]].number} "
                "already; keep one row each"
            )
        hemorrhage = tables.label_of(f"{table.name} row {number}", value[tables.LABEL])
        further = {name: text for name, text in value.items() if name not in KNOWN}
        rows[value[key]] = Row(number, hemorrhage, value.get(tables.PATIENT, ""), further)
    if not rows:
        raise NamingError(f"{table.name}: has a header and no rows; expected a row for each {key}")
    return LabelTable(key, rows, tables.PATIENT in names)


def _known_name(name: str) -> str:
    plain = name.casefold().replace("_", "").replace(" ", "")
    if plain == "patientid":
        return tables.PATIENT
    return next((known for known in KNOWN if known.casefold() == plain), name)
