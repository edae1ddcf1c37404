"""What a scanner knows of a series: where it lies, whose it is, what kind it is, how HU are stored."""

import dataclasses
import uuid

import numpy as np
import numpy.typing as npt

from components.imaging.intensity import BRAIN_WINDOW, Window

Vector = tuple[float, float, float]

UUID_ROOT = "2.25"  # UIDs below it are UUIDs written as a single number, PS3.5 B.2
NAMES = uuid.uuid5(uuid.NAMESPACE_DNS, "phantoms.ichor")
LEFT, BACK, DOWN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)
AXIAL = ("ORIGINAL", "PRIMARY", "AXIAL")
BONE_WINDOW = Window(600.0, 2800.0)


@dataclasses.dataclass(frozen=True)
class Geometry:
    """Where a series lies in the patient: to the left, to the back, to the head, mm.

    Attributes:
      spacing: From row to row, from column to column.
      thickness: Of a slice.
      origin: Centre of the first pixel of the first slice.
      row: Unit vector along a row, the way columns are counted.
      column: Unit vector along a column, the way rows are counted.
      step: From slice to slice; by default the thickness along the normal.
    """

    spacing: tuple[float, float]
    thickness: float
    origin: Vector
    row: Vector = LEFT
    column: Vector = BACK
    step: Vector | None = None

    @property
    def normal(self) -> npt.NDArray[np.float64]:
        """float64 (3,): unit vector to the next slice, to the head for axial ones."""
        return np.cross(self.row, self.column)

    def position(self, index: int) -> npt.NDArray[np.float64]:
        """Returns the centre of a slice's first pixel, float64 (3,), mm."""
        step = self.normal * self.thickness if self.step is None else np.asarray(self.step)
        return np.asarray(np.asarray(self.origin) + index * step, np.float64)


@dataclasses.dataclass(frozen=True)
class Study:
    """Whose scan it is.

    Attributes:
      uid: StudyInstanceUID.
      patient: PatientID.
      name: PatientName.
      age: Years.
      sex: "female", "male", or nothing.
      number: StudyID and part of the accession number.
      frame: FrameOfReferenceUID, shared by all series that lie in the same frame.
    """

    uid: str
    patient: str
    name: str
    age: int
    sex: str
    number: int
    frame: str


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What kind of series it is.

    Attributes:
      uid: SeriesInstanceUID.
      number: SeriesNumber.
      description: SeriesDescription.
      kernel: ConvolutionKernel.
      image_type: ImageType.
      windows: For display, in order of preference.
    """

    uid: str
    number: int = 2
    description: str = "HEAD STANDARD"
    kernel: str = "STANDARD"
    image_type: tuple[str, ...] = AXIAL
    windows: tuple[Window, ...] = (BRAIN_WINDOW, BONE_WINDOW)


@dataclasses.dataclass(frozen=True)
class Storage:
    """How HU become stored integers: HU = slope * stored + intercept, PS3.3 C.11.1.1.2.

    Attributes:
      bits: Stored, 12 to 16.
      signed: Whether stored integers may be negative.
      slope, intercept: RescaleSlope and RescaleIntercept, HU.
    """

    bits: int = 12
    signed: bool = False
    slope: float = 1.0
    intercept: float = -1024.0

    @property
    def range(self) -> tuple[int, int]:
        """Lowest and highest integer."""
        return (-(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1) if self.signed else (0, 2**self.bits - 1)

    @property
    def edges(self) -> tuple[float, float]:
        """Lowest and highest HU."""
        low, high = sorted(self.slope * end + self.intercept for end in self.range)
        return low, high

    def to_stored(self, hu: npt.NDArray[np.floating]) -> npt.NDArray[np.int32]:
        """Returns the nearest integers, int32, shaped like `hu`.

        Raises:
          ValueError: HU are not numbers or lie outside of what the integers can say.
        """
        low, high = self.range
        stored = np.rint((hu.astype(np.float64) - self.intercept) / self.slope)
        if not (low <= stored.min() and stored.max() <= high):
            raise ValueError(
                f"HU from {hu.min():g} to {hu.max():g} do not fit {self.bits} bits, which go from "
                f"{self.edges[0]:g} to {self.edges[1]:g} HU; clip them, or store more bits"
            )
        return stored.astype(np.int32)


CT_STORAGE = Storage()


def make_uid(*parts: object) -> str:
    """Returns the UID of what the parts name, the same each time."""
    return f"{UUID_ROOT}.{uuid.uuid5(NAMES, '/'.join(str(part) for part in parts)).int}"


def instance_uid(series: str, index: int) -> str:
    """Returns the SOPInstanceUID of a slice, counted from 0, of a series."""
    return make_uid(series, index)
