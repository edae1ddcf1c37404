"""One slice of a DICOM file as Hounsfield units, and as the PNG that a record holds."""

import functools
import io
import math
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gdcm
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels import apply_modality_lut, get_decoder
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
)

from components.imaging import windows
from components.imaging.hounsfield import Coding, Slice, square, to_hounsfield, upright
from components.imaging.intensity import Window
from components.ingest.dicom.codestream import claimed_size
from components.ingest.dicom.dataset import Unreadable, damaged, open_dataset
from components.ingest.dicom.instances import functional
from components.ingest.header import Header, Reason, Rejection
from components.ingest.params import IngestParams

PNG_EFFORT = 1  # zlib's level; run lengths find the clipped areas, and noise gets no smaller by more effort
HU_TYPES = ("", "HU")  # of RescaleType; an absent one means HU in a CT image (PS3.3 C.8.2.1.1.6)
EXTENDED_BITS = 8  # that pydicom decodes of JPEG Extended
MOST_SLOPE = 100.0  # HU a stored unit; more is an error of the header


def read_png(path: Path, frame: int, params: IngestParams) -> tuple[bytes, Header | Rejection]:
    """Reads one slice as a PNG whose channels are windows of HU.

    Args:
      path: Of a DICOM file.
      frame: Index of the slice in it.
      params: The windows, and the sides that are allowed.
    Returns:
      The PNG and what it is, or nothing and why there is none.
    """
    hu = read_hu(path, frame, params)
    if isinstance(hu, Rejection):
        return b"", hu
    return encode(hu, windows.parse(params.windows))


def encode(hu: Slice, shown: Sequence[Window]) -> tuple[bytes, Header]:
    """Returns a slice, (rows, columns) in HU, as an 8-bit PNG with a channel a window, one or three."""
    channels = windows.to_channels(hu, shown)
    encoded = io.BytesIO()
    Image.fromarray(channels[..., 0] if len(shown) == 1 else channels).save(
        encoded, "PNG", compress_level=PNG_EFFORT, compress_type=zlib.Z_RLE
    )
    rows, columns = hu.shape
    return encoded.getvalue(), Header("png", rows, columns, channels=len(shown), bit_depth=8)


