"""What the header of a DICOM file says: the slices in it, or why it holds none to learn from."""

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from components.ingest.dicom.dataset import Unreadable, damaged, open_dataset
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

Vector = tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Instance:
    """One CT slice as a header describes it. It names a patient: it must not outlive the plan.

    Attributes:
      path: Of its file below the data folder.
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
        return list(_instances(open_dataset(data_dir / path, TAGS), path))
    except Unreadable as error:
        return error.rejection
    except Exception as error:  # elements are parsed as they are asked for
        return damaged(error).rejection


def _instances(dataset: Dataset, path: str) -> Iterator[Instance]:
    _require_ct(dataset)
    sop, series, study = (
        _text(dataset, name) for name in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    )
    if not (sop and series and study):
        raise Unreadable(Reason.CORRUPT, "no UID of instance, series or study")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if not 1 <= frames <= MOST_FRAMES:
        raise Unreadable(Reason.CORRUPT, f"{frames} frames")
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    if groups and len(groups) != frames:
        raise Unreadable(Reason.CORRUPT, f"functional groups of {len(groups)} of {frames} frames")
    for frame in range(frames):
        layers = [*groups[frame : frame + 1], *shared[:1]]
        kind = [
            *_values(dataset, "ImageType"),
            *_values(functional(layers, "CTImageFrameTypeSequence"), "FrameType"),
        ]
        _require_original(kind)
        orientation = _vector(
            _either(dataset, layers, "PlaneOrientationSequence", "ImageOrientationPatient"), 6
        )
        position = _vector(_either(dataset, layers, "PlanePositionSequence", "ImagePositionPatient"), 3)
        _require_axial(kind, orientation)
        yield Instance(
            path=path,
            frame=frame,
            sop=sop,
            series=series,
            study=study,
            patient=_text(dataset, "PatientID"),
            place=_place(position, orientation),
            number=(int(dataset.get("InstanceNumber") or 0), frame),
            series_number=_integer(dataset.get("SeriesNumber")),
            thickness=_number(_either(dataset, layers, "PixelMeasuresSequence", "SliceThickness")),
            kernel=" ".join(_values(dataset, "ConvolutionKernel")).upper(),
            contrast=bool(_text(dataset, "ContrastBolusAgent")),
            further=_further(dataset),
        )


def functional(layers: Sequence[Dataset], name: str) -> Dataset:
    """Returns a functional group of a frame, its own before the shared one; empty where there is none."""
    for layer in layers:
        group = layer.get(name)
        if group:
            return group[0]
    return Dataset()


def _either(dataset: Dataset, layers: Sequence[Dataset], group: str, name: str) -> Any:
    value = functional(layers, group).get(name)
    return dataset.get(name) if value is None else value


def _require_ct(dataset: Dataset) -> None:
    meta = getattr(dataset, "file_meta", None) or Dataset()
    sop_class = _text(dataset, "SOPClassUID") or _text(meta, "MediaStorageSOPClassUID")
    modality = _text(dataset, "Modality")
    if not sop_class and not modality:
        if not _text(dataset, "SOPInstanceUID"):
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
        "age": str(int(age[:3])) if len(age) == 4 and age[3:].upper() == "Y" and age[:3].isdigit() else "",
        "sex": {"F": "female", "M": "male", "O": "other"}.get(sex, ""),
        "manufacturer": _vendor(_text(dataset, "Manufacturer").upper()),
    }
    return known


def _vendor(text: str) -> str:
    """Returns a vendor's name; free text of any other kind must not get into a record."""
    named = next((vendor for vendor in VENDORS if re.search(rf"\b{vendor}\b", text)), "")
    return named or ("other" if text else "")


def _text(dataset: Dataset, name: str) -> str:
    value = dataset.get(name)
    return "" if value is None else str(value).strip()


def _values(dataset: Dataset, name: str) -> list[str]:
    value = dataset.get(name)
    if value is None:
        return []
    parts = [value] if isinstance(value, str) else list(value)
    return [str(part).strip().upper() for part in parts]


def _vector(value: Any, size: int) -> Vector | None:
    if value is None or not len(value):
        return None
    numbers = tuple(float(part) for part in value)
    if len(numbers) != size or not all(map(math.isfinite, numbers)):
        raise Unreadable(Reason.CORRUPT, f"expected {size} finite numbers of position or orientation")
    return numbers


def _number(value: Any) -> float | None:
    number = float(value) if value not in (None, "") else math.nan
    return number if math.isfinite(number) else None


def _integer(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None
