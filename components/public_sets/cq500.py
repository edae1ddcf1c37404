"""CQ500: scans, each read by three radiologists.

S. Chilamkurthy et al., "Deep learning algorithms for detection of critical findings in head CT scans: a
retrospective study", Lancet 2018, 392:2388-2396, doi:10.1016/S0140-6736(18)31645-3.
Licence: CC BY-NC-SA 4.0. Size: 491 scans, 214 of batch B1 and 277 of batch B2.

Layout, as several public programs that read the set agree on it:
- `reads.csv`: columns name (`CQ500-CT-0`), Category (B1, B2), and for each reader R1, R2, R3 `R1:ICH`,
  `R1:IPH`, `R1:IVH`, `R1:SDH`, `R1:EDH`, `R1:SAH`, `R1:BleedLocation-Left`, `R1:BleedLocation-Right`,
  `R1:ChronicBleed`, `R1:Fracture`, `R1:CalvarialFracture`, `R1:OtherFracture`, `R1:MassEffect`,
  `R1:MidlineShift`, all 0 or 1.
- `CQ500CT0 CQ500CT0/Unknown Study/CT Plain/CT000000.dcm`: a folder a scan, one below it a series. It may lie
  below a folder of its archive (`qct01/`, `CQ500-CT-0/`), and blanks may have become underscores.

Assumed, since headers could not be looked at: a scan is one patient (491 scans, no table of patients),
and its files share a StudyInstanceUID that no other scan has. The second is checked.
"""

import re
from pathlib import Path

from components.public_sets.contents import (
    HEMORRHAGE,
    PATIENT,
    SUBTYPE,
    Kind,
    LeftOut,
    Progress,
    Reason,
    SetContents,
    joined,
)
from components.public_sets.errors import SourceError
from components.public_sets.headers import read_headers
from components.public_sets.rules import FolderRules
from components.public_sets.tables import Table
from components.public_sets.tree import DICOM_SUFFIX, files_below, suffix

TABLE = "reads.csv"
NAME, BATCH, ANY = "name", "Category", "ICH"
FINDINGS = {
    "IPH": "intraparenchymal",
    "IVH": "intraventricular",
    "SDH": "subdural",
    "EDH": "epidural",
    "SAH": "subarachnoid",
}
FURTHER = {
    "Fracture": "fracture",
    "MassEffect": "mass_effect",
    "MidlineShift": "midline_shift",
    "ChronicBleed": "chronic_bleed",
}
READERS = (1, 2, 3)
MAJORITY = 2
SCAN_NAME = re.compile(r"CQ500-CT-(\d{1,9})")
SCAN_FOLDER = re.compile(r"CQ500[-_ ]?CT[-_ ]?(\d{1,9})(?!\d)")
KEY = "StudyInstanceUID"
COLUMNS = (KEY, HEMORRHAGE, PATIENT, SUBTYPE, "agreement", "batch", *FURTHER.values())
NOTES = (
    "labels are of scans: each slice gets its scan's, so many slices of a scan with a hemorrhage show none; "
    "metrics by slice mean little here",
    "the set is of scans without contrast, yet some folders hold series with contrast too",
)


def lacks(src: Path, _: FolderRules) -> str:
    """Returns what of the set is not in a folder, or ""."""
    return "" if (src / TABLE).is_file() else f"{TABLE} is not in it"


def read(src: Path, _: FolderRules, progress: Progress | None) -> SetContents:
    """Reads labels and headers.

    Raises:
      SourceError: The table is not as published, or no scan's folder is there.
    """
    labels, left_out = _labels(src)
    files, others = files_below(src)
    left_out += others
    in_scan: dict[int, list[str]] = {}
    for path in files:
        scan = _scan_of(path)
        if path == TABLE:
            continue
        if suffix(path) != DICOM_SUFFIX or scan is None:
            left_out.append(LeftOut(Kind.FILE, path, Reason.OTHER_FILE))
        elif scan not in labels:
            left_out.append(LeftOut(Kind.FILE, path, Reason.NO_LABEL))
        else:
            in_scan.setdefault(scan, []).append(path)
    if not in_scan:
        raise SourceError(
            f"{src}: no .dcm file of a scan that {TABLE} names lies below it; expected "
            "'CQ500CT0 CQ500CT0/Unknown Study/CT Plain/CT000000.dcm'; unpack the archives first"
        )
    left_out += [
        LeftOut(Kind.SCAN, _name(scan), Reason.NO_FILE) for scan in sorted(labels) if scan not in in_scan
    ]
    good = [scan for scan in sorted(in_scan) if labels[scan] is not None]
    in_study = _studies(src, {scan: in_scan[scan] for scan in good}, left_out, progress)
    rows: list[tuple[str, ...]] = []
    links: list[str] = []
    for scan in good:
        studies = sorted(study for study, scans in in_study.items() if scan in scans)
        if not studies:
            left_out.append(LeftOut(Kind.SCAN, _name(scan), Reason.UNREADABLE, "in none of its files"))
        elif any(len(in_study[study]) > 1 for study in studies):
            left_out.append(LeftOut(Kind.SCAN, _name(scan), Reason.SHARED_UID))
        else:
            rows += [(study, *(labels[scan] or ())) for study in studies]
            links += [path for study in studies for path in in_study[study][scan]]
    return SetContents(COLUMNS, rows, sorted(links), left_out, Kind.SCAN, notes=NOTES)


