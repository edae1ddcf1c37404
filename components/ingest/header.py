"""What a sound image file says of itself, and why an unsound one is refused."""

import dataclasses
import enum


class Reason(enum.StrEnum):
    """Why a file cannot become a record."""

    UNREADABLE_FILE = "unreadable_file"
    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    BAD_DIMENSIONS = "bad_dimensions"
    UNKNOWN_COLOUR_MODE = "unknown_colour_mode"
    UNSUPPORTED_CODING = "unsupported_coding"


@dataclasses.dataclass(frozen=True)
class Header:
    """What a sound file says of its image.

    Attributes:
      image_format: One of `features.IMAGE_FORMATS`.
      height: Pixels.
      width: Pixels.
      channels: 1 to 4, once decoded: a palette counts as colour.
      bit_depth: 8 or 16 bits a channel, once decoded: fewer are spread over 8.
    """

    image_format: str
    height: int
    width: int
    channels: int
    bit_depth: int


@dataclasses.dataclass(frozen=True)
class Rejection:
    """Why a file is refused; `detail` never holds its name."""

    reason: Reason
    detail: str = ""
