"""Integrated gradients: how much each pixel adds to a logit on the way from black to the slice.

Source: Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from scipy import ndimage

AT_ONCE = 16  # steps a call of the model

Values = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Attributions:
    """What the pixels of one slice add to its logit.

    Attributes:
      values: float32 (side, side), summed over channels; they may be negative.
      rise: The slice's logit less that of black, which the values ought to sum up to.
      gap: How far their sum is from that; it falls with the number of steps.
    """

    values: Values
    rise: float
    gap: float


def integrated_gradients(
    logit: Callable[[tf.Tensor], tf.Tensor], pixels: tf.Tensor, steps: int
) -> Attributions:
    """Attributes one slice's logit to its pixels.

    Args:
      logit: Differentiable, float32 (n, side, side, channels) to (n,).
      pixels: float32 (side, side, channels), 0..1.
      steps: Places on the way, in the middle of as many equal parts.
    """
    total = np.zeros(pixels.shape, np.float64)
    places = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    for start in range(0, steps, AT_ONCE):
        way = places[start : start + AT_ONCE, np.newaxis, np.newaxis, np.newaxis] * pixels
        with tf.GradientTape() as tape:
            tape.watch(way)
            value = logit(way)
        total += tape.gradient(value, way).numpy().sum(axis=0, dtype=np.float64)
    values = total / steps * pixels.numpy()
    ends = logit(tf.stack([pixels, tf.zeros_like(pixels)])).numpy().astype(np.float64)
    rise = float(ends[0] - ends[1])
    return Attributions(values.sum(-1).astype(np.float32), rise, float(abs(values.sum() - rise)))


def smoothed(values: Values, share: float) -> Values:
    """Returns what speaks for a hemorrhage, smoothed, float32 (side, side), 0 or more.

    Single pixels mean little to a convolutional network: it is their neighbourhood that adds up. Where a
    neighbourhood reaches beyond the picture, its mean is of what lies inside.

    Args:
      values: float32 (side, side).
      share: Standard deviation of the Gaussian as a share of the side; 0 leaves the values sharp.
    """
    positive = values.clip(0)
    if not share:
        return positive
    of_values, of_weights = (
        ndimage.gaussian_filter(picture, share * len(values), mode="constant")
        for picture in (positive, np.ones_like(positive))
    )
    return np.asarray(of_values / of_weights)
