"""What the header of a DICOM file says: the slices in it, or why it holds none to learn from."""

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from components.ingest.dicom import stored
from components.ingest.dicom.dataset import (
    Opened,
    Unreadable,
    items_of,
    looks_like_dicom,
    open_header,
    telling,
    value_of,
)
from components.ingest.dicom.functional_groups import Vector, either, functional, orientation_of, vector
from components.ingest.dicom.pixel_data import locate
from components.ingest.header import Reason, Rejection

CT, ENHANCED_CT, LEGACY_ENHANCED_CT = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.2.2",
)
CT_CLASSES = (CT, ENHANCED_CT, LEGACY_ENHANCED_CT)
LOCALIZERS = {"LOCALIZER", "SCOUT", "TOPOGRAM", "SCANOGRAM"}
AXIAL_COSINE = 0.8  # of the slice normal against the body's axis: a gantry tilts by 30 degrees at most
VENDORS = (
    "SIEMENS", "GE", "PHILIPS", "TOSHIBA", "CANON", "HITACHI", "NEUSOFT", "UIH", "SAMSUNG", "NEUROLOGICA",
)  # fmt: skip
MOST_FRAMES = 10_000
TAGS = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "PatientAge",
    "PatientSex", "Modality", "Manufacturer", "ImageType", "ImagePositionPatient", "ImageOrientationPatient",
    "InstanceNumber", "SeriesNumber", "NumberOfFrames", "SliceThickness", "ConvolutionKernel",
    "ContrastBolusAgent", "Rows", "Columns", "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Instance:
    """One CT slice as a header describes it. It names a patient: it must not outlive the plan.

    Attributes:
      path: Of its file below the data folder.
      size: Bytes of its file.
      frame: Index in the file; 0 in one of a single frame.
      sop, series, study: UIDs of instance, series and study.
      patient: PatientID; "" where the header has none.
      place: mm along the slice normal, or None where the position is not known.
      number: InstanceNumber, and the frame's index after it.
      series_number: SeriesNumber, or None.
      thickness: SliceThickness, mm, or None.
      kernel: ConvolutionKernel.
      contrast: Whether a contrast agent was given.
      further: What metrics can be sliced by: age (years), sex, manufacturer, where the header has them.
    """

    path: str
    size: int
    frame: int
    sop: str
    series: str
    study: str
    patient: str
    place: float | None
    number: tuple[int, int]
    series_number: int | None
    thickness: float | None
    kernel: str
    contrast: bool
    further: dict[str, str] = dataclasses.field(hash=False)


def read_instances(data_dir: Path, path: str) -> list[Instance] | Rejection:
    """Reads the header of one file.

    Args:
      data_dir: Folder of the data.
      path: Below it.
    Returns:
      Its slices (one, but for multi-frame files), or why there are none.
    """
    try:
        with telling():
            return list(_instances(open_header(data_dir / path, (*TAGS, *stored.TAGS)), path))
    except Unreadable as error:
        return error.rejection


def _instances(opened: Opened, path: str) -> Iterator[Instance]:
    dataset = opened.header
    _require_ct(opened)
    locate(opened)
    sop, series, study = (
        _text(dataset, name) for name in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    )
    if not (sop and series and study):
        raise Unreadable(Reason.CORRUPT, "no UID of instance, series or study")
    frames = int(value_of(dataset, "NumberOfFrames") or 1)
    if not 1 <= frames <= MOST_FRAMES:
        raise Unreadable(Reason.CORRUPT, f"{frames} frames")
    stored.require_room(opened)
    groups = items_of(dataset, "PerFrameFunctionalGroupsSequence")
    shared = items_of(dataset, "SharedFunctionalGroupsSequence")
    if groups and len(groups) != frames:
        raise Unreadable(Reason.CORRUPT, f"functional groups of {len(groups)} of {frames} frames")
    for frame in range(frames):
        layers = [*groups[frame : frame + 1], *shared[:1]]
        kind = [
            *_values(dataset, "ImageType"),
            *_values(functional(layers, "CTImageFrameTypeSequence"), "FrameType"),
        ]
        _require_original(kind)
        orientation = orientation_of(dataset, layers)
        position = vector(either(dataset, layers, "PlanePositionSequence", "ImagePositionPatient"), 3)
        _require_axial(kind, orientation)
        yield Instance(
            path=path,
            size=opened.size,
            frame=frame,
            sop=sop,
            series=series,
            study=study,
            patient=_text(dataset, "PatientID"),
            place=_place(position, orientation),
            number=(int(value_of(dataset, "InstanceNumber") or 0), frame),
            series_number=_integer(value_of(dataset, "SeriesNumber")),
            thickness=_number(either(dataset, layers, "PixelMeasuresSequence", "SliceThickness")),
            kernel=" ".join(_values(dataset, "ConvolutionKernel")).upper(),
            contrast=bool(_text(dataset, "ContrastBolusAgent")),
            further=_further(dataset),
        )


