"""Whether a frame is an axial slice as the scanner made it, and what else the header says of it."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from components.slices.dicom.dataset import items_of
from components.slices.dicom.functional_groups import Vector, either, functional, orientation_of, vector
from components.slices.dicom.unreadable import Unreadable
from components.slices.dicom.values import number, parts, text, texts
from components.slices.header import Reason

LOCALIZERS = {"LOCALIZER", "SCOUT", "TOPOGRAM", "SCANOGRAM"}
AXIAL_COSINE = 0.8  # of the slice normal against the body's axis: a gantry tilts by 30 degrees at most
NO_AGENT = ("", "NONE", "NO", "NIL", "N/A")
HEAD = re.compile(r"HEAD|BRAIN|SKULL|CRANI")
# Of an image that was axial from the start and lost nothing but by compression (PS3.3 C.7.6.1.1.5).
LOSSY_AXIAL = ["DERIVED", "PRIMARY", "AXIAL"]


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """What the header says of one frame.

    Attributes:
      place: mm along the slice normal, or None where the position is not known.
      thickness: SliceThickness, mm, or None.
      kernel: ConvolutionKernel.
      contrast: Whether a contrast agent was given.
      elsewhere: Whether a part of the body is named that is not the head.
    """

    place: float | None
    thickness: float | None
    kernel: str
    contrast: bool
    elsewhere: bool


def of_frame(dataset: Dataset, layers: Sequence[Dataset]) -> Frame:
    """Returns what the header says of one frame.

    Args:
      dataset: The header.
      layers: The functional groups of the frame, then the shared ones.

    Raises:
      Unreadable: It is no axial slice as the scanner made it.
    """
    kind = texts(functional(layers, "CTImageFrameTypeSequence"), "FrameType")
    kind = kind or texts(dataset, "ImageType")
    _require_original(kind, text(dataset, "LossyImageCompression") == "01")
    orientation = orientation_of(dataset, layers)
    position = vector(either(dataset, layers, "PlanePositionSequence", "ImagePositionPatient"), 3)
    _require_axial(kind, orientation)
    kernel = either(dataset, layers, "CTReconstructionSequence", "ConvolutionKernel")
    agents = items_of(dataset, "ContrastBolusAgentSequence")
    return Frame(
        place=_place(position, orientation),
        thickness=number(either(dataset, layers, "PixelMeasuresSequence", "SliceThickness")),
        kernel=" ".join(parts(kernel)),
        contrast=bool(agents) or text(dataset, "ContrastBolusAgent").upper() not in NO_AGENT,
        elsewhere=_is_elsewhere(dataset, layers),
    )


def _is_elsewhere(dataset: Dataset, layers: Sequence[Dataset]) -> bool:
    region = items_of(functional(layers, "FrameAnatomySequence"), "AnatomicRegionSequence")[:1]
    body_part = text(dataset, "BodyPartExamined") or "".join(text(code, "CodeMeaning") for code in region)
    return bool(body_part) and HEAD.search(body_part.upper()) is None


def _require_original(kind: Sequence[str], lossy: bool) -> None:
    if LOCALIZERS & set(kind):
        raise Unreadable(Reason.LOCALIZER)
    if kind[:1] == ["DERIVED"] and not (lossy and kind == LOSSY_AXIAL):
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
