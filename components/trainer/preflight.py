"""What of a training can be refused before any node runs."""

from components.trainer import trunks, weights
from components.trainer.params import TrainerParams

__all__ = ["check"]


def check(params: TrainerParams, image_side: int) -> None:
    """Checks that a training with these settings can begin, without reading or fetching weights.

    Args:
      params: The recipe.
      image_side: Of a transformed slice, pixels.
    Raises:
      FileNotFoundError: There is no such file of weights.
      ValueError: The trunk does not go with the side of the slices or with the weights.
    """
    trunks.check_side(params.trunk, image_side)
    weights.check(params.trunk, params.weights)
