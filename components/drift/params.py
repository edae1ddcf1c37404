"""Parameters of a drift check."""

from components.parameters import Parameters, parameter

__all__ = ["DriftParams"]


class DriftParams(Parameters):
    """When a comparison can be trusted; thresholds stand in the schema."""

    min_slices: int = parameter(
        "a folder with fewer slices that show enough brain is warned about", "slices", ge=1
    )
