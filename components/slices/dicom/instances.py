"""What the header of a DICOM file says: the slices in it, or why it holds none to learn from."""

import dataclasses
import re
from pathlib import Path

from pydicom.dataset import Dataset

from components.slices.dicom import stored
from components.slices.dicom.axial import of_frame
from components.slices.dicom.dataset import Opened, items_of, looks_like_dicom, open_header, value_of
from components.slices.dicom.pixel_data import locate
from components.slices.dicom.unreadable import Unreadable, as_unreadable
from components.slices.dicom.values import integer, text
from components.slices.header import Reason, Rejection
from components.slices.labels import SliceRef

__all__ = ["Instance", "read_instances"]

CT, ENHANCED_CT, LEGACY_ENHANCED_CT = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.2.2",
)
CT_CLASSES = (CT, ENHANCED_CT, LEGACY_ENHANCED_CT)
VENDORS = (
    "SIEMENS", "GE", "PHILIPS", "TOSHIBA", "CANON", "HITACHI", "NEUSOFT", "UIH", "SAMSUNG", "NEUROLOGICA",
)  # fmt: skip
MOST_FRAMES = 10_000
TAGS = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "PatientAge",
    "PatientSex", "Modality", "Manufacturer", "ImageType", "ImagePositionPatient", "ImageOrientationPatient",
    "InstanceNumber", "SeriesNumber", "NumberOfFrames", "SliceThickness", "ConvolutionKernel",
    "ContrastBolusAgent", "ContrastBolusAgentSequence", "BodyPartExamined", "LossyImageCompression", "Rows",
    "Columns", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Instance:
    """One CT slice as a header describes it. It names a patient: it must not outlive the plan.

    Attributes:
      path: Of its file below the data folder.
      size: Bytes of its data set, not deflated.
      frame: Index in the file; 0 in one of a single frame.
      sop, series, study: UIDs of instance, series and study.
      patient: PatientID; "" where the header has none.
      place: mm along the slice normal, or None where the position is not known.
      number: InstanceNumber, and the frame's index after it.
      series_number: SeriesNumber, or None.
      thickness: SliceThickness, mm, or None.
      kernel: ConvolutionKernel.
      contrast: Whether a contrast agent was given.
      elsewhere: Whether the header names a part of the body that is not the head.
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
    elsewhere: bool
    further: dict[str, str] = dataclasses.field(hash=False)


@dataclasses.dataclass
class FileRead:
    """What one file's header says.

    Attributes:
      study: UID; "" where it was not read so far.
      instances: Its slices: one, but for multi-frame files.
      rejections: Why the file holds no slice, by its path; of some frames only, by `path#frame`.
    """

    study: str = ""
    instances: list[Instance] = dataclasses.field(default_factory=list)
    rejections: dict[str, Rejection] = dataclasses.field(default_factory=dict)


def read_instances(data_dir: Path, path: str) -> FileRead:
    """Reads the header of one file.

    Args:
      data_dir: Folder of the data.
      path: Below it.
    """
    read = FileRead()
    try:
        with as_unreadable():
            _read(open_header(data_dir / path, (*TAGS, *stored.TAGS)), path, read)
    except Unreadable as error:
        read.instances.clear()
        read.rejections = {path: error.rejection}
    return read


def _read(opened: Opened, path: str, read: FileRead) -> None:
    dataset = opened.header
    _require_ct(opened)
    sop, series, read.study = (
        text(dataset, name) for name in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    )
    if not (sop and series and read.study):
        locate(opened)  # a header that was cut off lacks more than UIDs
        raise Unreadable(Reason.CORRUPT, "no UID of instance, series or study")
    frames = int(value_of(dataset, "NumberOfFrames") or 1)
    if not 1 <= frames <= MOST_FRAMES:
        raise Unreadable(Reason.CORRUPT, f"{frames} frames")
    groups = items_of(dataset, "PerFrameFunctionalGroupsSequence")
    shared = items_of(dataset, "SharedFunctionalGroupsSequence")
    if groups and len(groups) != frames:
        raise Unreadable(Reason.CORRUPT, f"functional groups of {len(groups)} of {frames} frames")
    for frame in range(frames):
        try:
            description = of_frame(dataset, [*groups[frame : frame + 1], *shared[:1]])
        except Unreadable as error:
            read.rejections[SliceRef(path, frame).name] = error.rejection
            continue
        read.instances.append(
            Instance(
                path=path,
                size=opened.size,
                frame=frame,
                sop=sop,
                series=series,
                study=read.study,
                patient=text(dataset, "PatientID"),
                place=description.place,
                number=(integer(value_of(dataset, "InstanceNumber")) or 0, frame),
                series_number=integer(value_of(dataset, "SeriesNumber")),
                thickness=description.thickness,
                kernel=description.kernel,
                contrast=description.contrast,
                elsewhere=description.elsewhere,
                further=_further(dataset),
            )
        )
    if not read.instances:
        reason = next(iter(read.rejections.values())).reason
        if reason is Reason.NOT_AXIAL:
            locate(opened)  # a header that was cut off may lack the orientation
        raise Unreadable(reason)
    locate(opened)
    stored.require_room(opened)


def _require_ct(opened: Opened) -> None:
    dataset = opened.header
    meta = getattr(dataset, "file_meta", None) or Dataset()
    sop_class = text(dataset, "SOPClassUID") or text(meta, "MediaStorageSOPClassUID")
    modality = text(dataset, "Modality")
    if not sop_class and not modality:
        if not text(dataset, "SOPInstanceUID"):
            if opened.pixels_at is None and looks_like_dicom(opened.path):
                raise Unreadable(Reason.TRUNCATED, f"ends at byte {opened.size}, within the header")
            raise Unreadable(Reason.NOT_AN_IMAGE, "no DICOM attributes of an image")
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "neither SOP class nor modality")
    if sop_class and sop_class not in CT_CLASSES:
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "another SOP class")
    if modality and modality != "CT":
        raise Unreadable(Reason.NOT_A_CT_IMAGE, "another modality")


def _further(dataset: Dataset) -> dict[str, str]:
    age, sex = text(dataset, "PatientAge"), text(dataset, "PatientSex").upper()
    known = {
        "age": str(int(age[:3])) if re.fullmatch(r"[0-9]{3}Y", age.upper()) else "",
        "sex": {"F": "female", "M": "male", "O": "other"}.get(sex, ""),
        "manufacturer": _vendor(text(dataset, "Manufacturer").upper()),
    }
    return known


def _vendor(description: str) -> str:
    """Returns a vendor's name; free text of any other kind must not get into a record."""
    named = next((vendor for vendor in VENDORS if re.search(rf"\b{vendor}\b", description)), "")
    return named or ("other" if description else "")
