"""Parameters of SliceFilter."""

from components.parameters import Parameters, public_parameter

__all__ = ["FilterParams"]


class FilterParams(Parameters):
    """Which slices are worth learning from."""

    enabled: bool = public_parameter("false keeps every readable slice, to compare models with and without")
    min_brain_share: float = public_parameter(
        "a slice with a smaller share of pixels inside the brain window is dropped", "0..1", ge=0, le=1
    )
    max_lost_hemorrhage_share: float = public_parameter(
        "past this share of hemorrhage slices that would be dropped the run stops", "0..1", ge=0, le=1
    )
    contact_sheet_slices: int = public_parameter(
        "slices shown on each half of the contact sheet", "slices", ge=1
    )
