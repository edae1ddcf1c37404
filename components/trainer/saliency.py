"""Where in a slice the evidence for a hemorrhage lies, by Grad-CAM, in the graph of the model.

Source: R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization", ICCV 2017, equations 1 and 2, of the logit.
"""

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from components.trainer import model as models
from components.trainer.receptive import Cells, passages

MOST_PIXELS = 8  # from cell to cell; docs/explanations.md has what the maps of other layers point at


class GradCam:
    """A classifier that tells where it looked.

    Attributes:
      cells: The layer whose maps are weighed.
    """

    def __init__(self, model: keras.Model, layer: str = ""):
        """Takes a model apart, sharing its weights.

        Args:
          model: As `model.build` makes it.
          layer: Whose maps are weighed; by default the deepest with a cell every `MOST_PIXELS` or closer.
        Raises:
          ValueError: The trunk has no such layer that all of the signal passes.
        """
        trunk = models.trunk_of(model)
        self.cells = _chosen(trunk, layer)
        at = model.layers.index(trunk)
        self._before = keras.Model(model.inputs, model.layers[at - 1].output)
        self._trunk = keras.Model(trunk.inputs, [trunk.get_layer(self.cells.layer).output, trunk.output])
        self._head = model.layers[-1]
        self._spread = spread(self.cells, model.input_shape[1])

    def __call__(self, pixels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Scores slices and maps the evidence for a hemorrhage.

        Args:
          pixels: float32, (n, side, side, channels), 0..1.
        Returns:
          Probability, float32 (n,), as the model's own; and maps, float32 (n, side, side), 0 or more, in no
          unit: 0 all over where nothing speaks for a hemorrhage.
        """
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            maps, logit = self._forward(pixels)
        # Of the logit: the sigmoid's own gradient vanishes where the model is sure.
        gradient = tf.cast(tape.gradient(logit, maps), tf.float32)
        weights = tf.reduce_mean(gradient, (1, 2), keepdims=True)
        evidence = tf.nn.relu(tf.reduce_sum(weights * tf.cast(maps, tf.float32), -1))
        placed = tf.einsum("ri,nij,cj->nrc", self._spread, evidence, self._spread)
        return tf.sigmoid(logit), placed

    def logit(self, pixels: tf.Tensor) -> tf.Tensor:
        """Returns what the sigmoid is taken of, float32 (n,); `pixels` as of a call."""
        return self._forward(pixels)[1]

    def _forward(self, pixels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        maps, last = self._trunk(self._before(pixels, training=False), training=False)
        pooled = tf.cast(tf.reduce_mean(last, (1, 2)), tf.float32)
        return maps, (tf.matmul(pooled, self._head.kernel) + self._head.bias)[:, 0]


def spread(cells: Cells, side: int) -> npt.NDArray[np.float32]:
    """Returns how much of each cell each pixel of a row gets, (side, cells): all at what the cell sees.

    In between it is linear, and it ends a stride outside the outermost cells, where no cell looks.
    """
    steps = (np.arange(side)[:, np.newaxis] - cells.first) / cells.stride - np.arange(cells.count)
    return np.maximum(0.0, 1.0 - np.abs(steps)).astype(np.float32)


def _chosen(trunk: keras.Model, layer: str) -> Cells:
    found = {cells.layer: cells for cells in passages(trunk)}
    if layer:
        if layer not in found:
            raise ValueError(f"explanations: the trunk has no layer {layer!r} that all of the signal passes")
        return found[layer]
    return [cells for cells in found.values() if cells.stride <= MOST_PIXELS][-1]
