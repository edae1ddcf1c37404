"""The series that every variant is made of, and what a variant says of itself."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from components.phantoms.acquisition import CT_STORAGE, Geometry, Protocol, Storage, Study, make_uid
from components.phantoms.dicom import series_datasets, write_files
from components.phantoms.params import PhantomParams
from components.phantoms.series import make_series

GEOMETRY = Geometry(spacing=(3.5, 3.5), thickness=20.0, origin=(-96.0, -110.0, -31.25))
STUDY = Study(
    uid=make_uid("variants"),
    patient="p777",
    name="Phantom^777",
    age=61,
    sex="female",
    number=777,
    frame=make_uid("variants", "frame"),
)
PROTOCOL = Protocol(uid=make_uid("variants", "axial"))


@dataclasses.dataclass(frozen=True)
class Made:
    """What a variant has written, and what a reader has to make of it.

    Attributes:
      files: From the neck to the head; one if all slices are in one.
      hu: float32 (slices, rows, columns), HU, from the neck to the head; pixels as they are stored, square
        or not.
      geometry: Where the first slice lies, and the others from it.
      tolerance: HU by which the stored values differ from `hu` at most.
      padded: bool like `hu`, where there is no measurement: any value of at most -1000 HU is right.
    """

    files: tuple[Path, ...]
    hu: np.ndarray
    geometry: Geometry = GEOMETRY
    tolerance: float = 0.0
    padded: np.ndarray | None = None


Variant = Callable[[Path], Made]
VARIANTS: dict[str, Variant] = {}


def variant(function: Variant) -> Variant:
    """Registers a function that writes a variant into a folder."""
    VARIANTS[function.__name__] = function
    return function


@functools.cache
def volume() -> np.ndarray:
    """float32 (8, 64, 56), whole HU from about -1020 to 1400: a phantom with a bleed, neck to blank."""
    params = PhantomParams(patients=2, seed=7, side=64, slices_per_series=8, hemorrhage_share=0.5)
    hu = np.rint(make_series(1, params).hu[:, :, 4:60])
    hu.setflags(write=False)
    return hu


def datasets(storage: Storage = CT_STORAGE, geometry: Geometry = GEOMETRY) -> list[Dataset]:
    """The slices of `volume`, to be changed and then written."""
    return series_datasets(volume(), geometry, STUDY, PROTOCOL, storage)


def write(
    folder: Path, made: Sequence[Dataset], syntax: str = ExplicitVRLittleEndian, **said: object
) -> Made:
    """Writes data sets, which show `volume` unless `hu` is given."""
    files = tuple(write_files(folder, made, syntax))
    return Made(files=files, **{"hu": volume(), **said})


def pixels(dataset: Dataset) -> np.ndarray:
    """int64 (rows, columns): the stored integers of an uncompressed data set of 16 bits."""
    kind = "<i2" if dataset.PixelRepresentation else "<u2"
    return np.frombuffer(dataset.PixelData, kind).reshape(dataset.Rows, dataset.Columns).astype(np.int64)


def set_stored(dataset: Dataset, stored: np.ndarray) -> None:
    """Puts integers in the place of those of an uncompressed data set of 16 bits."""
    dataset.PixelData = (stored & 0xFFFF).astype("<u2").tobytes()
