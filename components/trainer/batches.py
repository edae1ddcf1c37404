"""The input of one epoch: shuffled, augmented and weighed by class, all from a seed."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from components.trainer import augment
from components.trainer.params import TrainerParams
from components.trainer.slices import Slices
from schemas import features

__all__ = ["class_weights", "training"]

ClassWeights = tuple[float, float]


def class_weights(targets: npt.NDArray[np.float32], kind: Literal["none", "balanced"]) -> ClassWeights:
    """Returns the weights of the classes normal and hemorrhage in the loss.

    Balanced weights are n / (2 * n_class), so that both classes weigh the same in all and
    the mean weight of a slice is 1.

    Raises:
      ValueError: Balanced weights are asked for and one class is missing.
    """
    if kind == "none":
        return 1.0, 1.0
    hemorrhages = int(targets.sum())
    normals = len(targets) - hemorrhages
    if not hemorrhages or not normals:
        raise ValueError(
            f"trainer.class_weights=balanced: split train has {normals} normal and {hemorrhages} hemorrhage "
            "slices; both classes are needed"
        )
    return len(targets) / (2 * normals), len(targets) / (2 * hemorrhages)


def training(slices: Slices, weights: ClassWeights, params: TrainerParams, epoch: int) -> tf.data.Dataset:
    """Returns (pixels, target, weight) batches of one epoch, a function of `params.seed` and `epoch`.

    Every slice comes once. Batches differ by at most one slice, since a stub at the end would
    spoil the statistics of batch normalisation.

    Returns:
      pixels float32 (b, side, side, channels) in 0..1; target and weight float32 (b, 1).
    """
    order = np.random.default_rng([params.seed, epoch]).permutation(len(slices))
    batches = _batches(slices, order, weights, params.batch_size)
    epoch_seed = tf.constant([params.seed, epoch], tf.int32)

    def augmented(step: tf.Tensor, pixels: tf.Tensor, *rest: tf.Tensor) -> tuple[tf.Tensor, ...]:
        seed = tf.random.fold_in(epoch_seed, step)
        return augment.augment(pixels, seed, params), *rest

    steps = tf.data.Dataset.range(len(batches))
    zipped = tf.data.Dataset.zip(steps, batches).map(
        lambda step, batch: augmented(step, *batch), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    )
    return zipped.prefetch(tf.data.AUTOTUNE)


def in_order(slices: Slices, batch_size: int, at_most: int | None = None) -> tf.data.Dataset:
    """Returns (pixels, target, weight) batches without shuffling or augmentation, all weights 1.

    Args:
      slices: What to go through.
      batch_size: Slices a batch.
      at_most: Evenly spread slices to take; None for all.
    """
    count = len(slices) if at_most is None else min(at_most, len(slices))
    order = np.linspace(0, len(slices) - 1, count).round().astype(np.int64)
    return _batches(slices, order, (1.0, 1.0), batch_size).prefetch(tf.data.AUTOTUNE)


def _batches(
    slices: Slices, order: npt.NDArray[np.int64], weights: ClassWeights, batch_size: int
) -> tf.data.Dataset:
    parts: Sequence[npt.NDArray[np.int64]] = np.array_split(order, -(-len(order) // batch_size))

    def read(step: int) -> tuple[npt.NDArray, npt.NDArray, npt.NDArray]:
        part = np.sort(parts[step])  # ascending reads are kinder to a disk; a batch has no order
        targets = slices.targets[part, np.newaxis]
        return slices.pixels[part], targets, np.asarray(weights, np.float32)[targets.astype(np.int64)]

    def batch(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        pixels, targets, weights = tf.numpy_function(read, [step], [tf.uint8, tf.float32, tf.float32])
        pixels = (
            tf.cast(tf.ensure_shape(pixels, (None, *slices.pixels.shape[1:])), tf.float32)
            / features.PIXEL_LEVELS
        )
        return pixels, tf.ensure_shape(targets, (None, 1)), tf.ensure_shape(weights, (None, 1))

    return tf.data.Dataset.range(len(parts)).map(
        batch, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    )
