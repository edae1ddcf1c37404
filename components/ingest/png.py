"""The structure of a PNG file.

Source: W3C, Portable Network Graphics (PNG) Specification (Third Edition), sections 5 and 11.
"""

import struct
import zlib

from components.ingest.header import Header, Reason, Rejection

SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR_BYTES = 13
CHUNK_FRAME_BYTES = 12  # length, type, CRC
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 3, GREY_ALPHA: 2, RGB_ALPHA: 4}
BIT_DEPTHS = {
    GREY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    RGB_ALPHA: (8, 16),
}


def inspect(data: bytes) -> Header | Rejection:
    """Walks all chunks to IEND and checks each one's length and CRC.

    Greys of 1, 2 and 4 bits and palettes are taken, since tools that shrink PNGs write blank slices
    so; any decoder spreads them over 8 bits.

    Args:
      data: Starts with `SIGNATURE`.
    """
    header: Header | None = None
    seen = set()
    at = len(SIGNATURE)
    while True:
        if at + CHUNK_FRAME_BYTES > len(data):
            return Rejection(Reason.TRUNCATED, f"ends at byte {len(data)}, within or before a chunk")
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + CHUNK_FRAME_BYTES + length
        if not kind.isalpha() or length >= 2**31:
            return Rejection(Reason.CORRUPT, f"no chunk at byte {at}")
        if end > len(data):
            return Rejection(
                Reason.TRUNCATED, f"ends {end - len(data)} bytes early, in chunk {kind.decode()}"
            )
        if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            return Rejection(Reason.CORRUPT, f"chunk {kind.decode()}: its CRC does not match")
        if header is None:
            found = _header(kind, data[at + 8 : end - 4])
            if isinstance(found, Rejection):
                return found
            header = found
        elif kind == b"IHDR":
            return Rejection(Reason.CORRUPT, "a second IHDR chunk")
        if kind == b"acTL":
            return Rejection(Reason.UNSUPPORTED_CODING, "an animation (APNG)")
        seen.add(kind)
        if kind == b"IEND":
            return _complete(header, seen, data)
        at = end


def _header(kind: bytes, body: bytes) -> Header | Rejection:
    if kind != b"IHDR" or len(body) != IHDR_BYTES:
        return Rejection(Reason.CORRUPT, "does not begin with an IHDR chunk of 13 bytes")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if depth not in BIT_DEPTHS.get(colour, ()):
        return Rejection(Reason.UNKNOWN_COLOUR_MODE, f"colour type {colour} of {depth} bits")
    if compression or filtering or interlace > 1:
        return Rejection(
            Reason.CORRUPT, f"compression {compression}, filter {filtering}, interlace {interlace}"
        )
    return Header("png", height, width, CHANNELS[colour], max(depth, 8))


def _complete(header: Header, seen: set[bytes], data: bytes) -> Header | Rejection:
    if b"IDAT" not in seen:
        return Rejection(Reason.CORRUPT, "no IDAT chunk")
    if data[len(SIGNATURE) + 8 + 9] == PALETTE and b"PLTE" not in seen:
        return Rejection(Reason.CORRUPT, "a palette image with no PLTE chunk")
    return header