def _require_ct(opened: Opened) -> None:
    dataset = opened.header
    meta = getattr(dataset, "file_meta", None) or Dataset()
    sop_class = _text(dataset, "SOPClassUID") or _text(meta, "MediaStorageSOPClassUID")
    modality = _text(dataset, "Modality")
    if not sop_class and not modality:
        if not _text(dataset, "SOPInstanceUID"):
            if opened.pixels_at is None and looks_like_dicom(opened.path):
                raise Unreadable(Reason.TRUNCATED, f"ends at byte {opened.size}, within the header")
            raise Unreadable(Reason.NOT_AN_IMAGE, "no DICOM attributes of an image")
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "neither SOP class nor modality")
    if sop_class and sop_class not in CT_CLASSES:
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "another SOP class")
    if modality and modality != "CT":
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "another modality")


def _require_original(kind: Sequence[str]) -> None:
    if LOCALIZERS & set(kind):
        raise Unreadable(Reason.LOCALIZER)
    if kind[:1] == ["DERIVED"]:
        raise Unreadable(Reason.DERIVED)


def _require_axial(kind: Sequence[str], orientation: Vector | None) -> None:
    if orientation is None:
        if "AXIAL" not in kind:
            raise Unreadable(Reason.NOT_AXIAL, "orientation not known")
        return
    if abs(_normal(orientation)[2]) < AXIAL_COSINE:
        raise Unreadable(Reason.NOT_AXIAL)


def _normal(orientation: Vector) -> Vector:
    return tuple(np.cross(orientation[:3], orientation[3:]).tolist())


def _place(position: Vector | None, orientation: Vector | None) -> float | None:
    if position is None or orientation is None:
        return None
    # Along the body's axis, so that the first slice is the lowest whatever the sense of the normal.
    normal = np.array(_normal(orientation))
    return float(np.dot(position, normal * np.sign(normal[2])))


def _further(dataset: Dataset) -> dict[str, str]:
    age, sex = _text(dataset, "PatientAge"), _text(dataset, "PatientSex").upper()
    known = {
        "age": str(int(age[:3])) if re.fullmatch(r"[0-9]{3}Y", age.upper()) else "",
        "sex": {"F": "female", "M": "male", "O": "other"}.get(sex, ""),
        "manufacturer": _vendor(_text(dataset, "Manufacturer").upper()),
    }
    return known


def _vendor(text: str) -> str:
    """Returns a vendor's name; free text of any other kind must not get into a record."""
    named = next((vendor for vendor in VENDORS if re.search(rf"\b{vendor}\b", text)), "")
    return named or ("other" if text else "")


def _text(dataset: Dataset, name: str) -> str:
    value = value_of(dataset, name)
    return "" if value is None else str(value).strip()


def _values(dataset: Dataset, name: str) -> list[str]:
    value = value_of(dataset, name)
    if value is None:
        return []
    parts = [value] if isinstance(value, str) else list(value)
    return [str(part).strip().upper() for part in parts]


def _number(value: Any) -> float | None:
    number = float(value) if value not in (None, "") else math.nan
    return number if math.isfinite(number) else None


def _integer(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None
