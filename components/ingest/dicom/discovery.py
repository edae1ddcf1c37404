"""Which slices of a folder of DICOM files are read, each with its label, and why all others are not."""

import dataclasses
import functools
import logging
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from components.ingest.dicom import series
from components.ingest.dicom.instances import Instance, read_instances
from components.ingest.dicom.labels import Row, read_label_table
from components.ingest.errors import DataError
from components.ingest.header import Reason, Rejection
from components.ingest.labels import Labelled, by_class_folders
from components.ingest.params import IngestParams
from components.ingest.scan import is_image

DICOM_SUFFIXES = frozenset({".dcm", ".dicom", ".ima"})
LOGGED_EACH = 5.0  # seconds

log = logging.getLogger("ichor.ingest")


@dataclasses.dataclass(frozen=True)
class Discovery:
    """What a folder of DICOM files holds.

    Attributes:
      rows: The slices to read, labelled.
      rejections: Why a file is not read, by its path below the folder.
      missing_rows: Numbers of the table's rows that name no slice.
      folders_left_out: How many files lie in no class's folder or in both, by why.
      patients_from_header: Whether the headers say whose each slice is, and not the table or a pattern.
      without_patient: Slices whose header should say it and does not; their study counts as a patient.
    """

    rows: list[Labelled]
    rejections: dict[str, Rejection]
    missing_rows: list[int]
    folders_left_out: dict[str, int]
    patients_from_header: bool
    without_patient: int


@dataclasses.dataclass(frozen=True)
class Headers:
    """The CT slices of some files, and why the other files have none."""

    instances: list[Instance]
    rejections: dict[str, Rejection]


def discover(data_dir: Path, files: Sequence[str], params: IngestParams, form: str) -> Discovery:
    """Finds the slices to read.

    Args:
      data_dir: The folder.
      files: All files below it.
      params: Name of the table, names of class folders, whether one series of a study is read.
      form: "table" or "folders": where labels are.
    Raises:
      DataError: The labels cannot be used, or nothing is left to read.
    """
    headers = read_headers(data_dir, may_be_dicom(files, params))
    found, duplicates = series.without_duplicates(headers.instances)
    rejections = headers.rejections | duplicates
    if not found:
        raise DataError(f"data folder {data_dir}: no axial CT slice in {len(files)} files{_told(rejections)}")
    if form == "table":
        return _by_table(data_dir, found, rejections, params)
    return _by_folders(data_dir, found, rejections, params)


def may_be_dicom(files: Sequence[str], params: IngestParams) -> list[str]:
    """Returns the files that are neither the label table nor named like images."""
    return [path for path in files if path != params.table and not is_image(path)]


def read_headers(data_dir: Path, paths: Sequence[str]) -> Headers:
    """Reads the headers of files; the same files are not read twice in a process.

    Args:
      data_dir: Folder of the files.
      paths: Below it.
    """
    return _headers(data_dir, tuple((path, _stamp(data_dir / path)) for path in paths))


@functools.lru_cache(maxsize=1)
def _headers(data_dir: Path, stamped: tuple[tuple[str, object], ...]) -> Headers:
    instances: list[Instance] = []
    rejections: dict[str, Rejection] = {}
    logged = time.monotonic()
    for count, (path, _) in enumerate(stamped, start=1):
        found = read_instances(data_dir, path)
        if isinstance(found, Rejection):
            rejections[path] = _as_other_file(path, found)
        else:
            instances += found
        if time.monotonic() - logged > LOGGED_EACH:
            logged = time.monotonic()
            log.info("read the DICOM headers of %d of %d files", count, len(stamped))
    return Headers(instances, rejections)


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError as error:
        return error.errno
    return status.st_size, status.st_mtime_ns


def _as_other_file(path: str, rejection: Rejection) -> Rejection:
    """A file that neither begins like a DICOM file nor is named like one lies there for another reason."""
    if rejection.reason is Reason.NOT_AN_IMAGE and PurePosixPath(path).suffix.lower() not in DICOM_SUFFIXES:
        return Rejection(Reason.OTHER_FILE)
    return rejection


def _by_folders(
    data_dir: Path, found: list[Instance], rejections: dict[str, Rejection], params: IngestParams
) -> Discovery:
    chosen, others = _chosen(found, params)
    rejections |= others
    paths = sorted({each.path for each in chosen})
    of_files, left_out = by_class_folders(data_dir, paths, params)
    row_of = {row.path: Row(0, row.hemorrhage, "", {}) for row in of_files}
    rejections |= {path: Rejection(Reason.UNLABELLED) for path in paths if path not in row_of}
    rows = [
        (index, each, row_of[each.path]) for index, each in series.in_order(chosen) if each.path in row_of
    ]
    return _discovery(rows, rejections, [], left_out, bool(params.patient_pattern))


def _by_table(
    data_dir: Path, found: list[Instance], rejections: dict[str, Rejection], params: IngestParams
) -> Discovery:
    table = read_label_table(data_dir / params.table)
    named = {each.series for each in found if table.row_of(each)}
    rejections |= {each.path: Rejection(Reason.UNLABELLED) for each in found if each.series not in named}
    chosen, others = _chosen([each for each in found if each.series in named], params)
    rejections |= others
    rows = []
    for index, each in series.in_order(chosen):
        row = table.row_of(each)
        if row is None:
            rejections[each.path] = Rejection(Reason.UNLABELLED)
        else:
            rows.append((index, each, row))
    missing = table.without_slices(found)
    unexplained = len(missing) - len(rejections)  # a file that is not read may be what a row names
    if not rows or unexplained > params.max_rejected_share * len(table.rows):
        more = f", nor those of {len(missing) - 1} more rows" if len(missing) > 1 else ""
        raise DataError(
            f"{params.table} row {missing[0] if missing else 2}: no slice below {data_dir} has this "
            f"{table.key}{more}; add the files or take out the rows"
        )
    return _discovery(rows, rejections, missing, {}, table.has_patients or bool(params.patient_pattern))


def _discovery(
    found: list[tuple[int, Instance, Row]],
    rejections: dict[str, Rejection],
    missing_rows: list[int],
    folders_left_out: dict[str, int],
    patients_are_told: bool,
) -> Discovery:
    """Puts labels, patients and further columns together; the table's columns stand before the header's."""
    names = {
        name: "" for _, each, row in found for name, text in {**each.further, **row.further}.items() if text
    }
    rows = [
        Labelled(
            path=each.path,
            hemorrhage=row.hemorrhage,
            patient=(row.patient or None) if patients_are_told else each.patient or f"study {each.study}",
            slice_index=index,
            further={name: ({**each.further, **row.further}).get(name, "") for name in names},
            frame=each.frame,
        )
        for index, each, row in found
    ]
    nameless = 0 if patients_are_told else sum(not each.patient for _, each, _ in found)
    return Discovery(rows, rejections, missing_rows, folders_left_out, not patients_are_told, nameless)


def _chosen(found: list[Instance], params: IngestParams) -> tuple[list[Instance], dict[str, Rejection]]:
    return series.one_series_a_study(found) if params.series == "one" else (found, {})


def _told(rejections: dict[str, Rejection]) -> str:
    counts: dict[str, int] = {}
    for rejection in rejections.values():
        counts[rejection.reason] = counts.get(rejection.reason, 0) + 1
    return ": " * bool(counts) + ", ".join(f"{number} {reason}" for reason, number in counts.items())
