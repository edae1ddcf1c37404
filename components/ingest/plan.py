"""What is to be read: found, checked and told before any work. Imports no TensorFlow."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

from components.ingest import identity, splits
from components.ingest.columns import attributes
from components.ingest.params import IngestParams
from components.slices import source
from components.slices.dicom.dataset import looks_like_dicom
from components.slices.dicom.discovery import SLICE, discover
from components.slices.dicom.instances import frame_name
from components.slices.errors import DataError, NamingError
from components.slices.formats import is_image
from components.slices.header import Reason, Rejection
from components.slices.labels import Labelled, by_class_folders, patient_of
from components.slices.scan import Listing, look_below
from components.slices.table import read_table

NO_PATIENTS = (
    "patients are not known: slices that look alike are kept in one split, but one patient may still be in "
    "several, which flatters every metric; give a patient column or ingest.patient_pattern"
)
UNLISTED = "folders that the system does not list, so that whatever lies in them is missing"


@dataclasses.dataclass(frozen=True)
class PlannedSlice:
    """One slice to read.

    Attributes:
      path: Below the data folder, with forward slashes.
      hemorrhage: 0 or 1.
      patient: As the column or the pattern says; "" where neither does.
      slice_index: Place in its series, or None.
      attributes: "column=value" texts.
      frame: Index of the slice in its DICOM file; None in an image file.
    """

    path: str
    hemorrhage: int
    patient: str
    slice_index: int | None
    attributes: tuple[str, ...]
    frame: int | None = None

    @property
    def name(self) -> str:
        """What the slice is called: its path, and of a later frame of a file the frame too."""
        return frame_name(self.path, self.frame or 0)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a data folder holds and what is to be done with it.

    Attributes:
      source: "image" or "dicom".
      form: "table" or "folders".
      labels_of: What a label is of: "slice", or of DICOM "series", "study" or "patient".
      slices: In the order of their paths.
      patients_from: "column", "pattern", "header" (of DICOM) or "none".
      unlisted: Images in the folder that the table does not name.
      left_out: How many images lie in no class's folder or in both, by why.
      rejections: Why a file is not read, by path, as far as its header tells; and a folder not listed.
      other_files: Files that are neither images nor the table; hidden ones are not looked at.
      columns: Further columns that became attributes.
      columns_left_out: Why, by name of those that did not.
      warnings: What everyone who reads a result of this data has to know.
    """

    source: str
    form: str
    labels_of: str
    slices: tuple[PlannedSlice, ...]
    patients_from: str
    unlisted: int
    left_out: dict[str, int]
    rejections: dict[str, Rejection]
    other_files: int
    columns: tuple[str, ...]
    columns_left_out: dict[str, str]
    warnings: tuple[str, ...]


def plan(data_dir: Path, params: IngestParams) -> Plan:
    """Finds a folder's slices, labels and patients.

    Args:
      data_dir: The folder that a user gives.
      params: How to read it.
    Raises:
      DataError: It cannot be used as it is.
    """
    listing = look_below(data_dir)
    form = _form(data_dir, params)
    read = _read_dicom if source.kind(data_dir, params) == source.DICOM else _read_images
    try:
        found = read(data_dir, listing.files, form, params)
    except NamingError as error:
        raise (_with_unlisted(error, listing) if listing.unlisted else error) from None
    _require_both_classes(data_dir, found.rows)
    rows, patients_from = _with_patients(sorted(found.rows, key=_place), params)
    if patients_from == "column" and found.patients_from_header:
        patients_from = "header"
    further = attributes(rows, params)
    warnings = [NO_PATIENTS] if patients_from == "none" else []
    if listing.unlisted:
        warnings.append(f"{UNLISTED}: {len(listing.unlisted)}")
    return Plan(
        source=found.source,
        form=form,
        labels_of=found.labels_of,
        slices=tuple(
            PlannedSlice(row.path, row.hemorrhage, row.patient or "", row.slice_index, texts, row.frame)
            for row, texts in zip(rows, further.of_rows, strict=True)
        ),
        patients_from=patients_from,
        unlisted=found.unlisted,
        left_out=found.left_out,
        rejections=found.rejections | listing.unlisted,
        other_files=found.other_files,
        columns=further.used,
        columns_left_out=further.left_out,
        warnings=(*warnings, *found.warnings),
    )


def _with_unlisted(error: NamingError, listing: Listing) -> NamingError:
    """What is missing may lie in a folder that the system does not list."""
    (folder, why), *_ = listing.unlisted.items()
    return NamingError(
        f"{error}; {len(listing.unlisted)} folders cannot be listed, the first {folder!r} ({why.detail})"
    )