def read_hu(path: Path, frame: int, params: IngestParams) -> Slice | Rejection:
    """Reads one slice in Hounsfield units, with square pixels, rows running to the patient's left.

    Args:
      path: Of a DICOM file.
      frame: Index of the slice in it.
      params: The sides that are allowed; checked before any pixel is decoded.
    Returns:
      float32 (rows, columns), HU, or why there is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they quote values
            return _read_hu(path, _opened(path, path.stat().st_mtime_ns), frame, params)
    except Unreadable as error:
        return error.rejection
    except OSError as error:
        return Rejection(Reason.UNREADABLE_FILE, error.strerror or type(error).__name__)
    except Exception as error:  # decoders raise nearly anything on damaged pixels
        return damaged(error).rejection


@functools.lru_cache(maxsize=1)  # the frames of one file are asked for one after the other
def _opened(path: Path, changed: int) -> Dataset:
    del changed
    return open_dataset(path)


def _read_hu(path: Path, dataset: Dataset, frame: int, params: IngestParams) -> Slice:
    rows, columns = _sides(dataset, params)
    frames = int(dataset.get("NumberOfFrames") or 1)
    layers = [
        *(dataset.get("PerFrameFunctionalGroupsSequence") or [])[frame : frame + 1],
        *(dataset.get("SharedFunctionalGroupsSequence") or [])[:1],
    ]
    coding = _coding(dataset, layers)
    stored = _stored(path, dataset, frame, frames, rows, columns)
    if "ModalityLUTSequence" in dataset:
        hu = np.asarray(apply_modality_lut(stored, dataset), np.float32)
    else:
        hu = to_hounsfield(stored, coding)
    spacing = functional(layers, "PixelMeasuresSequence").get("PixelSpacing") or dataset.get("PixelSpacing")
    if spacing:
        row_spacing, column_spacing = _positive(spacing, "PixelSpacing")
        try:
            hu = square(hu, row_spacing, column_spacing)
        except ValueError as error:
            raise Unreadable(Reason.BAD_DIMENSIONS, str(error)) from error
        _require_sides(hu.shape[0], hu.shape[1], params)
    orientation = functional(layers, "PlaneOrientationSequence").get("ImageOrientationPatient")
    orientation = orientation or dataset.get("ImageOrientationPatient")
    if not orientation:
        return hu
    cosines = tuple(float(cosine) for cosine in orientation)
    return upright(hu, cosines[:3], cosines[3:])


def _sides(dataset: Dataset, params: IngestParams) -> tuple[int, int]:
    rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    _require_sides(rows, columns, params)
    samples = int(dataset.get("SamplesPerPixel") or 1)
    photometric = str(dataset.get("PhotometricInterpretation") or "MONOCHROME2")
    if samples != 1 or photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise Unreadable(Reason.UNKNOWN_COLOUR_MODE, f"{samples} samples a pixel")
    return rows, columns


def _require_sides(rows: int, columns: int, params: IngestParams) -> None:
    if not all(params.min_side <= side <= params.max_side for side in (rows, columns)):
        raise Unreadable(
            Reason.BAD_DIMENSIONS,
            f"{columns} x {rows} pixels, allowed {params.min_side} to {params.max_side} a side",
        )


def _coding(dataset: Dataset, layers: Sequence[Dataset]) -> Coding:
    group = functional(layers, "PixelValueTransformationSequence")
    slope, intercept, kind = (
        group.get(name) if name in group else dataset.get(name)
        for name in ("RescaleSlope", "RescaleIntercept", "RescaleType")
    )
    if "ModalityLUTSequence" in dataset:
        slope, intercept, kind = 1.0, 0.0, dataset.ModalityLUTSequence[0].get("ModalityLUTType")
    if slope is None or intercept is None:
        raise Unreadable(Reason.NO_HU, "no rescale slope and intercept")
    if str(kind or "").strip().upper() not in HU_TYPES:
        raise Unreadable(Reason.NO_HU, "values are not in HU")
    slope, intercept = float(slope), float(intercept)
    if not (math.isfinite(slope) and math.isfinite(intercept) and 0 < abs(slope) <= MOST_SLOPE):
        raise Unreadable(Reason.NO_HU, "rescale slope or intercept is impossible")
    padding = dataset.get("PixelPaddingValue")
    limit = dataset.get("PixelPaddingRangeLimit")
    return Coding(
        slope=slope,
        intercept=intercept,
        bits_stored=int(dataset.get("BitsStored") or dataset.get("BitsAllocated") or 0),
        signed=dataset.get("PixelRepresentation") == 1,
        padding=None if padding is None else (int(padding), int(padding if limit is None else limit)),
        monochrome1=dataset.get("PhotometricInterpretation") == "MONOCHROME1",
    )


def _positive(values: Any, name: str) -> tuple[float, float]:
    first, second = (float(value) for value in values)
    if not (math.isfinite(first) and math.isfinite(second) and first > 0 and second > 0):
        raise Unreadable(Reason.BAD_DIMENSIONS, f"{name} is impossible")
    return first, second


def _stored(
    path: Path, dataset: Dataset, frame: int, frames: int, rows: int, columns: int
) -> npt.NDArray[np.integer]:
    if "PixelData" not in dataset:
        raise Unreadable(Reason.TRUNCATED, "no pixel data")
    syntax = _syntax(dataset)
    if syntax.is_encapsulated:
        encoded = get_frame(dataset.PixelData, frame, number_of_frames=frames)
        claimed = claimed_size(encoded)
        if claimed is not None and claimed != (rows, columns, 1):
            raise Unreadable(Reason.CORRUPT, "pixel data of another size than the header's")
    elif len(dataset.PixelData) < frames * rows * columns * int(dataset.BitsAllocated) // 8:
        raise Unreadable(Reason.TRUNCATED, f"{len(dataset.PixelData)} bytes of pixel data")
    if syntax == JPEGExtended12Bit and int(dataset.BitsStored) > EXTENDED_BITS:
        if frames > 1:
            raise Unreadable(Reason.UNSUPPORTED_CODING, "12-bit JPEG of several frames")
        return read_by_gdcm(path, rows, columns)
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise Unreadable(Reason.UNSUPPORTED_CODING, "transfer syntax") from None
    if not decoder.is_available:
        raise Unreadable(Reason.UNSUPPORTED_CODING, "transfer syntax")
    stored, _ = decoder.as_array(dataset, index=frame, raw=True)
    if stored.shape != (rows, columns):
        raise Unreadable(Reason.CORRUPT, "pixel data of another size than the header's")
    return stored


def read_by_gdcm(path: Path, rows: int, columns: int) -> npt.NDArray[np.integer]:
    """Reads the only frame of a file of 16 bits a pixel by GDCM; pydicom refuses 12-bit JPEG."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    if not reader.Read():
        raise Unreadable(Reason.CORRUPT, "GDCM cannot read it")
    # SWIG hands bytes over as text.
    buffer = reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape")
    return np.frombuffer(buffer, "<u2").reshape(rows, columns)


def _syntax(dataset: Dataset) -> UID:
    """Returns the transfer syntax; of a file without meta information that which its data set is read by."""
    if dataset.file_meta.get("TransferSyntaxUID"):
        return UID(str(dataset.file_meta.TransferSyntaxUID))
    is_implicit, is_little_endian = dataset.original_encoding
    plain = ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = plain if is_little_endian else ExplicitVRBigEndian
    return UID(str(dataset.file_meta.TransferSyntaxUID))
