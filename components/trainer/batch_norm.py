"""Batch normalisation statistics measured over whole batches instead of moving averages.

Source: Y. Wu and J. Johnson, "Rethinking 'Batch' in BatchNorm", arXiv:2105.07576, section 3
(PreciseBN): moving averages lag behind fast changing weights, so that a network trained for
some hundred steps validates far worse than it trains.
"""

import keras
import numpy as np
import tensorflow as tf

from components.trainer import model as models


class BatchNormStatistics:
    """Measures the statistics of a model's batch normalisation layers anew."""

    def __init__(self, model: keras.Model):
        self._layers = models.batch_norms(model)
        self._forward = tf.function(lambda pixels: model(pixels, training=True), reduce_retracing=True)

    def measure(self, batches: tf.data.Dataset) -> None:
        """Sets moving means and variances to their averages over batches, with the weights as they are.

        Args:
          batches: Tuples that begin with pixels, float32 (b, side, side, channels).
        """
        layers = [layer for layer in self._layers if layer.trainable]  # a frozen one keeps its statistics
        variables = [v for layer in layers for v in (layer.moving_mean, layer.moving_variance)]
        sums = [np.zeros(variable.shape, np.float64) for variable in variables]
        count = 0
        momenta = [layer.momentum for layer in layers]
        try:
            for layer in layers:
                layer.momentum = 0.0  # a batch's own statistics then are what the forward pass stores
            for pixels, *_ in batches:
                self._forward(pixels)
                count += 1
                for total, variable in zip(sums, variables, strict=True):
                    total += variable.numpy()
        finally:
            for layer, momentum in zip(layers, momenta, strict=True):
                layer.momentum = momentum
        for total, variable in zip(sums, variables, strict=True):
            variable.assign((total / count).astype(np.float32))
