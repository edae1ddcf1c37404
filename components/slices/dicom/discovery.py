"""Which slices of a folder of DICOM files are read, each with its label, and why all others are not."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from components.slices.dicom import series
from components.slices.dicom.headers import Headers, may_be_dicom, read_headers
from components.slices.dicom.instances import Instance
from components.slices.dicom.labels import Row, read_label_table
from components.slices.errors import DataError
from components.slices.formats import is_image
from components.slices.header import LEFT_OUT, Reason, Rejection
from components.slices.labels import (
    SLICE,
    Labelled,
    LabelledSlices,
    SliceRef,
    Slices,
    by_class_folders,
    patient_of,
)
from components.slices.params import ReadingParams

LABELS_OF = {"SeriesInstanceUID": "series", "StudyInstanceUID": "study", "patient": "patient"}


def find_labelled(data_dir: Path, files: Sequence[str], params: ReadingParams, form: str) -> LabelledSlices:
    """Finds the slices to read.

    Args:
      data_dir: The folder.
      files: All files below it.
      params: Name of the table, names of class folders, whether one series of a study is read.
      form: "table" or "folders": where labels are.
    Raises:
      DataError: The labels cannot be used, or nothing is left to read.
    """
    candidates = set(may_be_dicom(data_dir, files, params))
    headers = read_headers(data_dir, sorted(candidates))
    if not headers.instances:
        raise DataError(
            f"data folder {data_dir}: no axial CT slice in {len(files)} files{_counted(headers.rejections)}"
        )
    images = {
        path: Rejection(Reason.OTHER_FILE)
        for path in files
        if path not in candidates and path != params.table
    }
    instances, duplicates = series.without_duplicates(headers.instances)
    read = dataclasses.replace(
        headers, instances=instances, rejections=headers.rejections | images | duplicates
    )
    return _by_table(data_dir, read, params) if form == "table" else _by_folders(data_dir, read, params)


def find_slices(data_dir: Path, files: Sequence[str], params: ReadingParams) -> Slices:
    """Finds the slices of files whatever their labels are: each once, of each study the series to be read.

    The patient comes from `ingest.patient_pattern`, else from the header.

    Args:
      data_dir: Folder of the files.
      files: Below it.
      params: Whether one series of a study is read.
    Returns:
      The slices, series by series.
    """
    headers = _without_duplicates(data_dir, files, params)
    chosen, others = _chosen(headers.instances, params)
    refs = [
        SliceRef(each.path, each.frame, patient_of(each.path, params) or each.patient or each.study)
        for _, each in series.in_order(chosen)
    ]
    return Slices(refs, headers.rejections | others)


def patients_by_table(
    data_dir: Path, files: Sequence[str], params: ReadingParams
) -> dict[tuple[str, int | None], str]:
    """Returns the patients that the label table of a folder names, by file and frame.

    Args:
      data_dir: The folder.
      files: Below it.
      params: Name of the table.
    Raises:
      DataError: The table does not keep to its form.
    """
    instances = _without_duplicates(data_dir, files, params).instances
    table = read_label_table(data_dir / params.table).with_paths(each.path for each in instances)
    rows = ((each, table.row_of(each)) for each in instances)
    return {(each.path, each.frame): row.patient for each, row in rows if row and row.patient}


def _without_duplicates(data_dir: Path, files: Sequence[str], params: ReadingParams) -> Headers:
    headers = read_headers(data_dir, may_be_dicom(data_dir, files, params))
    instances, duplicates = series.without_duplicates(headers.instances)
    return dataclasses.replace(headers, instances=instances, rejections=headers.rejections | duplicates)


def _by_folders(data_dir: Path, headers: Headers, params: ReadingParams) -> LabelledSlices:
    chosen, others = _chosen(headers.instances, params)
    rejections = headers.rejections | others
    paths = sorted({each.path for each in chosen})
    of_files, left_out = by_class_folders(data_dir, paths, params)
    row_of = {row.path: Row(0, row.hemorrhage, "", {}) for row in of_files}
    rejections |= {path: Rejection(Reason.UNLABELLED) for path in paths if path not in row_of}
    rows = [
        (index, each, row_of[each.path]) for index, each in series.in_order(chosen) if each.path in row_of
    ]
    return _labelled(rows, headers, rejections, [], left_out, bool(params.patient_pattern), params)


def _by_table(data_dir: Path, headers: Headers, params: ReadingParams) -> LabelledSlices:
    instances = headers.instances
    table = read_label_table(data_dir / params.table).with_paths(each.path for each in instances)
    # What a row names may be a file whose header was not read or that holds no slice.
    hidden = sum(
        why.reason not in (Reason.OTHER_FILE, Reason.DUPLICATE) for why in headers.rejections.values()
    )
    named = {each.series for each in instances if table.row_of(each)}
    rejections = headers.rejections | {
        each.path: Rejection(Reason.UNLABELLED) for each in instances if each.series not in named
    }
    chosen, others = _chosen([each for each in instances if each.series in named], params)
    rejections |= others
    rows = []
    for index, each in series.in_order(chosen):
        row = table.row_of(each)
        if row is None:
            rejections[each.path] = Rejection(Reason.UNLABELLED)
        else:
            rows.append((index, each, row))
    missing = table.without_slices(instances)
    if not rows or len(missing) - hidden > params.max_rejected_share * len(table.rows):
        more = f", nor those of {len(missing) - 1} more rows" if len(missing) > 1 else ""
        raise DataError(
            f"{params.table} row {missing[0] if missing else 2}: no slice below {data_dir} has this "
            f"{table.key}{more}; add the files or take out the rows"
        )
    patients_named = table.has_patients or bool(params.patient_pattern)
    labelled = _labelled(rows, headers, rejections, missing, {}, patients_named, params)
    return dataclasses.replace(labelled, labels_of=LABELS_OF.get(table.key, SLICE))


def _labelled(
    instances: list[tuple[int, Instance, Row]],
    headers: Headers,
    rejections: dict[str, Rejection],
    missing_rows: list[int],
    folders_left_out: dict[str, int],
    patients_named: bool,
    params: ReadingParams,
) -> LabelledSlices:
    """Puts labels, patients and further columns together; the table's columns stand before the header's."""
    names = {
        name: ""
        for _, each, row in instances
        for name, text in {**each.further, **row.further}.items()
        if text
    }
    rows = [
        Labelled(
            path=each.path,
            hemorrhage=row.hemorrhage,
            patient=(row.patient or None) if patients_named else each.patient or f"study {each.study}",
            slice_index=index,
            further={name: ({**each.further, **row.further}).get(name, "") for name in names},
            frame=each.frame,
        )
        for index, each, row in instances
    ]
    nameless = 0 if patients_named else sum(not each.patient for _, each, _ in instances)
    return LabelledSlices(
        rows=rows,
        rejections=rejections,
        unlisted=sum(why.reason is Reason.UNLABELLED for why in rejections.values()),
        left_out=folders_left_out,
        warnings=list(_warnings(headers, rejections, missing_rows, folders_left_out, nameless, params.table)),
        patients_from_header=not patients_named,
    )


def _warnings(
    headers: Headers,
    rejections: dict[str, Rejection],
    missing_rows: list[int],
    folders_left_out: dict[str, int],
    nameless: int,
    table: str,
) -> Iterator[str]:
    """Yields what everyone who reads a result has to know; `table` names the label table."""
    for why, number in folders_left_out.items():
        yield f"files {why} were not read: {number}"
    images = sum(why.reason == Reason.OTHER_FILE and is_image(path) for path, why in rejections.items())
    if images:
        yield (
            f"PNG or JPEG files among the DICOM files were not read: {images}; ingest.source=image reads them"
        )
    if nameless:
        yield f"slices whose header names no patient, each study counted as one: {nameless}"
    if lost_studies := headers.lost_studies():
        lost = ", ".join(f"{number} {reason}" for reason, number in lost_studies.items())
        yield f"CT studies without a slice that can be read: {lost}"
    if missing_rows:
        broken = sum(why.reason not in LEFT_OUT for why in rejections.values())
        hint = f" (files that could not be read, which they may name: {broken})" if broken else ""
        yield f"rows of {table} that no slice was found for: {len(missing_rows)}{hint}"


def _chosen(instances: list[Instance], params: ReadingParams) -> tuple[list[Instance], dict[str, Rejection]]:
    return series.one_series_a_study(instances) if params.series == "one" else (instances, {})


def _counted(rejections: dict[str, Rejection]) -> str:
    counts: dict[str, int] = {}
    for rejection in rejections.values():
        counts[rejection.reason] = counts.get(rejection.reason, 0) + 1
    return ": " * bool(counts) + ", ".join(f"{number} {reason}" for reason, number in counts.items())
