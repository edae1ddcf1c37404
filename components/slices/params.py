"""Parameters of reading slices."""

from typing import Literal

import pydantic

from components.imaging import windows
from components.parameters import Parameters, parameter, public_parameter

__all__ = ["DICOM", "IMAGE", "ReadingParams"]

IMAGE, DICOM = "image", "dicom"  # what slices are: values of `source`


class ReadingParams(Parameters):
    """What the slices, labels and patients below a folder are."""

    form: Literal["auto", "folders", "table"] = public_parameter(
        "how labels are given: class folders, a label table, or found out from what is there"
    )
    source: Literal["auto", "image", "dicom"] = public_parameter(
        "what slices are: PNG and JPEG images, DICOM files, or found out from what is there"
    )
    windows: str = public_parameter(
        "of HU that the channels of a DICOM slice show, centre/width each: one, or three; the first is the "
        "brain window, which slices are measured and compared in",
        "HU",
    )
    series: Literal["one", "all"] = public_parameter(
        "of a DICOM study: one series, chosen by rule (docs/dicom.md), or all axial ones"
    )
    table: str = parameter("name of the label table inside the data folder")
    hemorrhage_folders: tuple[str, ...] = parameter("names of class folders that mean hemorrhage")
    normal_folders: tuple[str, ...] = parameter("names of class folders that mean normal")
    patient_pattern: str = parameter(
        "regular expression over a file's path in the data folder whose group `patient` is the "
        "patient, where no column says it; empty for none"
    )
    max_rejected_share: float = public_parameter(
        "past this share of unreadable files the run stops", "0..1", ge=0, le=1
    )
    min_side: int = public_parameter("a smaller image is rejected", "pixels", ge=1)
    max_side: int = public_parameter("a larger image is rejected", "pixels", ge=1)

    @pydantic.field_validator("windows")
    @classmethod
    def _windows_can_be_read(cls, text: str) -> str:
        if len(windows.parse(text)) not in (1, 3):
            raise ValueError(f"one window or three are expected, such as 40/80 80/200 600/2800, got {text!r}")
        return text
