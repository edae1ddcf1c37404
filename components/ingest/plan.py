"""What is to be read: listed, checked and reported before any work. Imports no TensorFlow."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

from components.ingest import identity, splits
from components.ingest.columns import attributes
from components.ingest.params import IngestParams
from components.slices.dicom import headers
from components.slices.errors import DataError, NamingError
from components.slices.header import Reason, Rejection
from components.slices.labels import Labelled, SliceRef, patient_of
from components.slices.scan import Listing
from components.slices.source import Source

__all__ = ["Plan", "check", "plan_of"]

NO_PATIENTS = (
    "patients are not known: slices that look alike are kept in one split, but one patient may still be in "
    "several, which flatters every metric; give a patient column or ingest.patient_pattern"
)
UNLISTED = "folders that the system does not list, so that whatever lies in them is missing"
UNREAD = "archives, and files in archives, that cannot be read"


@dataclasses.dataclass(frozen=True)
class PlannedSlice(SliceRef):
    """One slice to read.

    Attributes:
      hemorrhage: 0 or 1.
      slice_index: Place in its series, or None.
      attributes: "column=value" texts.
    """

    hemorrhage: int = 0
    slice_index: int | None = None
    attributes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a data folder holds and what is to be done with it.

    Attributes:
      source: "image" or "dicom".
      channels: Of a slice: one of an image, one a window of DICOM.
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
    channels: int
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


_latest: dict[tuple[object, ...], Plan] = {}  # the plan that was made last, by what it was made of


def plan(data_dir: Path, params: IngestParams) -> Plan:
    """Finds a folder's slices, labels and patients.

    The folder is looked at as it is now; where all is as it was for the last plan of this process, that
    plan is returned.

    Args:
      data_dir: The folder that a user gives.
      params: How to read it.
    Raises:
      DataError: It cannot be used as it is.
    """
    source = Source(data_dir, params)
    made_of = (data_dir, params.to_json(), source.stamp())
    known = _latest.get(made_of)
    if known is None:
        _latest.clear()
        known = _latest[made_of] = plan_of(source, params)
    return known


def forget() -> None:
    """Lets go of the last plan and of the headers that it was made of: they name patients."""
    _latest.clear()
    headers.forget()


def plan_of(source: Source, params: IngestParams) -> Plan:
    """Plans the ingest of a source; see `plan`."""
    listing, data_dir = source.listing, source.root
    form, kind = source.form, source.kind
    try:
        found = source.labelled()
    except NamingError as error:
        raise (_with_unlisted(error, listing) if listing.unlisted else error) from None
    _require_both_classes(data_dir, found.rows)
    rows, patients_from = _with_patients(sorted(found.rows, key=_place), params)
    if patients_from == "column" and found.patients_from_header:
        patients_from = "header"
    further = attributes(rows, params)
    warnings = [NO_PATIENTS] if patients_from == "none" else []
    folders = sum(why.reason is Reason.UNLISTED_FOLDER for why in listing.unlisted.values())
    if folders:
        warnings.append(f"{UNLISTED}: {folders}")
    if unread := len(listing.unlisted) - folders:
        warnings.append(f"{UNREAD}: {unread}")
    return Plan(
        source=kind,
        channels=source.channels,
        form=form,
        labels_of=found.labels_of,
        slices=tuple(
            PlannedSlice(row.path, row.frame, row.patient or "", row.hemorrhage, row.slice_index, texts)
            for row, texts in zip(rows, further.of_rows, strict=True)
        ),
        patients_from=patients_from,
        unlisted=found.unlisted,
        left_out=found.left_out,
        rejections=found.rejections | listing.unlisted,
        other_files=sum(why.reason is Reason.OTHER_FILE for why in found.rejections.values()),
        columns=further.used,
        columns_left_out=further.left_out,
        warnings=(*warnings, *found.warnings),
    )


def _with_unlisted(error: NamingError, listing: Listing) -> NamingError:
    """What is missing may lie in a folder that the system does not list, or in an archive."""
    (path, why), *_ = listing.unlisted.items()
    are = "archives or files in them cannot be read"
    if why.reason is Reason.UNLISTED_FOLDER:
        are = "folders cannot be listed"
    return NamingError(f"{error}; {len(listing.unlisted)} {are}, the first {path!r} ({why.detail})")


def _place(row: Labelled) -> tuple[str, int]:
    return row.path, row.frame or 0


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


def check(data_dir: Path, params: IngestParams) -> Plan:
    """Plans an ingest and its split, reads no image, and writes nothing but a missing key.

    Args:
      data_dir: The folder of slices.
      params: How to read and split it.
    Returns:
      The plan.
    Raises:
      DataError: The folder cannot be used as it is, or a split would lack a class.
    """
    found = plan(data_dir, params)
    if any(not row.patient for row in found.slices):
        return found  # groups of images that look alike are known only after the images are read
    key = identity.load_key(identity.key_path(params))
    split_with = functools.partial(splits.split_with, key, params)
    labels = [(row.patient, row.hemorrhage) for row in found.slices]
    rows = ((split_with(patient, params.seed), label, patient) for patient, label in labels)
    splits.require_both_classes(splits.count(rows, params), labels, split_with, params)
    return found
