"""RSNA 2019 Intracranial Hemorrhage Detection: slices with six labels each.

A. E. Flanders et al., "Construction of a Machine Learning Dataset through Collaboration: The RSNA 2019
Brain CT Hemorrhage Challenge", Radiology: Artificial Intelligence 2020, 2(3), doi:10.1148/ryai.2020190211.
Terms: non-commercial use, academic research and education; no attempt to identify anybody; cite it.
Size: `stage_2_train.csv` has 4,516,842 rows, six for each of 752,803 slices and 24 that repeat others.

Layout, as several public programs that read the set agree on it:
- `stage_2_train.csv`: columns ID and Label; ID is `ID_12cadc6af_epidural`, for each slice with the five
  subtypes and `any`.
- `stage_2_train/ID_12cadc6af.dcm` (`stage_2_train_images/` in an earlier archive). The name is the
  SOPInstanceUID in the header; PatientID and StudyInstanceUID have the same form, so that they are no
  UIDs by the standard.
- Four slices have all six rows twice. The pixels of ID_6431af929 are cut short: what reads them finds out.

Assumed: that a contradiction among rows leaves its slice out; the published table has none.
"""

import os
import re
from pathlib import Path

from components.public_sets.contents import (
    HEMORRHAGE,
    PATIENT,
    SUBTYPE,
    SUBTYPES,
    Kind,
    LeftOut,
    Progress,
    Reason,
    SetContents,
    joined,
)
from components.public_sets.errors import SourceError
from components.public_sets.headers import Header, read_headers
from components.public_sets.rules import FolderRules
from components.public_sets.tables import Table
from components.public_sets.tree import DICOM_SUFFIX, suffix

TABLE = "stage_2_train.csv"
FOLDERS = ("stage_2_train", "stage_2_train_images")
ID, LABEL = "ID", "Label"
ANY = "any"
LABELS = (*SUBTYPES, ANY)
ROW_ID = re.compile(rf"(ID_[0-9a-z]+)_({'|'.join(LABELS)})")
KEY = "SOPInstanceUID"

# A slice's labels in one number, since there are 752,803: a bit for each label that was seen, one for each
# that is 1, and one for a contradiction.
VALUE, CONTRADICTS = len(LABELS), 1 << 2 * len(LABELS)
ALL_SEEN = (1 << len(LABELS)) - 1
POSITION = {label: position for position, label in enumerate(LABELS)}


def lacks(src: Path, _: FolderRules) -> str:
    """Returns what of the set is not in a folder, or ""."""
    if not (src / TABLE).is_file():
        return f"{TABLE} is not in it"
    return "" if _folder(src) else f"no folder {FOLDERS[0]} of .dcm files is in it"


def read(src: Path, _: FolderRules, progress: Progress | None) -> SetContents:
    """Reads labels and headers.

    Raises:
      SourceError: The table is not as published.
    """
    labels, left_out = _labels(Table(src / TABLE, (ID, LABEL)))
    folder = _folder(src)
    files: dict[str, str] = {}
    with os.scandir(src / folder) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if suffix(entry.name) == DICOM_SUFFIX and entry.is_file():
                files[entry.name[: -len(DICOM_SUFFIX)]] = path
            elif not entry.name.startswith("."):
                left_out.append(LeftOut(Kind.FILE, path, Reason.OTHER_FILE))
    left_out += [
        LeftOut(Kind.FILE, path, Reason.NO_LABEL)
        for name, path in sorted(files.items())
        if name not in labels
    ]
    good: list[str] = []
    for name, state in labels.items():
        reason = Reason.NO_FILE if name not in files else _fault(state)
        if reason:
            left_out.append(LeftOut(Kind.SLICE, name, reason))
        else:
            good.append(name)
    rows: list[tuple[str, ...]] = []
    links: list[str] = []
    studies: set[str] = set()
    headers = read_headers(src, [files[name] for name in good], progress)
    for name, header in zip(good, headers, strict=True):
        if reason := _header_fault(name, header):
            left_out.append(LeftOut(Kind.SLICE, name, reason, header.fault or header.sop))
            continue
        shown = [label for label in SUBTYPES if _is_one(labels[name], label)]
        rows.append((name, str(int(bool(shown))), header.patient, joined(shown)))
        links.append(files[name])
        studies |= {header.study} - {""}
    return SetContents((KEY, HEMORRHAGE, PATIENT, SUBTYPE), rows, links, left_out, scans=len(studies))


def _folder(src: Path) -> str:
    return next((name for name in FOLDERS if (src / name).is_dir()), "")


def _labels(table: Table) -> tuple[dict[str, int], list[LeftOut]]:
    """Returns the labels of each slice as bits, and the rows that say nothing new."""
    labels: dict[str, int] = {}
    left_out: list[LeftOut] = []
    id_at, label_at = table.index(ID), table.index(LABEL)
    for number, cells in table:
        match = ROW_ID.fullmatch(cells[id_at])
        if match is None:
            raise SourceError(
                f"{TABLE} row {number}: ID must be like ID_12cadc6af_epidural, with one of "
                f"{', '.join(LABELS)}, got {cells[id_at]!r}"
            )
        value = table.bit(number, LABEL, cells[label_at])
        name, position = match[1], POSITION[match[2]]
        state = labels.get(name, 0)
        if not state >> position & 1:
            labels[name] = state | 1 << position | value << position + VALUE
        elif bool(state >> position + VALUE & 1) == value:
            left_out.append(LeftOut(Kind.ROW, cells[id_at], Reason.REPEATED, f"row {number}"))
        else:
            labels[name] = state | CONTRADICTS
            left_out.append(LeftOut(Kind.ROW, cells[id_at], Reason.CONTRADICTION, f"row {number}"))
    return labels, left_out


def _is_one(state: int, label: str) -> bool:
    return bool(state >> POSITION[label] + VALUE & 1)


def _fault(state: int) -> Reason | None:
    if state & CONTRADICTS:
        return Reason.CONTRADICTION
    if state & ALL_SEEN != ALL_SEEN:
        return Reason.INCOMPLETE
    if any(_is_one(state, label) for label in SUBTYPES) != _is_one(state, ANY):
        return Reason.INCONSISTENT
    return None


def _header_fault(name: str, header: Header) -> Reason | None:
    if header.fault:
        return Reason.UNREADABLE
    if header.sop != name:
        return Reason.OTHER_UID
    return None if header.patient else Reason.NO_PATIENT
