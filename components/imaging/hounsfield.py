"""Stored values of a CT image to Hounsfield units, seen as heads are read. Pure NumPy and Pillow."""

import dataclasses

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["Coding", "Slice", "square", "to_hounsfield", "upright"]

AIR_HU = -1000.0
WRAPPING_BITS = 12
LOWEST_SOUND_INTERCEPT = -100.0  # HU; unsigned values of air need one near -1000 or -1024
WRAPPED_FROM = 3072  # stored; above the highest HU of 12 bits with an intercept of -1024
BAND = 1 / 32  # of the shorter side; outermost rows and columns, where no patient is
IMPOSSIBLE_AIR_HU = 300.0  # brighter than any couch, pad or tissue that may fill most of the band
ALIKE_SPACING = 0.01  # of the spacing; the standard's decimal strings are rounded
MOST_STRETCH = 4.0  # times; a larger ratio of the two spacings is an error of the header

Slice = npt.NDArray[np.float32]
Vector = tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Coding:
    """How an image codes Hounsfield units, by the names of the standard's attributes.

    Attributes:
      slope, intercept: RescaleSlope and RescaleIntercept: HU = slope * stored + intercept.
      bits_stored: BitsStored, the lowest of each value.
      signed: PixelRepresentation is 1.
      padding: Smallest and largest value that stands for no pixel, or None.
      monochrome1: PhotometricInterpretation is MONOCHROME1.
    """

    slope: float
    intercept: float
    bits_stored: int
    signed: bool
    padding: tuple[int, int] | None = None
    monochrome1: bool = False


def to_hounsfield(stored: npt.NDArray[np.integer], coding: Coding) -> Slice:
    """Applies the modality transform and mends what is known to go wrong with it.

    Bits above those stored, such as an overlay, are taken off. Unsigned values of 12 bits with an intercept
    near 0 hold negative HU as 4096 more: they are wrapped back. MONOCHROME1 says how to show an image, not
    what its values mean, so that HU stay; yet some exporters invert the values too, which air outside the
    patient tells: then they are inverted back. Padding becomes air.

    Args:
      stored: (rows, columns), integers as the file has them.
      coding: How they are coded.
    Returns:
      float32 (rows, columns), HU.
    Source: DICOM PS3.3 C.11.1.1.2 (modality transform), C.7.5.1.1.2 (padding), C.7.6.3.1.2 (photometric
      interpretation); PS3.5 8.1.1 (bits).
    Example:
      >>> coding = Coding(slope=1.0, intercept=-1024.0, bits_stored=12, signed=False)
      >>> to_hounsfield(np.array([[24, 1024, 1084]], np.uint16), coding)
      array([[-1000.,     0.,    60.]], dtype=float32)
    """
    raw = stored.astype(np.int32)
    values = _of_bits(raw, coding)
    hu = _rescaled(values, coding)
    lowest, highest = sorted(coding.padding) if coding.padding else (0, -1)
    padded = (raw >= lowest) & (raw <= highest)
    if coding.monochrome1 and _outer_air(hu, padded) > IMPOSSIBLE_AIR_HU:
        hu = _rescaled((-1 if coding.signed else 2**coding.bits_stored - 1) - values, coding)
    hu[padded] = AIR_HU
    return hu


def upright(pixels: Slice, row: Vector, column: Vector) -> Slice:
    """Turns an axial slice so that its rows run to the patient's left and its columns to the back.

    So a head lies as radiologists see it, whether the patient lay on the face or went in feet first.

    Args:
      pixels: (rows, columns).
      row: Direction in which columns are counted, to the patient's left, back and head.
      column: Direction in which rows are counted.
    Returns:
      The slice, mirrored or turned by quarters as far as that takes.
    Source: DICOM PS3.3 C.7.6.2.1.1 (ImageOrientationPatient).
    """
    if abs(row[1]) > abs(row[0]):
        pixels, row, column = pixels.T, column, row
    if row[0] < 0:
        pixels = pixels[:, ::-1]
    if column[1] < 0:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def square(hu: Slice, row_spacing: float, column_spacing: float) -> Slice:
    """Returns a slice with square pixels of the smaller of its two spacings, interpolated linearly.

    Args:
      hu: (rows, columns), HU.
      row_spacing: mm between the centres of neighbouring rows.
      column_spacing: mm between those of neighbouring columns.
    Returns:
      `hu` itself where its pixels are square.
    Raises:
      ValueError: The ratio of the spacings is impossible.
    Example:
      >>> square(np.zeros((256, 512), np.float32), row_spacing=1.0, column_spacing=0.5).shape
      (512, 512)
    """
    ratio = row_spacing / column_spacing
    if abs(ratio - 1) <= ALIKE_SPACING:
        return hu
    if not 1 / MOST_STRETCH <= ratio <= MOST_STRETCH:
        raise ValueError(f"spacing of {row_spacing:g} x {column_spacing:g} mm a pixel")
    rows, columns = hu.shape
    size = (columns, round(rows * ratio)) if ratio > 1 else (round(columns / ratio), rows)
    return np.asarray(Image.fromarray(hu).resize(size, Image.Resampling.BILINEAR), np.float32)


def _of_bits(raw: npt.NDArray[np.int32], coding: Coding) -> npt.NDArray[np.int32]:
    values: npt.NDArray[np.int32] = raw & (2**coding.bits_stored - 1)
    if coding.signed:
        sign = 2 ** (coding.bits_stored - 1)
        values = (values ^ sign) - sign
    return values


def _rescaled(values: npt.NDArray[np.int32], coding: Coding) -> Slice:
    wraps = (
        coding.bits_stored == WRAPPING_BITS
        and not coding.signed
        and coding.intercept > LOWEST_SOUND_INTERCEPT
        and coding.slope > 0
    )
    if wraps:
        values = np.where(values >= WRAPPED_FROM, values - 2**WRAPPING_BITS, values)
    return values.astype(np.float32) * np.float32(coding.slope) + np.float32(coding.intercept)


def _outer_air(hu: Slice, padded: npt.NDArray[np.bool_]) -> float:
    """Returns the median HU of the outermost band, padding left out; air's where all of it is padding."""
    depth = max(1, round(min(hu.shape) * BAND))
    inside = np.s_[depth:-depth, depth:-depth]
    measured = ~padded
    measured[inside] = False
    return float(np.median(hu[measured])) if measured.any() else AIR_HU