@dataclasses.dataclass(frozen=True)
class _Found:
    """What one kind of source gives; named as in `Plan`."""

    source: str
    rows: list[Labelled]
    unlisted: int
    left_out: dict[str, int]
    rejections: dict[str, Rejection]
    other_files: int
    warnings: list[str]
    patients_from_header: bool = False
    labels_of: str = SLICE


def _read_images(data_dir: Path, files: list[str], form: str, params: IngestParams) -> _Found:
    images = [path for path in files if is_image(path)]
    left_out: dict[str, int] = {}
    if form == "table":
        rows = read_table(data_dir / params.table, files)
    else:
        _require_images(data_dir, images, files)
        rows, left_out = by_class_folders(data_dir, images, params)
    listed = {row.path for row in rows}
    unlisted = len(set(images) - listed) if form == "table" else 0
    warnings = [f"images that the label table does not name were not read: {unlisted}"] if unlisted else []
    warnings += [f"images {why} were not read: {number}" for why, number in left_out.items()]
    others = [path for path in files if not is_image(path) and path not in listed and path != params.table]
    dicom = sum(looks_like_dicom(data_dir / path) for path in others)
    if dicom:
        warnings.append(
            f"DICOM files among the images were not read: {dicom}; ingest.source=dicom reads them"
        )
    rejections = {path: Rejection(Reason.UNLABELLED) for path in images if path not in listed}
    rejections |= {path: Rejection(Reason.OTHER_FILE) for path in others}
    return _Found(source.IMAGE, rows, unlisted, left_out, rejections, len(others), warnings)


def _read_dicom(data_dir: Path, files: list[str], form: str, params: IngestParams) -> _Found:
    found = discover(data_dir, files, params, form)
    reasons = [rejection.reason for rejection in found.rejections.values()]
    return _Found(
        source=source.DICOM,
        rows=found.rows,
        unlisted=reasons.count(Reason.UNLABELLED),
        left_out=found.folders_left_out,
        rejections=found.rejections,
        other_files=reasons.count(Reason.OTHER_FILE),
        warnings=found.warnings(params.table),
        patients_from_header=found.patients_from_header,
        labels_of=found.labels_of,
    )


def _place(row: Labelled) -> tuple[str, int]:
    return row.path, row.frame or 0


def _form(data_dir: Path, params: IngestParams) -> str:
    has_table = (data_dir / params.table).is_file()
    if params.form == "table" and not has_table:
        raise DataError(
            f"data folder {data_dir}: ingest.form is table, but there is no {params.table!r} in it"
        )
    if params.form == "auto":
        return "table" if has_table else "folders"
    return params.form


def _require_images(data_dir: Path, images: Sequence[str], files: Sequence[str]) -> None:
    if images:
        return
    kinds = sorted({Path(path).suffix or "no suffix" for path in files})
    raise NamingError(
        f"data folder {data_dir}: no images; expected .png, .jpg or .jpeg files, or DICOM files, "
        + (f"found {len(files)} others ({', '.join(kinds[:5])})" if files else "it is empty")
    )


def _require_both_classes(data_dir: Path, rows: Sequence[Labelled]) -> None:
    hemorrhages = sum(row.hemorrhage for row in rows)
    if hemorrhages in (0, len(rows)):
        kind = "hemorrhage" if hemorrhages else "normal"
        raise DataError(
            f"data folder {data_dir}: all {len(rows)} slices are {kind}; a model needs slices of both classes"
        )


def _with_patients(rows: Sequence[Labelled], params: IngestParams) -> tuple[list[Labelled], str]:
    if rows[0].patient is not None:
        return list(rows), "column"
    if not params.patient_pattern:
        return list(rows), "none"
    named = [dataclasses.replace(row, patient=patient_of(row.path, params)) for row in rows]
    without = [row.path for row in named if not row.patient]
    if without:
        raise NamingError(
            f"ingest.patient_pattern {params.patient_pattern!r} finds no patient in {len(without)} of "
            f"{len(rows)} paths, the first {without[0]!r}; correct the pattern, or leave it empty"
        )
    return named, "pattern"


def check(data_dir: Path, params: IngestParams) -> None:
    """Plans an ingest and its split, reads no image, and writes nothing but a missing key.

    Args:
      data_dir: The folder of slices.
      params: How to read and split it.
    Raises:
      DataError: The folder cannot be used as it is, or a split would lack a class.
    """
    found = plan(data_dir, params)
    if any(not row.patient for row in found.slices):
        return  # groups of images that look alike are known only after the images are read
    key = identity.load_key(identity.key_path(params))
    split_with = functools.partial(splits.split_with, key, params)
    labels = [(row.patient, row.hemorrhage) for row in found.slices]
    rows = ((split_with(patient, params.seed), label, patient) for patient, label in labels)
    splits.require_both_classes(splits.count(rows, params), labels, split_with, params)
