"""DICOM files whose headers are whole and whose pixels cannot be read, or mean nothing."""

import struct
from collections.abc import Callable

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import (
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from bad_files.case import Case
from bad_files.dicom_headers import ITEM_END, PIXEL_TAG, UNDEFINED, element, item, with_element
from bad_files.dicom_source import changed, said_to_be, saved, saved_as_it_is, slice_of
from components.slices.header import Reason


def _set(**attributes: object) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)

    return change


def _raw(tag: int, vr: str, value: bytes) -> Callable[[Dataset], None]:
    """An element of these bytes, which pydicom would not make."""

    def change(dataset: Dataset) -> None:
        dataset[Tag(tag)] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)

    return change


def _of_syntax(name: str, syntax: str) -> bytes:
    """Compressed pixels that are said to be of another transfer syntax."""
    return said_to_be(syntax, saved(slice_of(f"syntax {name}"), JPEGLSLossless))


def _codestream(name: str, syntax: str, change: Callable[[bytes], bytes]) -> bytes:
    """A compressed slice whose codestream was changed behind the header's back."""
    dataset = slice_of(name)
    dataset.compress(syntax, generate_instance_uid=False)
    frame = change(next(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1)))
    dataset.PixelData = pydicom.encaps.encapsulate([frame])
    return saved_as_it_is(dataset)


def _claiming(marker: bytes, offset: int, form: str, *sides: int) -> Callable[[bytes], bytes]:
    def change(frame: bytes) -> bytes:
        at = frame.index(marker) + offset
        claim = struct.pack(form, *sides)
        return frame[:at] + claim + frame[at + len(claim) :]

    return change


def _run_lengths(frame: bytes) -> bytes:
    """An RLE header of two segments, each of a thousand times what there should be."""
    run = b"\x81\x00" * (64 * 56)  # 128 zeros each
    return struct.pack("<16I", 2, 64, 64 + len(run), *([0] * 13)) + run + run


def _cut_fragments(patient: str, left: int) -> bytes:
    whole = saved(slice_of(patient), JPEGLSLossless)
    return whole[: whole.index(PIXEL_TAG) + left]


def _groups(count: int) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        dataset.PerFrameFunctionalGroupsSequence = Sequence([Dataset() for _ in range(count)])

    return change


