"""Parameters of Transform."""

from typing import Literal

from components.parameters import Parameters, public_parameter

__all__ = ["TransformParams"]


class TransformParams(Parameters):
    """What a slice looks like when it reaches the model."""

    image_side: int = public_parameter(
        "side of the square image that the model sees", "pixels", ge=32, le=1024
    )
    channels: Literal[0, 1, 3] = public_parameter(
        "1 for grey, 3 for colour; 0 for what the data have: grey of images, one a window of DICOM",
        "channels",
    )
