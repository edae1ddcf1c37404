"""Parameters of SliceScorer."""

from components.parameters import Parameters, parameter


class ScorerParams(Parameters):
    """Which slices are scored; all of val and test always are."""

    train_slices: int = parameter(
        "of the train split whole patients are scored until so many slices are; 0 scores none", "slices", ge=0
    )
    seed: int = parameter("which patients of the train split", ge=0, le=2**31 - 1)
