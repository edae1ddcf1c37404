"""What a study holds beside its axial series: localizer, bone kernel, thin slices, dose report."""

import enum

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import XRayRadiationDoseSRStorage

from components.phantoms.acquisition import BACK, DOWN, Geometry, Protocol, Study, instance_uid
from components.phantoms.dicom import header

THIN_SLICES_A_SLICE = 4
SHARPNESS = 2.0  # how much of the difference to a smoothed slice a sharp kernel adds


class Extra(enum.StrEnum):
    """An object, or a series, that a study may hold beside its axial series."""

    LOCALIZER = "localizer"
    BONE_KERNEL = "bone_kernel"
    THIN_SLICES = "thin_slices"
    DOSE_REPORT = "dose_report"


def sharpened(hu: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns slices as a sharp kernel shows them: sharper edges, more noise.

    Args:
      hu: float32 (slices, rows, columns), HU.
    """
    smooth: npt.NDArray[np.floating] = hu
    for axis in (1, 2):
        smooth = (np.roll(smooth, 1, axis) + 2 * smooth + np.roll(smooth, -1, axis)) / 4
    return np.asarray(hu + np.float32(SHARPNESS) * (hu - smooth), np.float32)


def localizer(hu: npt.NDArray[np.floating], geometry: Geometry) -> tuple[npt.NDArray[np.float64], Geometry]:
    """Returns the head from its left side, one picture, and where it lies.

    Args:
      hu: (slices, rows, columns), HU, axial, the lowest slice first.
      geometry: Of the axial slices.
    Returns:
      float64 (1, heights, rows of the slices), mean HU along the rays, the highest row first.
    """
    spacing = geometry.spacing[0]
    heights = np.arange(0, (len(hu) - 1) * geometry.thickness, spacing)
    place = heights / geometry.thickness
    below = place.astype(int)
    share = (place - below)[:, None]
    projected = hu.mean(axis=2, dtype=np.float64)
    picture = (1 - share) * projected[below] + share * projected[below + 1]
    left, back, low = geometry.origin
    middle = left + (hu.shape[2] - 1) / 2 * geometry.spacing[1]
    return picture[None, ::-1], Geometry(
        spacing=(spacing, spacing),
        thickness=geometry.spacing[1] * hu.shape[2],
        origin=(middle, back, low + float(heights[-1])),
        row=BACK,
        column=DOWN,
    )


def dose_report(study: Study, protocol: Protocol, dose_mgy_cm: float) -> Dataset:
    """Returns a radiation dose report: a text with codes and numbers, no image (PS3.3 A.35.8)."""
    report = header(XRayRadiationDoseSRStorage, instance_uid(protocol.uid, 0), study, protocol, 1)
    report.Modality = "SR"
    report.CompletionFlag, report.VerificationFlag = "COMPLETE", "UNVERIFIED"
    report.PerformedProcedureCodeSequence = []
    report.ReferencedPerformedProcedureStepSequence = []
    report.ValueType, report.ContinuityOfContent = "CONTAINER", "SEPARATE"
    report.ConceptNameCodeSequence = [_code("113701", "DCM", "X-Ray Radiation Dose Report")]
    total = Dataset()
    total.RelationshipType, total.ValueType = "CONTAINS", "NUM"
    total.ConceptNameCodeSequence = [_code("113813", "DCM", "CT Dose Length Product Total")]
    measured = Dataset()
    measured.NumericValue = f"{dose_mgy_cm:g}"
    measured.MeasurementUnitsCodeSequence = [_code("mGy.cm", "UCUM", "mGy.cm")]
    total.MeasuredValueSequence = [measured]
    report.ContentSequence = [total]
    return report


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
