"""Parameters of explanations."""

from components.parameters import Parameters, parameter

__all__ = ["ExplainParams"]


class ExplainParams(Parameters):
    """How integrated gradients are taken, and how maps are judged by masks."""

    steps: int = parameter("of integrated gradients, from black to the slice", "steps", ge=1)
    smoothing_share: float = parameter(
        "integrated gradients are smoothed by a Gaussian of this share of the side as its standard deviation",
        "0..1", ge=0, le=0.5,
    )  # fmt: skip
    tolerance: float = parameter(
        "a map's peak hits a mask that it is at most so far from", "pixels of the slice", ge=0
    )
    shuffles: int = parameter("times that weights are shuffled, to compare maps with", ge=1, le=100)
    seed: int = parameter("of the shuffled weights", ge=0, le=2**30)
