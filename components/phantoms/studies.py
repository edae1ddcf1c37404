"""A phantom as a study of DICOM files, in folders as a hospital's archive gives them out."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
from pydicom.uid import ExplicitVRLittleEndian

from components.phantoms.acquisition import CT_STORAGE, Geometry, Protocol, Study, instance_uid, make_uid
from components.phantoms.companions import (
    THIN_SLICES_A_SLICE,
    Extra,
    dose_report,
    localizer,
    sharpened,
)
from components.phantoms.dicom import write_files, write_series
from components.phantoms.params import PhantomParams
from components.phantoms.series import Series, make_series

DECIMALS = 6  # of mm: more than a scanner knows, few enough to be written exactly
DOSE_MGY_CM = 812.5
LOCALIZER, STANDARD, BONE, THIN, DOSE = 1, 2, 3, 4, 999  # numbers of series


def patient_id(patient: int) -> str:
    """Returns the PatientID of a phantom, such as p003."""
    return f"p{patient:03d}"


def slice_path(patient: int, index: int) -> str:
    """Returns where `write_dataset` puts a slice of the axial series, below the data's folder."""
    return f"{patient_id(patient)}/S{STANDARD:04d}/IM{index + 1:04d}"


def geometry_of(series: Series) -> Geometry:
    """Returns where a phantom lies: the scanner's axis in the middle of each slice, the first at 0."""
    spacing, thickness = round(series.spacing, DECIMALS), round(series.thickness, DECIMALS)
    corner = round(-(series.hu.shape[2] - 1) / 2 * spacing, DECIMALS)
    return Geometry(spacing=(spacing, spacing), thickness=thickness, origin=(corner, corner, 0.0))


def write_study(
    folder: Path, series: Series, params: PhantomParams, extras: Collection[Extra] = ()
) -> tuple[str, ...]:
    """Writes the study of a phantom: `S0002/IM0001` and so on, the neck first; extras in other series.

    HU are rounded, and cut to what 12 bits say, as a scanner does. All UIDs follow from what the phantom was
    made of.

    Args:
      folder: Of the patient.
      series: The phantom.
      params: What it was made with.
      extras: What to write beside the axial series.
    Returns:
      SOPInstanceUID of each slice of the axial series.
    """
    made_of = params.model_dump_json(include=set(PhantomParams.model_fields) - {"patients"})
    study = Study(
        uid=make_uid(made_of, series.patient),
        patient=patient_id(series.patient),
        name=f"Phantom^{series.patient:03d}",
        age=series.age,
        sex=series.sex,
        number=series.patient,
        frame=make_uid(made_of, series.patient, "frame"),
    )
    geometry = geometry_of(series)

    def protocol(number: int, description: str, kernel: str = "STANDARD", kind: str = "AXIAL") -> Protocol:
        return Protocol(
            uid=make_uid(study.uid, number),
            number=number,
            description=description,
            kernel=kernel,
            image_type=("ORIGINAL", "PRIMARY", kind),
        )

    def write(hu: np.ndarray, where: Geometry, what: Protocol) -> None:
        clipped = hu.clip(*CT_STORAGE.edges)
        write_series(folder / f"S{what.number:04d}", clipped, where, study, what)

    standard = protocol(STANDARD, "HEAD STANDARD")
    write(series.hu, geometry, standard)
    if Extra.LOCALIZER in extras:
        write(*localizer(series.hu, geometry), protocol(LOCALIZER, "SCOUT", kind="LOCALIZER"))
    if Extra.BONE_KERNEL in extras:
        write(sharpened(series.hu), geometry, protocol(BONE, "HEAD BONE", kernel="BONE"))
    if Extra.THIN_SLICES in extras:
        many = params.model_copy(update={"slices_per_series": params.slices_per_series * THIN_SLICES_A_SLICE})
        thin = make_series(series.patient, many)
        write(thin.hu, geometry_of(thin), protocol(THIN, "HEAD THIN"))
    if Extra.DOSE_REPORT in extras:
        report = dose_report(study, protocol(DOSE, "DOSE REPORT"), DOSE_MGY_CM)
        write_files(folder / f"S{DOSE:04d}", [report], ExplicitVRLittleEndian)
    return tuple(instance_uid(standard.uid, index) for index in range(len(series.hu)))
