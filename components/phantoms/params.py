"""Parameters of the phantoms."""

from typing import Literal

from components.parameters import Parameters, parameter

__all__ = ["PhantomFolderParams"]


class PhantomParams(Parameters):
    """How many synthetic head-CT series are made, and of what kind."""

    patients: int = parameter("series to make, one per patient", "patients", ge=2)
    seed: int = parameter("every patient is drawn from this seed and its own number", ge=0)
    side: int = parameter("side of the square slices", "pixels", ge=64, le=1024)
    slices_per_series: int = parameter("from the neck to above the vertex", "slices", ge=6)
    hemorrhage_share: float = parameter(
        "share of the patients with a bleed; the first two patients are one of each class, "
        "so that both are always there",
        "0..1", gt=0, lt=1,
    )  # fmt: skip


class PhantomFolderParams(PhantomParams):
    """What is written of them."""

    format: Literal["png", "dicom"] = parameter("files: PNG in the brain window, or DICOM series in HU")
