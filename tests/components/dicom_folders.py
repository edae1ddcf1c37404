"""Folders of small DICOM series of several patients."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from dicom_variants import GEOMETRY, PROTOCOL, STUDY, volume
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from components.ingest.plan import Plan
from components.phantoms.acquisition import instance_uid, make_uid
from components.phantoms.dicom import series_datasets, write_files
from components.slices.header import Reason

SLICES = 3


def study_uid(patient: str) -> str:
    return make_uid("study", patient)


def series_uid(patient: str, name: str = "axial") -> str:
    return make_uid("series", patient, name)


def sop_uid(patient: str, index: int, name: str = "axial") -> str:
    return instance_uid(series_uid(patient, name), index)


def write_patient(
    folder: Path,
    patient: str,
    name: str = "axial",
    slices: int = SLICES,
    change: Callable[[Dataset], None] | None = None,
    **protocol: object,
) -> list[Path]:
    """Writes one series of a patient; `change` may alter each data set before."""
    study = dataclasses.replace(STUDY, uid=study_uid(patient), patient=patient, name=f"Name^{patient}")
    of_series = dataclasses.replace(PROTOCOL, uid=series_uid(patient, name), **protocol)
    made = series_datasets(volume()[2 : 2 + slices], GEOMETRY, study, of_series)
    for dataset in made:
        if change is not None:
            change(dataset)
    return write_files(folder / patient / name, made, ExplicitVRLittleEndian)


def table(folder: Path, key: str, labels: dict[str, int], **columns: dict[str, str]) -> None:
    """Writes labels.csv: a row a key, with further columns by name."""
    lines = [",".join([key, "hemorrhage", *columns])]
    lines += [
        ",".join([name, str(label), *(column[name] for column in columns.values())])
        for name, label in labels.items()
    ]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")


def set_all(**attributes: object) -> Callable[[Dataset], None]:
    """Returns a `change` of `write_patient` that sets attributes."""

    def change(dataset: Dataset) -> None:
        for name, value in attributes.items():
            setattr(dataset, name, value)
        if "SOPClassUID" in attributes:
            dataset.file_meta.MediaStorageSOPClassUID = attributes["SOPClassUID"]

    return change


def reasons(plan: Plan) -> dict[str, Reason]:
    """Returns why each file is left out, by its path."""
    return {path: rejection.reason for path, rejection in plan.rejections.items()}
