"""Decodes compressed frames in a process of its own: a script that answers requests until its input ends.

Native decoders abort, loop or write past their memory on some damaged frames; here they take nothing else
with them. It imports nothing of ichor, so that it starts fast and from anywhere.

A request is JSON, then a frame; an answer one of `ANSWERS`, then bytes: pixels, after three letters for their
type, or the name of what was raised. Each is preceded by its length.
"""

import json
import logging
import os
import resource
import struct
import sys
import warnings
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")
PIXELS, FAILED, UNSUPPORTED = b"p", b"f", b"u"
ANSWERS = (PIXELS, FAILED, UNSUPPORTED)
EXTENDED_12_BIT = "1.2.840.10008.1.2.4.51"
# Of those that pydicom could use the one that is known to end in an error, where there is one.
BY_GDCM = frozenset({"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"})
PLUGIN = {
    "1.2.840.10008.1.2.4.50": "pillow",
    EXTENDED_12_BIT: "pillow",
    "1.2.840.10008.1.2.4.80": "pyjpegls",
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg",
    "1.2.840.10008.1.2.4.91": "pylibjpeg",
    "1.2.840.10008.1.2.4.201": "pylibjpeg",
    "1.2.840.10008.1.2.4.202": "pylibjpeg",
    "1.2.840.10008.1.2.4.203": "pylibjpeg",
    "1.2.840.10008.1.2.5": "pylibjpeg",
}

DECODED = frozenset(PLUGIN) | BY_GDCM


def decode(frame: bytes, request: dict[str, Any]) -> Any:
    """Returns a frame's pixels, (rows, columns), integers as they are stored."""
    syntax = request["syntax"]
    if syntax in BY_GDCM or (syntax == EXTENDED_12_BIT and request["bits_stored"] > 8):
        return _by_gdcm(frame, request)
    from pydicom.encaps import encapsulate
    from pydicom.pixels import get_decoder
    from pydicom.uid import UID

    options: dict[str, Any] = {name: value for name, value in request.items() if name != "syntax"}
    options |= {
        "number_of_frames": 1,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "pixel_keyword": "PixelData",
    }
    decoder = get_decoder(UID(syntax))
    stored, _ = decoder.as_array(encapsulate([frame]), raw=True, decoding_plugin=PLUGIN[syntax], **options)
    return stored


def _by_gdcm(frame: bytes, request: dict[str, Any]) -> Any:
    """Decodes lossless JPEG, and JPEG of 12 bits, which pydicom does not decode by GDCM."""
    import gdcm
    import numpy as np

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((request["columns"], request["rows"], 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(request["syntax"])))
    allocated, stored = request["bits_allocated"], request["bits_stored"]
    signed = request["pixel_representation"]
    image.SetPixelFormat(gdcm.PixelFormat(1, allocated, stored, stored - 1, signed))
    text = image.GetBuffer()  # SWIG hands bytes over as text
    if text is None:
        raise ValueError("GDCM cannot decode it")
    data = text.encode("utf-8", "surrogateescape")
    kind = f"<{'i' if signed else 'u'}{allocated // 8}"
    return np.frombuffer(data, kind).reshape(request["rows"], request["columns"])


def answer(frame: bytes, request: dict[str, Any]) -> tuple[bytes, bytes]:
    """Returns the letter and the bytes of an answer; never the text of what was raised."""
    if request["syntax"] not in DECODED:
        return UNSUPPORTED, b""
    try:
        pixels = decode(frame, request)
        if pixels.shape != (request["rows"], request["columns"]) or pixels.dtype.kind not in "iu":
            return FAILED, b"shape"
        kind = pixels.dtype.newbyteorder("<").str.encode()
        return PIXELS, kind + pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()
    except BaseException as error:  # decoders in Rust panic past Exception
        return FAILED, type(error).__name__.encode()


def _read(stream: BinaryIO) -> bytes:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def main(most_memory: int) -> None:
    """Answers until there are no more requests, in so many bytes of address space."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # native decoders print what they stumble over
        os.dup2(nowhere, descriptor)
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    warnings.simplefilter("ignore")
    while request := _read(requests):
        letter, data = answer(_read(requests), json.loads(request))
        answers.write(letter + LENGTH.pack(len(data)) + data)
        answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
