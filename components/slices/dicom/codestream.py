"""How large a picture a compressed frame itself claims to be: decoders allocate by that, not by the header.

Source: ITU-T T.81 B.2.2 (JPEG), T.87 C.2.2 (JPEG-LS), T.800 A.5.1 and I.4 (JPEG 2000, and JP2's boxes).
"""

import struct

JPEG_START, J2K_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "
# SOF of JPEG (but DHT, JPG, DAC) and of JPEG-LS; each has precision, rows, columns, components.
FRAMES = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
TILE_PART = b"\xff\x90\x00\x0a"  # its marker and length
END_MARKER, END_BYTES = b"\xff\xd9", 10
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def claimed_size(frame: bytes) -> tuple[int, int, int] | None:
    """Returns rows, columns and components that a JPEG, JPEG-LS or JPEG 2000 frame claims, or None.

    None means that it is none of these, or ends before it says.
    """
    if frame.startswith(JP2_SIGNATURE):
        return _of_siz(_codestream_in(frame))
    if frame.startswith(J2K_START):
        return _of_siz(frame)
    if frame.startswith(JPEG_START):
        return _of_frame_header(frame)
    return None


def is_whole(frame: bytes) -> bool:
    """Returns whether nothing is missing at the end of a frame whose size is known.

    Of JPEG and JPEG-LS that is the end marker, behind which padding may stand; of JPEG 2000, whose decoder
    takes what is not there as black, a part of each tile.
    """
    if frame.startswith(JPEG_START):
        return END_MARKER in frame[-END_BYTES:]
    stream = _codestream_in(frame) if frame.startswith(JP2_SIGNATURE) else frame
    width, height, _, _, tile_width, tile_height, left, upper = struct.unpack_from(">8I", stream, 8)
    if not (tile_width and tile_height):
        return False
    tiles = -(-(width - left) // tile_width) * -(-(height - upper) // tile_height)
    return stream.count(TILE_PART) >= tiles  # no marker can occur in the data between them


def _codestream_in(file: bytes) -> bytes:
    """Returns the codestream in the boxes of a JP2 file, which DICOM forbids and some write."""
    at = 0
    while at + 16 <= len(file):
        length, kind = struct.unpack_from(">I4s", file, at)
        header = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", file, at + 8)
            header = 16
        if kind == b"jp2c":
            return file[at + header :]
        if length < header:
            break
        at += length
    return b""


def _of_siz(frame: bytes) -> tuple[int, int, int] | None:
    if len(frame) < 42 or not frame.startswith(J2K_START):
        return None
    right, lower, left, upper = struct.unpack_from(">IIII", frame, 8)
    (components,) = struct.unpack_from(">H", frame, 40)
    return lower - upper, right - left, components


def _of_frame_header(frame: bytes) -> tuple[int, int, int] | None:
    at = len(JPEG_START)
    while at + 4 <= len(frame):
        if frame[at] != 0xFF:
            return None
        marker = frame[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in STANDALONE:
            at += 2
        elif marker in FRAMES:
            if at + 10 > len(frame):
                return None
            _, rows, columns, components = struct.unpack_from(">BHHB", frame, at + 4)
            return rows, columns, components
        else:
            at += 2 + struct.unpack_from(">H", frame, at + 2)[0]
    return None