def _scan_of(path: str) -> int | None:
    match = SCAN_FOLDER.search(path.rpartition("/")[0])
    return int(match[1]) if match else None


def _name(scan: int) -> str:
    return f"CQ500-CT-{scan}"


def _studies(
    src: Path, in_scan: dict[int, list[str]], left_out: list[LeftOut], progress: Progress | None
) -> dict[str, dict[int, list[str]]]:
    """Returns the files of each study, by the scans whose folders they lie in."""
    paths = [(scan, path) for scan, files in in_scan.items() for path in files]
    studies: dict[str, dict[int, list[str]]] = {}
    for (scan, path), header in zip(
        paths, read_headers(src, [path for _, path in paths], progress), strict=True
    ):
        fault = header.fault or ("" if header.study else "has no StudyInstanceUID")
        if fault:
            left_out.append(LeftOut(Kind.FILE, path, Reason.UNREADABLE, fault))
        else:
            studies.setdefault(header.study, {}).setdefault(scan, []).append(path)
    return studies


def _labels(src: Path) -> tuple[dict[int, tuple[str, ...] | None], list[LeftOut]]:
    """Returns the cells behind the key of each scan, None for one that cannot be used, and what was odd."""
    needed = [f"R{reader}:{finding}" for reader in READERS for finding in (ANY, *FINDINGS)]
    table = Table(src / TABLE, (NAME, BATCH, *needed))
    outcomes: dict[int, tuple[str, ...] | Reason] = {}
    row_of: dict[int, int] = {}
    left_out: list[LeftOut] = []
    for number, cells in table:
        name = cells[table.index(NAME)]
        match = SCAN_NAME.fullmatch(name)
        if match is None:
            raise SourceError(f"{TABLE} row {number}: {NAME} must be like CQ500-CT-0, got {name!r}")
        scan = int(match[1])
        outcome = _label(table, number, cells)
        if outcomes.setdefault(scan, outcome) != outcome:
            outcomes[scan] = Reason.CONTRADICTION
        elif scan in row_of:
            left_out.append(LeftOut(Kind.ROW, name, Reason.REPEATED, f"row {number}"))
        row_of[scan] = number
    left_out += [
        LeftOut(Kind.SCAN, _name(scan), outcome, f"row {row_of[scan]}")
        for scan, outcome in outcomes.items()
        if isinstance(outcome, Reason)
    ]
    return {
        scan: None if isinstance(outcome, Reason) else outcome for scan, outcome in outcomes.items()
    }, left_out


def _label(table: Table, number: int, cells: list[str]) -> tuple[str, ...] | Reason:
    """Returns a row's cells behind the key, or why there are none."""
    votes = {finding: _votes(table, number, cells, finding) for finding in (ANY, *FINDINGS, *FURTHER)}
    bleeds = _majority(votes[ANY])
    shown = {finding: _majority(votes[finding]) for finding in FINDINGS}
    if bleeds is None or None in shown.values():
        return Reason.NO_MAJORITY
    if any(shown.values()) and not bleeds:
        return Reason.INCONSISTENT
    agreeing = votes[ANY].count(bleeds)
    further = [_majority(votes[finding]) for finding in FURTHER]
    return (
        str(int(bleeds)),
        cells[table.index(NAME)],
        joined(FINDINGS[finding] for finding, is_shown in shown.items() if is_shown),
        f"{agreeing} of {len(READERS)} readers",
        cells[table.index(BATCH)],
        *("" if each is None else str(int(each)) for each in further),
    )


def _votes(table: Table, number: int, cells: list[str], finding: str) -> list[bool]:
    """Returns the readers' answers; an empty cell, or a further finding without a column, is none."""
    columns = [f"R{reader}:{finding}" for reader in READERS]
    given = [(name, cells[table.index(name)]) for name in columns if table.has(name)]
    return [table.bit(number, name, text) for name, text in given if text]


def _majority(votes: list[bool]) -> bool | None:
    return next((answer for answer in (True, False) if votes.count(answer) >= MAJORITY), None)
