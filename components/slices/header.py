"""What a sound image file says of itself, and why an unsound one is refused."""

import dataclasses
import enum

from components.slices.params import ReadingParams

__all__ = ["LEFT_OUT", "Header", "Reason", "Rejection"]


class Reason(enum.StrEnum):
    """Why a file cannot or does not become a record."""

    UNREADABLE_FILE = "unreadable_file"
    UNLISTED_FOLDER = "unlisted_folder"  # the system does not say what is in it
    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    BAD_DIMENSIONS = "bad_dimensions"
    UNKNOWN_COLOUR_MODE = "unknown_colour_mode"
    UNSUPPORTED_CODING = "unsupported_coding"
    TOO_LARGE = "too_large"
    NO_HU = "no_hu"  # a DICOM image whose values cannot be converted to HU

    # Sound DICOM files that are no slice to learn from; these do not count as unreadable.
    NOT_A_CT_IMAGE = "not_a_ct_image"  # dose report, secondary capture, another modality, DICOMDIR
    LOCALIZER = "localizer"
    DERIVED = "derived"  # reformats, projections
    NOT_AXIAL = "not_axial"
    OTHER_SERIES = "other_series"  # of a study of which another series was chosen
    DUPLICATE = "duplicate"  # a second file of the same SOP instance
    UNLABELLED = "unlabelled"  # the table does not name it, or it lies in no class folder
    OTHER_FILE = "other_file"  # neither begins like a DICOM file nor is named like one


LEFT_OUT = frozenset(
    {
        Reason.NOT_A_CT_IMAGE,
        Reason.LOCALIZER,
        Reason.DERIVED,
        Reason.NOT_AXIAL,
        Reason.OTHER_SERIES,
        Reason.DUPLICATE,
        Reason.UNLABELLED,
        Reason.OTHER_FILE,
    }
)


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


def fault_of_sides(rows: int, columns: int, params: ReadingParams) -> Rejection | None:
    """Returns why an image of so many pixels is refused, or None."""
    if all(params.min_side <= side <= params.max_side for side in (rows, columns)):
        return None
    return Rejection(
        Reason.BAD_DIMENSIONS,
        f"{columns} x {rows} pixels, allowed {params.min_side} to {params.max_side} a side",
    )
