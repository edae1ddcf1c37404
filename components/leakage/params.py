"""Parameters of LeakageGate."""

from typing import Literal

from components.parameters import Parameters, public_parameter

__all__ = ["LeakageParams"]


class LeakageParams(Parameters):
    """When two slices are the same, and what is done about it."""

    action: Literal["fail", "drop", "warn"] = public_parameter(
        "fail stops the run, drop leaves the training copies out, warn goes on with a warning"
    )
    max_hash_distance: int = public_parameter(
        "two slices whose brightness steps differ in more places are not alike", "places of 256", ge=0, le=24
    )
    min_correlation: float = public_parameter(
        "of those that differ in fewer, two are alike if their edges correlate so well", "0..1", ge=0, le=1
    )
    max_dropped_share: float = public_parameter(
        "drop stops the run if it would leave out more of a split", "0..1", ge=0, le=1
    )
    example_pairs: int = public_parameter(
        "pairs of slices shown and listed, of each finding some", "pairs", ge=1
    )
