"""Encoded slices to pixels, grey or by channel: a single decode, every failure reported in the same way."""

import contextlib
import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["Grey", "UndecodableImage", "decode_grey", "decode_seen"]

Grey = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

MAX_PIXELS = 8192 * 8192  # a decompression bomb's header says more; ten times a mammogram's, 64 MB as grey
FORMATS = ("PNG", "JPEG")  # Pillow's names; its other readers stay out of reach of a file's first bytes
GREY_16_BIT = ("I;16", "I;16B", "I;16L")  # how Pillow calls a 16-bit grey image
CHANNEL_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}  # 8 bits a channel, by number of channels
CONVERTIBLE = ("1", "LA", "P", "PA", "RGB", "RGBA")  # to luma, with no doubt about what is meant


class UndecodableImage(ValueError):
    """An image cannot be decoded; the message is a short reason without file name or content."""


def decode_grey(encoded: bytes) -> Grey:
    """Decodes a PNG or JPEG to grey values over the full range of their bit depth.

    Colour becomes ITU-R 601 luma, alpha is ignored, palettes are looked up, 1 to 4 bits are
    stretched to 8. Grey PNGs of 16 bits keep them; 16-bit colour comes out with 8.

    Args:
      encoded: A whole file.
    Returns:
      (rows, columns); uint8, 0..255, or uint16, 0..65535.
    Raises:
      UndecodableImage: It is damaged, neither PNG nor JPEG, of an unknown colour mode, or its header
        asks for more than `MAX_PIXELS`; in that case nothing was decoded.
    Source: ITU-R BT.601-7, 2.5.1 (luma).
    """
    with opened(encoded) as image:
        if image.mode == "L":
            return np.asarray(image)
        if image.mode in GREY_16_BIT:
            return np.asarray(image).astype(np.uint16, copy=False)
        if image.mode in CONVERTIBLE:
            return np.asarray(image.convert("L"))
        raise UndecodableImage(f"colour mode {image.mode}")


def decode_channels(encoded: bytes, channels: int) -> npt.NDArray[np.uint8]:
    """Decodes a PNG or JPEG whose channels are pictures of their own, such as windows of HU.

    Args:
      encoded: A whole file.
      channels: As many as there must be, 1 to 4.
    Returns:
      uint8 (rows, columns, channels), values as stored.
    Raises:
      UndecodableImage: As `decode_grey`, or it has other channels than `channels` of 8 bits.
    """
    with opened(encoded) as image:
        if image.mode != CHANNEL_MODES.get(channels):
            raise UndecodableImage(f"colour mode {image.mode}, expected {channels} channels of 8 bits")
        values = np.asarray(image)
        return values.reshape(*values.shape[:2], channels)


def decode_seen(encoded: bytes, windows: int) -> Grey:
    """Decodes a slice to grey as a person sees it: the first of its windows of HU, or luma without any.

    Args:
      encoded: A whole file.
      windows: How many windows of HU its channels are; 0 for an image.
    Returns:
      (rows, columns); uint8 or uint16.
    Raises:
      UndecodableImage: As `decode_channels` and `decode_grey`.
    """
    return decode_channels(encoded, windows)[..., 0] if windows else decode_grey(encoded)


@contextlib.contextmanager
def opened(encoded: bytes) -> Iterator[Image.Image]:
    """Opens an image whose size is within bounds; whatever goes wrong while it is open raises the same error.

    Raises:
      UndecodableImage: As `decode_grey`.
    """
    if not encoded:
        raise UndecodableImage("empty file")
    try:
        with Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
            columns, rows = image.size
            if columns * rows > MAX_PIXELS:
                raise UndecodableImage(f"more than {MAX_PIXELS} pixels")
            yield image
    except (UndecodableImage, MemoryError):  # within these bounds it is the machine that is short of memory
        raise
    except Image.DecompressionBombError as error:
        raise UndecodableImage(f"more than {MAX_PIXELS} pixels") from error
    except Image.UnidentifiedImageError as error:
        raise UndecodableImage("neither PNG nor JPEG") from error
    except Exception as error:  # Pillow raises nearly anything on damaged files
        raise UndecodableImage("damaged or truncated") from error
