"""Which slices of a folder of DICOM files are read, each with its label, and why all others are not."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from components.slices.dicom import series
from components.slices.dicom.headers import Headers, may_be_dicom, read_headers
from components.slices.dicom.instances import Instance
from components.slices.dicom.labels import Row, read_label_table
from components.slices.errors import DataError
from components.slices.formats import is_image
from components.slices.header import LEFT_OUT, Reason, Rejection
from components.slices.labels import Labelled, by_class_folders
from components.slices.params import ReadingParams

SLICE = "slice"
LABELS_OF = {"SeriesInstanceUID": "series", "StudyInstanceUID": "study", "patient": "patient"}


@dataclasses.dataclass(frozen=True)
class Discovery:
    """What a folder of DICOM files holds.

    Attributes:
      rows: The slices to read, labelled.
      rejections: Why a file is not read, by its path below the folder.
      missing_rows: Numbers of the table's rows that name no slice.
      folders_left_out: How many files lie in no class's folder or in both, by why.
      labels_of: What a label is of: "slice", "series", "study" or "patient".
      lost_studies: How many CT studies no slice was found in, by the commonest reason of each.
      patients_from_header: Whether the headers say whose each slice is, and not the table or a pattern.
      without_patient: Slices whose header should say it and does not; their study counts as a patient.
    """

    rows: list[Labelled]
    rejections: dict[str, Rejection]
    missing_rows: list[int]
    folders_left_out: dict[str, int]
    labels_of: str
    lost_studies: dict[Reason, int]
    patients_from_header: bool
    without_patient: int

    def warnings(self, table: str) -> list[str]:
        """Returns what everyone who reads a result has to know; `table` names the label table."""
        told = [f"files {why} were not read: {number}" for why, number in self.folders_left_out.items()]
        images = sum(
            why.reason == Reason.OTHER_FILE and is_image(path) for path, why in self.rejections.items()
        )
        if images:
            told.append(
                f"PNG or JPEG files among the DICOM files were not read: {images}; "
                "ingest.source=image reads them"
            )
        if self.without_patient:
            told.append(
                f"slices whose header names no patient, each study counted as one: {self.without_patient}"
            )
        if self.lost_studies:
            lost = ", ".join(f"{number} {reason}" for reason, number in self.lost_studies.items())
            told.append(f"CT studies without a slice that can be read: {lost}")
        if self.missing_rows:
            broken = sum(why.reason not in LEFT_OUT for why in self.rejections.values())
            hint = f" (files that could not be read, which they may name: {broken})" if broken else ""
            told.append(f"rows of {table} that no slice was found for: {len(self.missing_rows)}{hint}")
        return told


def discover(data_dir: Path, files: Sequence[str], params: ReadingParams, form: str) -> Discovery:
    """Finds the slices to read.

    Args:
      data_dir: The folder.
      files: All files below it.
      params: Name of the table, names of class folders, whether one series of a study is read.
      form: "table" or "folders": where labels are.
    Raises:
      DataError: The labels cannot be used, or nothing is left to read.
    """
    asked = set(may_be_dicom(data_dir, files, params))
    headers = read_headers(data_dir, sorted(asked))
    if not headers.instances:
        raise DataError(
            f"data folder {data_dir}: no axial CT slice in {len(files)} files{_told(headers.rejections)}"
        )
    images = {
        path: Rejection(Reason.OTHER_FILE) for path in files if path not in asked and path != params.table
    }
    found, duplicates = series.without_duplicates(headers.instances)
    read = dataclasses.replace(headers, instances=found, rejections=headers.rejections | images | duplicates)
    return _by_table(data_dir, read, params) if form == "table" else _by_folders(data_dir, read, params)


def find_slices(data_dir: Path, files: Iterable[str], params: ReadingParams) -> Headers:
    """Finds the slices of files whatever their labels are: each once, of each study the series to be read.

    Args:
      data_dir: Folder of the files.
      files: Below it.
      params: Whether one series of a study is read.
    """
    headers = read_headers(data_dir, may_be_dicom(data_dir, files, params))
    found, duplicates = series.without_duplicates(headers.instances)
    chosen, others = _chosen(found, params)
    return dataclasses.replace(headers, instances=chosen, rejections=headers.rejections | duplicates | others)


def _by_folders(data_dir: Path, headers: Headers, params: ReadingParams) -> Discovery:
    chosen, others = _chosen(headers.instances, params)
    rejections = headers.rejections | others
    paths = sorted({each.path for each in chosen})
    of_files, left_out = by_class_folders(data_dir, paths, params)
    row_of = {row.path: Row(0, row.hemorrhage, "", {}) for row in of_files}
    rejections |= {path: Rejection(Reason.UNLABELLED) for path in paths if path not in row_of}
    rows = [
        (index, each, row_of[each.path]) for index, each in series.in_order(chosen) if each.path in row_of
    ]
    return _discovery(rows, headers, rejections, [], left_out, bool(params.patient_pattern))


def _by_table(data_dir: Path, headers: Headers, params: ReadingParams) -> Discovery:
    found = headers.instances
    table = read_label_table(data_dir / params.table).with_paths(each.path for each in found)
    # What a row names may be a file whose header was not read or that holds no slice.
    hidden = sum(
        why.reason not in (Reason.OTHER_FILE, Reason.DUPLICATE) for why in headers.rejections.values()
    )
    named = {each.series for each in found if table.row_of(each)}
    rejections = headers.rejections | {
        each.path: Rejection(Reason.UNLABELLED) for each in found if each.series not in named
    }
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
    if not rows or len(missing) - hidden > params.max_rejected_share * len(table.rows):
        more = f", nor those of {len(missing) - 1} more rows" if len(missing) > 1 else ""
        raise DataError(
            f"{params.table} row {missing[0] if missing else 2}: no slice below {data_dir} has this "
            f"{table.key}{more}; add the files or take out the rows"
        )
    patients_are_told = table.has_patients or bool(params.patient_pattern)
    found_rows = _discovery(rows, headers, rejections, missing, {}, patients_are_told)
    return dataclasses.replace(found_rows, labels_of=LABELS_OF.get(table.key, SLICE))


def _discovery(
    found: list[tuple[int, Instance, Row]],
    headers: Headers,
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
    return Discovery(
        rows=rows,
        rejections=rejections,
        missing_rows=missing_rows,
        folders_left_out=folders_left_out,
        labels_of=SLICE,
        lost_studies=headers.lost_studies(),
        patients_from_header=not patients_are_told,
        without_patient=nameless,
    )


def _chosen(found: list[Instance], params: ReadingParams) -> tuple[list[Instance], dict[str, Rejection]]:
    return series.one_series_a_study(found) if params.series == "one" else (found, {})


def _told(rejections: dict[str, Rejection]) -> str:
    counts: dict[str, int] = {}
    for rejection in rejections.values():
        counts[rejection.reason] = counts.get(rejection.reason, 0) + 1
    return ": " * bool(counts) + ", ".join(f"{number} {reason}" for reason, number in counts.items())
