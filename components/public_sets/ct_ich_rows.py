"""Labels of CT-ICH matched with its files; the same for both of its layouts."""

import dataclasses
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from components.public_sets.contents import (
    HEMORRHAGE,
    PATIENT,
    SUBTYPE,
    Kind,
    LeftOut,
    Reason,
    SetContents,
    joined,
)

COLUMNS = ("file", HEMORRHAGE, PATIENT, "slice", SUBTYPE, "fracture", "age", "sex")
NOTES = ("the window is 40/120 HU in the published images, where a brain window is 40/80 HU by default",)

Place = TypeVar("Place", bound=Hashable)


@dataclasses.dataclass(frozen=True)
class Labelled:
    """A row of a label table; two rows of one slice agree if all but `row` is equal.

    Attributes:
      row: Its number.
      name: Of the slice, for people.
      patient, index, age, sex, fracture: Cells, "" where unknown.
      bleeds: Whether the row says that there is a hemorrhage.
      shown: Subtypes that the row says are there.
    """

    row: int = dataclasses.field(compare=False)
    name: str
    patient: str
    index: str
    bleeds: bool
    shown: tuple[str, ...]
    fracture: str
    age: str
    sex: str


def match_files(
    rows: Iterable[tuple[Place, Labelled]],
    slices: Mapping[Place, str],
    masks: Collection[Place],
    left_out: list[LeftOut],
) -> SetContents:
    """Matches rows with files.

    Args:
      rows: Labels by where the slice is: patient and number, or a path.
      slices: Files by where they are.
      masks: Places that have a mask of a hemorrhage.
      left_out: What is left out already; more is added.
    """
    labels: dict[Place, Labelled] = {}
    contradicted: set[Place] = set()
    for place, label in rows:
        if place not in labels:
            labels[place] = label
        elif labels[place] == label:
            left_out.append(LeftOut(Kind.ROW, label.name, Reason.REPEATED, f"row {label.row}"))
        else:
            contradicted.add(place)
            detail = f"rows {labels[place].row} and {label.row}"
            left_out.append(LeftOut(Kind.ROW, label.name, Reason.CONTRADICTION, detail))
    left_out += [
        LeftOut(Kind.FILE, path, Reason.NO_LABEL) for place, path in slices.items() if place not in labels
    ]
    cells: list[tuple[str, ...]] = []
    for place, label in labels.items():
        reason = (
            Reason.NO_FILE
            if place not in slices
            else Reason.CONTRADICTION
            if place in contradicted
            else Reason.INCONSISTENT
            if bool(label.shown) != label.bleeds
            else Reason.AGAINST_MASK
            if place in masks and not label.bleeds
            else None
        )
        if reason:
            left_out.append(LeftOut(Kind.SLICE, label.name, reason, f"row {label.row}"))
            continue
        cells.append(
            (
                slices[place],
                str(int(label.bleeds)),
                label.patient,
                label.index,
                joined(label.shown),
                label.fracture,
                label.age,
                label.sex,
            )
        )
    cells.sort()
    return SetContents(COLUMNS, cells, [row[0] for row in cells], left_out, notes=NOTES)
