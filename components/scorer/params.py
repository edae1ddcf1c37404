"""Parameters of SliceScorer."""

from components.parameters import Parameters, public_parameter

__all__ = ["ScorerParams"]


class ScorerParams(Parameters):
    """Which slices are scored; all of val and test always are."""

    train_slices: int = public_parameter(
        "of the train split whole patients are scored until so many slices are; 0 scores none", "slices", ge=0
    )
    seed: int = public_parameter("which patients of the train split", ge=0, le=2**31 - 1)