_SLOPES: dict[str, tuple[bytes, Reason]] = {
    "nan": (b"NaN ", Reason.NO_HU),
    "infinite": (b"inf ", Reason.NO_HU),
    "zero": (b"0 ", Reason.NO_HU),
    "huge": (b"1e300 ", Reason.NO_HU),
    "past all numbers": (b"1e999 ", Reason.NO_HU),
    "text": (b"one ", Reason.CORRUPT),
    "two": (b"1\\2 ", Reason.CORRUPT),
}
_SYNTAXES = {
    "private": "1.2.3.4.5",
    "unknown": "1.2.840.10008.1.2.4.999",
    "MPEG-2": "1.2.840.10008.1.2.4.100",
    "MPEG-4": "1.2.840.10008.1.2.4.102",
    "HEVC": "1.2.840.10008.1.2.4.107",
    "JPEG XL": "1.2.840.10008.1.2.4.110",
    "JPIP": "1.2.840.10008.1.2.4.94",
    "XML": "1.2.840.10008.1.2.6.2",
    "retired JPEG": "1.2.840.10008.1.2.4.55",
}
_FRAMES: dict[str, tuple[bytes, Reason | None]] = {
    "0": (b"0 ", None),
    "2": (b"2 ", Reason.TRUNCATED),
    "1000000000": (b"1000000000", Reason.CORRUPT),
    "-1": (b"-1", Reason.CORRUPT),
    "text": (b"many", Reason.CORRUPT),
}
_NESTED_ORIENTATION = element(
    0x52009230, b"SQ", item(element(0x00209116, b"SQ", item(b"") * 3), UNDEFINED) + ITEM_END
)
PIXELS = (
    Case("30000 pixels.dcm",
         _codestream("side", JPEGLSLossless, lambda frame: frame).replace(
             element(0x00280010, b"US", b"")[:6] + struct.pack("<HH", 2, 64),
             element(0x00280010, b"US", b"")[:6] + struct.pack("<HH", 2, 30_000)),
         Reason.BAD_DIMENSIONS, bomb=True),
    Case("30000 pixels of jpeg-ls.dcm",
         _codestream("jls", JPEGLSLossless, _claiming(b"\xff\xf7", 5, ">HH", 30_000, 30_000)),
         Reason.CORRUPT, bomb=True),
    Case("30000 pixels of jpeg 2000.dcm",
         _codestream("j2k", JPEG2000Lossless, _claiming(b"\xff\x51", 6, ">II", 30_000, 30_000)),
         Reason.CORRUPT, bomb=True),
    Case("tiles of jpeg 2000.dcm",
         _codestream("tiles", JPEG2000Lossless, _claiming(b"\xff\x51", 22, ">II", 1, 1)),
         Reason.TRUNCATED, bomb=True),
    Case("no tiles of jpeg 2000.dcm",
         _codestream("no tiles", JPEG2000Lossless, _claiming(b"\xff\x51", 22, ">II", 0, 0)),
         Reason.TRUNCATED),
    Case("run lengths.dcm", _codestream("rle", RLELossless, _run_lengths), Reason.CORRUPT, bomb=True),
    Case("noise.dcm", _codestream("noise", JPEGLSLossless, lambda frame: bytes(range(256))), Reason.CORRUPT),
    Case("jpeg in jpeg 2000.dcm",
         _codestream("mixed", JPEG2000Lossless, lambda frame: b"\xff\xd8" + frame), Reason.CORRUPT),
    Case("cut in a fragment's head.dcm", _cut_fragments("head", 12 + 8 + 4), Reason.TRUNCATED),
    Case("cut in a fragment.dcm", _cut_fragments("fragment", 500), Reason.TRUNCATED),
    Case("cut before the fragments' end.dcm",
         saved(slice_of("end"), JPEGLSLossless).removesuffix(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)),
         Reason.TRUNCATED),
    Case("cut codestream.dcm",
         _codestream("codestream", JPEGLSLossless, lambda frame: frame[:-200]), Reason.TRUNCATED),
    *(Case(f"slope {name}.dcm", changed(f"slope {name}", _raw(0x00281053, "DS", value)), reason)
      for name, (value, reason) in _SLOPES.items()),
    *(Case(f"intercept {name}.dcm", changed(f"intercept {name}", _raw(0x00281052, "DS", value)), reason)
      for name, (value, reason) in _SLOPES.items() if name != "zero"),
    Case("values of another unit.dcm", changed("unit", _set(RescaleType="US")), Reason.NO_HU),
    *(Case(f"{name} syntax.dcm", _of_syntax(name, uid), Reason.UNSUPPORTED_CODING)
      for name, uid in _SYNTAXES.items()),
    *(Case(f"{name} frames.dcm", changed(f"frames {name}", _raw(0x00280008, "IS", value)), reason)
      for name, (value, reason) in _FRAMES.items()),
    Case("groups of 3 frames.dcm", changed("groups", _groups(3)), Reason.CORRUPT),
    Case("group of another kind.dcm", with_element("kind", _NESTED_ORIENTATION), None),
    Case("colour.dcm", changed("colour", _set(SamplesPerPixel=3)), Reason.UNKNOWN_COLOUR_MODE),
    Case("palette.dcm",
         changed("palette", _set(PhotometricInterpretation="PALETTE COLOR")), Reason.UNKNOWN_COLOUR_MODE),
    Case("1 bit.dcm", changed("bit", _set(BitsAllocated=1, BitsStored=1)), Reason.UNSUPPORTED_CODING),
    Case("64 bits.dcm", changed("bits", _set(BitsAllocated=64, BitsStored=64)), Reason.TRUNCATED),
    Case("no bits.dcm", changed("no bits", _set(BitsStored=99)), Reason.UNSUPPORTED_CODING),
    Case("spacing.dcm", changed("spacing", _set(PixelSpacing=["1", "0"])), Reason.BAD_DIMENSIONS),
    Case("stretched.dcm", changed("stretched", _set(PixelSpacing=["1", "1e-9"])), Reason.BAD_DIMENSIONS),
    Case("nan spacing.dcm", changed("nan", _raw(0x00280030, "DS", b"NaN\\NaN ")), Reason.BAD_DIMENSIONS),
    Case("orientation.dcm", changed("orientation", _set(ImageOrientationPatient=[0] * 6)), Reason.CORRUPT),
    Case("far position.dcm", changed("far", _raw(0x00200032, "DS", b"0\\0\\1e300 ")), Reason.CORRUPT),
    Case("nan position.dcm", changed("position", _raw(0x00200032, "DS", b"0\\0\\NaN ")), Reason.CORRUPT),
    Case("padding of text.dcm", changed("padding", _raw(0x00280120, "LO", b"none")), Reason.CORRUPT),
    Case("number of text.dcm", changed("number", _raw(0x00200013, "IS", b"one ")), None),
    Case("thickness of text.dcm", changed("thickness", _raw(0x00180050, "DS", b"thin")), None),
    Case("age of powers.dcm", changed("age", _raw(0x00101010, "AS", b"\xb2\xb2\xb2Y")), None),
    Case("unknown characters.dcm", changed("characters", _raw(0x00080005, "CS", b"NO SUCH SET ")), None),
)  # fmt: skip
