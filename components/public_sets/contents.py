"""What of a public set is imported, and what is left out for which reason."""

import dataclasses
import enum
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

HEMORRHAGE, PATIENT, SUBTYPE = "hemorrhage", "patient", "subtype"
SUBTYPES = ("epidural", "intraparenchymal", "intraventricular", "subarachnoid", "subdural")
NO_SUBTYPE, JOINT = "none", "+"  # as phantoms have it; ingest takes epidural+subdural for both

Progress = Callable[[int, int], None]  # how many are done, of how many


class Kind(enum.StrEnum):
    """What is left out: a row of a table, a file, or what a table labels."""

    ROW = "row"
    FILE = "file"
    SLICE = "slice"
    SCAN = "scan"


class Reason(enum.StrEnum):
    """Why something is left out."""

    NO_FILE = "labelled, without a file"
    NO_LABEL = "without a label in the table"
    REPEATED = "repeating an earlier row with the same label"
    CONTRADICTION = "labelled differently by several rows"
    INCOMPLETE = "with some labels missing"
    INCONSISTENT = "with subtypes that do not fit the label of any hemorrhage"
    NO_MAJORITY = "without two of three readers who agree"
    AGAINST_MASK = "labelled as no hemorrhage, with a mask of one"
    UNREADABLE = "with a DICOM header that cannot be read"
    OTHER_UID = "named otherwise than the SOPInstanceUID in the header"
    SHARED_UID = "sharing a UID with another label or patient"
    COPY = "with the UID of another file of the same label"
    NO_PATIENT = "without a patient"
    NO_CLASS = "in no class folder"
    BOTH_CLASSES = "below folders of both classes"
    MASK = "mask of a hemorrhage, no slice"
    OTHER_WINDOW = "in another window"
    OTHER_KIND = "DICOM among images"
    OTHER_FILE = "not part of the set"
    UNUSABLE_NAME = "with a name that cannot stand in a table"


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that is left out.

    Attributes:
      kind: What it is.
      what: Its name or path, as the source spells it.
      reason: Why.
      detail: What else is known: a row's number, say.
    """

    kind: Kind
    what: str
    reason: Reason
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class SetContents:
    """What a set holds that can be used.

    Attributes:
      columns: Header of the label table; the first is its key.
      rows: Cells of each row, in the table's order.
      links: Files to link, relative to the source and to the output alike.
      left_out: All that is not used.
      unit: What a row labels: slices or scans.
      scans: How many scans the slices come from, where that is known.
      notes: What somebody who uses the labels has to know.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[str, ...]]
    links: Sequence[str]
    left_out: Sequence[LeftOut]
    unit: Kind = Kind.SLICE
    scans: int | None = None
    notes: tuple[str, ...] = ()

    def cells(self, column: str) -> Iterable[str]:
        """Returns a column's cells; none where the table lacks the column."""
        if column not in self.columns:
            return ()
        index = self.columns.index(column)
        return (row[index] for row in self.rows)

    def subtypes(self) -> Counter[str]:
        """Returns how many rows show each subtype; a row with two counts twice."""
        shown = (part for cell in self.cells(SUBTYPE) for part in cell.split(JOINT))
        return Counter(part for part in shown if part and part != NO_SUBTYPE)

    def reasons(self) -> Counter[tuple[Kind, Reason]]:
        """Returns how many were left out, by kind and reason."""
        return Counter((each.kind, each.reason) for each in self.left_out)


def joined(shown: Iterable[str]) -> str:
    """Returns subtypes as one cell."""
    return JOINT.join(sorted(shown)) or NO_SUBTYPE
