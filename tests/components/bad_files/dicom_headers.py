"""DICOM files whose headers are cut, hostile, or lack something."""

import struct

from pydicom.datadict import tag_for_keyword
from pydicom.uid import ImplicitVRLittleEndian

from bad_files.case import Case, inflating
from bad_files.dicom_source import changed, said_to_be, saved, slice_of
from bad_files.images import JPEG, PNG
from components.slices.header import Reason

PIXEL_TAG = struct.pack("<HH", 0x7FE0, 0x0010)
UNDEFINED = 0xFFFFFFFF


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """An explicit little endian element with a length of four bytes."""
    size = len(value) if length is None else length
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, size) + value


def item(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value) if length is None else length) + value


ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def with_element(patient: str, data: bytes) -> bytes:
    """A sound slice with bytes put before its pixels."""
    whole = saved(slice_of(patient))
    at = whole.index(PIXEL_TAG)
    return whole[:at] + data + whole[at:]


def nested(depth: int) -> bytes:
    """A private sequence in a sequence and so on, all of undefined length."""
    opened = element(0x00990010, b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED), UNDEFINED)
    return opened * depth + (ITEM_END + SEQUENCE_END) * depth


def _without(keyword: str) -> bytes:
    return changed(f"without {keyword}", lambda dataset: delattr(dataset, keyword))


def _implicit_with(keyword: str, value: bytes) -> bytes:
    """A slice without VRs, in which any element may be four gigabytes long; one is put first of its group."""
    dataset = slice_of(f"long {keyword}")
    delattr(dataset, keyword)
    whole = saved(dataset, ImplicitVRLittleEndian)
    tag = tag_for_keyword(keyword) or 0
    head = struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value))
    at = whole.index(struct.pack("<HHI", 0x0008, 0x0016, 26))  # SOPClassUID
    return whole[:at] + head + value + whole[at:]


def _deflated(megabytes: int) -> bytes:
    """A deflated data set that begins with a private element of zeros."""
    whole = said_to_be("1.2.840.10008.1.2.1.99", saved(slice_of("deflated")))
    return whole[: 144 + struct.unpack_from("<I", whole, 140)[0]] + inflating(megabytes, -15)


_WHOLE = saved(slice_of("cut"))
_PIXELS = _WHOLE.index(PIXEL_TAG)
_CUT = {
    "in its preamble": 100,
    "in its magic number": 130,
    "after its magic number": 132,
    "in its meta information": 180,
    "after its meta information": 144 + struct.unpack_from("<I", _WHOLE, 140)[0],
    "in its patient": _WHOLE.index(b"Smith^cut") + 3,
    "in its UIDs": _WHOLE.index(b"\x20\x00\x0d\x00") + 20,
    "in its geometry": _WHOLE.index(b"\x20\x00\x37\x00") + 20,
    "before its pixels": _PIXELS,
    "in its pixels' head": _PIXELS + 6,
    "after its pixels' head": _PIXELS + 12,
    "in its pixels": _PIXELS + 3000,
    "by its last byte": len(_WHOLE) - 1,
}
_SEQUENCE = element(0x00081140, b"SQ", item(element(0x00081150, b"UI", b"1.2"), UNDEFINED), UNDEFINED)

# The elements that are read of a header, and the outcome of a slice that lacks them.
MISSING = {
    "SOPClassUID": None,  # the meta information has it too
    "SOPInstanceUID": Reason.CORRUPT,
    "SeriesInstanceUID": Reason.CORRUPT,
    "StudyInstanceUID": Reason.CORRUPT,
    "SpecificCharacterSet": None,
    "PatientID": None,
    "PatientAge": None,
    "PatientSex": None,
    "Modality": None,
    "Manufacturer": None,
    "ImageType": None,
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,  # ImageType says AXIAL
    "InstanceNumber": None,
    "SeriesNumber": None,
    "SliceThickness": None,
    "ConvolutionKernel": None,
    "Rows": Reason.BAD_DIMENSIONS,
    "Columns": Reason.BAD_DIMENSIONS,
    "SamplesPerPixel": None,
    "PhotometricInterpretation": None,
    "BitsAllocated": Reason.UNSUPPORTED_CODING,
    "BitsStored": None,
    "PixelRepresentation": None,
    "RescaleSlope": Reason.NO_HU,
    "RescaleIntercept": Reason.NO_HU,
    "RescaleType": None,
    "PixelSpacing": None,
    "PixelData": Reason.TRUNCATED,
}
HEADERS = (
    Case("empty.dcm", b"", Reason.EMPTY),
    *(Case(f"cut {name}.dcm", _WHOLE[:size], Reason.TRUNCATED) for name, size in _CUT.items()),
    Case(
        "cut in a sequence.dcm",
        with_element("cut sequence", _SEQUENCE)[: _PIXELS + len(_SEQUENCE)],
        Reason.TRUNCATED,
    ),
    Case("text.dcm", b"to be read by no machine" * 9, Reason.NOT_AN_IMAGE),
    Case("png.dcm", PNG, Reason.NOT_AN_IMAGE),
    Case("jpeg.dcm", JPEG, Reason.NOT_AN_IMAGE),
    Case("zeros.dcm", bytes(500), Reason.NOT_AN_IMAGE),
    Case("magic number alone.dcm", bytes(128) + b"DICM" + bytes(400), Reason.TRUNCATED),
    *(Case(f"without {keyword}.dcm", _without(keyword), reason) for keyword, reason in MISSING.items()),
    Case("nested 300 deep.dcm", with_element("deep", nested(300)), Reason.CORRUPT),
    Case("nested 40 deep.dcm", with_element("less deep", nested(40)), None),
    Case(
        "items.dcm",
        with_element("items", element(0x00990010, b"SQ", item(b"") * 500_000 + SEQUENCE_END, UNDEFINED)),
        Reason.TOO_LARGE,
        bomb=True,
    ),
    Case(
        "items of frames.dcm",
        with_element("frames", element(0x52009230, b"SQ", item(b"") * 500_000)),
        Reason.TOO_LARGE,
        bomb=True,
    ),
    Case("long kernel.dcm", _implicit_with("ConvolutionKernel", b"A\\" * 10**7), Reason.TOO_LARGE, bomb=True),
    Case("long spacing.dcm", _implicit_with("PixelSpacing", b"1\\" * 100_000), Reason.TOO_LARGE),
    Case(
        "huge element.dcm",
        with_element("huge", element(0x00181210, b"UT", b"H30s", UNDEFINED - 1)),
        Reason.TRUNCATED,
        bomb=True,
    ),
    Case("inflates.dcm", _deflated(512), Reason.TOO_LARGE, bomb=True),
)
