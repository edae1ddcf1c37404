"""Reading one slice of a DICOM file in Hounsfield units."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut

from components.imaging import windows
from components.imaging.hounsfield import Coding, Slice, square, to_hounsfield, upright
from components.slices.dicom.dataset import MAGIC, items_of, value_of
from components.slices.dicom.functional_groups import either, functional, orientation_of
from components.slices.dicom.stored import Frames, Layout, open_frames
from components.slices.dicom.unreadable import Unreadable, as_unreadable
from components.slices.header import Reason, Rejection, fault_of_sides
from components.slices.params import DICOM, ReadingParams
from components.slices.reading import HuSlice, SliceFile

__all__ = ["read_hu"]

HU_TYPES = ("", "HU")  # of RescaleType; an absent one means HU in a CT image (PS3.3 C.8.2.1.1.6)
MOST_SLOPE = 100.0  # HU a stored unit; more is an error of the header
MOST_INTERCEPT = 65_536.0  # HU; more than 16 bits can make up for
TAGS = (
    "SamplesPerPixel", "PhotometricInterpretation", "RescaleSlope", "RescaleIntercept", "RescaleType",
    "ModalityLUTSequence", "PixelPaddingValue", "PixelPaddingRangeLimit", "PixelRepresentation",
    "PixelSpacing", "ImageOrientationPatient", "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)  # fmt: skip


class Dicom:
    """The DICOM format; HU become channels, a window each."""

    source = DICOM
    suffixes = frozenset({".dcm", ".dicom", ".ima"})
    signature = MAGIC  # behind a preamble

    def read(self, file: SliceFile, params: ReadingParams) -> HuSlice | Rejection:
        """Reads one frame."""
        hu = read_hu(file.path, file.frame or 0, params)
        if isinstance(hu, Rejection):
            return hu
        shown = windows.parse(params.windows)
        return HuSlice(windows.to_channels(hu, shown), shown)


def read_hu(path: Path, frame: int, params: ReadingParams) -> Slice | Rejection:
    """Reads one slice in Hounsfield units, with square pixels, rows running to the patient's left.

    Args:
      path: Of a DICOM file.
      frame: Index of the slice in it.
      params: The sides that are allowed; checked before any pixel is decoded.
    Returns:
      float32 (rows, columns), HU, or why there is none.
    """
    frames = open_frames(path, TAGS)
    if isinstance(frames, Rejection):
        return frames
    try:
        with as_unreadable():
            return _read_hu(frames, frame, params)
    except Unreadable as error:
        return error.rejection


def _read_hu(frames: Frames, frame: int, params: ReadingParams) -> Slice:
    header = frames.opened.header
    _require_sides(frames.layout.rows, frames.layout.columns, params)
    _require_grey(header)
    layers = [
        *items_of(header, "PerFrameFunctionalGroupsSequence")[frame : frame + 1],
        *items_of(header, "SharedFunctionalGroupsSequence")[:1],
    ]
    table = items_of(header, "ModalityLUTSequence")[:1]
    coding = _coding(header, layers, table, frames.layout)
    stored = frames.read(frame)
    hu = _by_table(stored, header, table[0]) if table else to_hounsfield(stored, coding)
    spacing = either(header, layers, "PixelMeasuresSequence", "PixelSpacing")
    if spacing:
        row_spacing, column_spacing = _positive(spacing, "PixelSpacing")
        try:
            hu = square(hu, row_spacing, column_spacing)
        except ValueError as error:
            raise Unreadable(Reason.BAD_DIMENSIONS, str(error)) from error
        _require_sides(hu.shape[0], hu.shape[1], params)
    orientation = orientation_of(header, layers)
    return hu if orientation is None else upright(hu, orientation[:3], orientation[3:])


def _require_grey(header: Dataset) -> None:
    samples = int(value_of(header, "SamplesPerPixel") or 1)
    photometric = str(value_of(header, "PhotometricInterpretation") or "MONOCHROME2")
    if samples != 1 or photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise Unreadable(Reason.UNKNOWN_COLOUR_MODE, f"{samples} samples a pixel")


def _require_sides(rows: int, columns: int, params: ReadingParams) -> None:
    if fault := fault_of_sides(rows, columns, params):
        raise Unreadable(fault.reason, fault.detail)


def _coding(header: Dataset, layers: Sequence[Dataset], table: Sequence[Dataset], layout: Layout) -> Coding:
    group = functional(layers, "PixelValueTransformationSequence")
    slope, intercept, kind = (
        value_of(group if name in group else header, name)
        for name in ("RescaleSlope", "RescaleIntercept", "RescaleType")
    )
    if table:
        slope, intercept, kind = 1.0, 0.0, value_of(table[0], "ModalityLUTType")
    if slope is None or intercept is None:
        raise Unreadable(Reason.NO_HU, "no rescale slope and intercept")
    if str(kind or "").strip().upper() not in HU_TYPES:
        raise Unreadable(Reason.NO_HU, "values are not in HU")
    slope, intercept = float(slope), float(intercept)
    # Not a number is neither.
    if not (0 < abs(slope) <= MOST_SLOPE and abs(intercept) <= MOST_INTERCEPT):
        raise Unreadable(Reason.NO_HU, "rescale slope or intercept is impossible")
    padding = value_of(header, "PixelPaddingValue")
    limit = value_of(header, "PixelPaddingRangeLimit")
    return Coding(
        slope=slope,
        intercept=intercept,
        bits_stored=layout.bits_stored,
        signed=layout.signed,
        padding=None if padding is None else (int(padding), int(padding if limit is None else limit)),
        monochrome1=value_of(header, "PhotometricInterpretation") == "MONOCHROME1",
    )


def _by_table(stored: npt.NDArray[np.integer], header: Dataset, table: Dataset) -> Slice:
    value_of(table, "LUTData")  # refuses one that is too long
    return np.asarray(apply_modality_lut(stored, header), np.float32)


def _positive(values: Any, name: str) -> tuple[float, float]:
    first, second = (float(value) for value in values)
    if not (math.isfinite(first) and math.isfinite(second) and first > 0 and second > 0):
        raise Unreadable(Reason.BAD_DIMENSIONS, f"{name} is impossible")
    return first, second
