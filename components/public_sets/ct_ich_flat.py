"""CT-ICH with all files in one folder and one table; see `ct_ich`."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from components.public_sets.contents import HEMORRHAGE, SUBTYPES, Kind, LeftOut, Progress, Reason, SetContents
from components.public_sets.ct_ich_rows import Labelled, match_files
from components.public_sets.errors import SourceError
from components.public_sets.rules import FolderRules
from components.public_sets.tables import Table
from components.public_sets.tree import IMAGE_SUFFIXES, files_below, suffix

TABLE = "labels.csv"
FILE, PATIENT, SLICE = "file", "patient", "slice"
NEEDED = (FILE, PATIENT, SLICE, HEMORRHAGE, *SUBTYPES)
FRACTURE, AGE, SEX = "fracture", "age", "sex"


def is_there(src: Path) -> bool:
    """Returns whether a folder has the table with the set's columns."""
    try:
        Table(src / TABLE, NEEDED)
    except SourceError:
        return False
    return True


def read(src: Path, _: FolderRules, __: Progress | None) -> SetContents:
    """Reads labels and matches them with the files.

    Raises:
      SourceError: The table is not as it should be, or two files have the same name.
    """
    files, left_out = files_below(src)
    slices: dict[str, str] = {}
    for path in files:
        name = PurePosixPath(path).name
        if suffix(path) not in IMAGE_SUFFIXES:
            left_out += [LeftOut(Kind.FILE, path, Reason.OTHER_FILE)] if path != TABLE else []
        elif name in slices:
            raise SourceError(
                f"{src}: {slices[name]!r} and {path!r} have the same name, and {TABLE} names files by it; "
                "take one of them out"
            )
        else:
            slices[name] = path
    return match_files(_rows(src), slices, (), left_out)


def _rows(src: Path) -> Iterator[tuple[str, Labelled]]:
    table = Table(src / TABLE, NEEDED)
    for number, cells in table:
        name, patient = (cells[table.index(column)] for column in (FILE, PATIENT))
        if not name or not patient:
            raise SourceError(f"{TABLE} row {number}: {FILE} and {PATIENT} must not be empty")
        age, sex = (cells[table.index(column)] if table.has(column) else "" for column in (AGE, SEX))
        label = Labelled(
            row=number,
            name=name,
            patient=patient,
            index=str(table.whole(number, SLICE, cells[table.index(SLICE)])),
            bleeds=table.bit(number, HEMORRHAGE, cells[table.index(HEMORRHAGE)]),
            shown=tuple(s for s in SUBTYPES if table.bit(number, s, cells[table.index(s)])),
            fracture=table.bit_or_none(number, FRACTURE, cells),
            age=age,
            sex=sex.lower(),
        )
        yield PurePosixPath(name).name, label
