"""How large a picture a compressed frame itself claims to be: decoders allocate by that, not by the header.

Source: ITU-T T.81 B.2.2 (JPEG), T.87 C.2.2 (JPEG-LS), T.800 A.5.1 (JPEG 2000).
"""

import struct

JPEG_START, J2K_START = b"\xff\xd8", b"\xff\x4f\xff\x51"
JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "
# SOF of JPEG (but DHT, JPG, DAC) and of JPEG-LS; each has precision, rows, columns, components.
FRAMES = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def claimed_size(frame: bytes) -> tuple[int, int, int] | None:
    """Returns rows, columns and components that a JPEG, JPEG-LS or JPEG 2000 frame claims, or None.

    None means that it is none of these, or ends before it says.
    """
    if frame.startswith(JP2_SIGNATURE):
        start = frame.find(J2K_START)
        return None if start < 0 else claimed_size(frame[start:])
    if frame.startswith(J2K_START):
        return _of_siz(frame)
    if frame.startswith(JPEG_START):
        return _of_frame_header(frame)
    return None


def _of_siz(frame: bytes) -> tuple[int, int, int] | None:
    if len(frame) < 42:
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
