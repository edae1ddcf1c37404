"""Reading the tables of public sets; a message names file and row."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from components.public_sets.errors import SourceError

NUMBER = re.compile(r"[0-9]{1,9}")


class Table:
    """A CSV file with a header; iterating gives each further row's number and cells.

    Rows are counted as a spreadsheet counts them: the header is row 1. Names of columns are compared
    without letter case, and with any white space in them as one blank.

    Attributes:
      path: The file.
      columns: Where each column stands; of two with one name the first.
    """

    def __init__(self, path: Path, needed: Sequence[str]) -> None:
        """Reads the header.

        Args:
          path: CSV in UTF-8, separated by commas.
          needed: Columns that have to be there.
        Raises:
          SourceError: The file is no such table, or a needed column is not in it once.
        """
        self.path = path
        header = next(self._lines(), (1, []))[1]
        self._width = len(header)
        names = [normal(name) for name in header]
        self.columns = {name: index for index, name in reversed(list(enumerate(names)))}
        for column in needed:
            if (times := names.count(normal(column))) != 1:
                raise SourceError(
                    f"{path}: expected one column {column!r} in its first row, found {times or 'none'}; its "
                    f"columns are {', '.join(filter(None, names)) or 'none'}. Is this the set's own table?"
                )

    def index(self, column: str) -> int:
        """Returns where a column stands."""
        return self.columns[normal(column)]

    def has(self, column: str) -> bool:
        """Returns whether there is a column."""
        return normal(column) in self.columns

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yields rows with something in them.

        Raises:
          SourceError: A row has more or fewer cells than the header, or is no CSV.
        """
        rows = self._lines()
        next(rows, None)
        for number, cells in rows:
            if len(cells) != self._width:
                if not any(cells):
                    continue
                raise SourceError(
                    f"{self.path.name} row {number}: expected {self._width} cells, got {len(cells)}; "
                    "correct the row, or get the table anew"
                )
            if any(cells):
                yield number, cells

    def bit(self, number: int, column: str, text: str) -> bool:
        """Returns a cell of 0 or 1.

        Raises:
          SourceError: It is something else.
        """
        if text not in ("0", "1"):
            raise SourceError(f"{self.path.name} row {number}: {column} must be 0 or 1, got {text!r}")
        return text == "1"

    def bit_or_none(self, number: int, column: str, cells: Sequence[str]) -> str:
        """Returns a cell of 0 or 1 as it stands, "" where it is empty or there is no such column.

        Raises:
          SourceError: It is something else.
        """
        text = cells[self.index(column)] if self.has(column) else ""
        return str(int(self.bit(number, column, text))) if text else ""

    def whole(self, number: int, column: str, text: str) -> int:
        """Returns a cell of a whole number from 0.

        Raises:
          SourceError: It is something else.
        """
        if not NUMBER.fullmatch(text):
            raise SourceError(f"{self.path.name} row {number}: {column} must be a whole number, got {text!r}")
        return int(text)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        try:
            with self.path.open(newline="", encoding="utf-8-sig") as file:
                for number, cells in enumerate(csv.reader(file), start=1):
                    yield number, [cell.strip() for cell in cells]
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{self.path.name} near row {number + 1}: is not UTF-8 text; get the table anew"
            ) from error
        except csv.Error as error:
            raise SourceError(f"{self.path.name} row {number + 1}: is no CSV ({error})") from error
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be read ({error.strerror})") from error


def normal(name: str) -> str:
    """Returns a column's name as names are compared."""
    return " ".join(name.split()).casefold()
