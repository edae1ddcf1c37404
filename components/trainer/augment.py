"""Random changes of training slices that leave a head a head.

Left-right flips keep the anatomy, since a head is nearly symmetric; up-down flips don't and
are not offered. Brightness is a factor, so that air stays black.
"""

import math

import tensorflow as tf

from components.trainer.params import TrainerParams


def augment(pixels: tf.Tensor, seed: tf.Tensor, params: TrainerParams) -> tf.Tensor:
    """Changes each slice of a batch at random within the bounds of the parameters.

    Args:
      pixels: float32, (n, side, side, channels), 0..1.
      seed: int32, (2,); the same seed gives the same result.
      params: Bounds; with all of them zero the slices come back as they are.
    Returns:
      float32, shaped like `pixels`, 0..1; what moves in from outside is black.
    """
    seeds = tf.unstack(tf.random.split(seed, 6))
    count = tf.shape(pixels)[0]
    if params.flip:
        flipped = tf.random.stateless_uniform([count, 1, 1, 1], seeds[0]) < 0.5
        pixels = tf.where(flipped, tf.reverse(pixels, axis=[2]), pixels)
    if params.rotation_degrees or params.shift_share or params.zoom_share:
        angle = _around_zero(count, seeds[1], math.radians(params.rotation_degrees))
        down = _around_zero(count, seeds[2], params.shift_share)
        right = _around_zero(count, seeds[3], params.shift_share)
        scale = 1.0 + _around_zero(count, seeds[4], params.zoom_share)
        pixels = moved(pixels, angle, down, right, scale)
    if params.brightness_share:
        factor = 1.0 + _around_zero(count, seeds[5], params.brightness_share)
        pixels = tf.clip_by_value(pixels * factor[:, tf.newaxis, tf.newaxis, tf.newaxis], 0.0, 1.0)
    return pixels


def moved(
    pixels: tf.Tensor, angle: tf.Tensor, down: tf.Tensor, right: tf.Tensor, scale: tf.Tensor
) -> tf.Tensor:
    """Rotates slices about their centre, scales them about it, then shifts them.

    Args:
      pixels: float32, (n, side, side, channels).
      angle: (n,), radians, clockwise as seen on a screen.
      down: (n,), share of the side.
      right: (n,), share of the side.
      scale: (n,), factor; above 1 makes the head larger.
    Returns:
      float32, shaped like `pixels`, bilinear, black outside.
    """
    side = tf.cast(tf.shape(pixels)[1], tf.float32)
    centre = (side - 1.0) / 2.0
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    # The op asks where each output pixel comes from: undo the shift, then rotate back and scale back.
    x, y = centre + right * side, centre + down * side
    from_x = tf.stack([cosine, sine, centre - cosine * x - sine * y], axis=1)
    from_y = tf.stack([-sine, cosine, centre + sine * x - cosine * y], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pixels,
        transforms=tf.concat([from_x, from_y, tf.zeros_like(from_x[:, :2])], axis=1),
        output_shape=tf.shape(pixels)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )


def _around_zero(count: tf.Tensor, seed: tf.Tensor, bound: float) -> tf.Tensor:
    return tf.random.stateless_uniform([count], seed, -bound, bound)
