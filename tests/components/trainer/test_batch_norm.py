"""Batch normalisation statistics against NumPy, and their effect."""

import csv
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import tensorflow as tf

from components.trainer import model as models
from components.trainer.batch_norm import BatchNormStatistics
from components.trainer.run import run_fn

pytestmark = pytest.mark.tf


def test_statistics_are_the_means_over_batches_of_what_the_first_convolution_gives(made: ModuleType):
    model = models.build(made.params(batch_norm_momentum=0.99), (64, 64, 1))
    pixels = np.random.default_rng(0).uniform(0, 1, (6, 64, 64, 1)).astype(np.float32)
    BatchNormStatistics(model).measure(tf.data.Dataset.from_tensor_slices((pixels, pixels)).batch(2))

    convolution = models.trunk_of(model).layers[1]
    maps = convolution(np.repeat(pixels * 2 - 1, 3, axis=-1)).numpy()
    maps = maps.reshape(3, 2, *maps.shape[1:])
    first = models.batch_norms(model)[0]
    np.testing.assert_allclose(first.moving_mean, maps.mean(axis=(1, 2, 3)).mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(first.moving_variance, maps.var(axis=(1, 2, 3)).mean(axis=0), rtol=1e-3)
    assert {layer.momentum for layer in models.batch_norms(model)} == {0.99}


def test_where_averages_lag_measured_statistics_show_what_was_learnt(
    made: ModuleType, inputs: Path, tmp_path: Path
):
    val_losses = {}
    for batches in (0, 4):
        params = made.params(batch_norm_momentum=0.9999, batch_norm_batches=batches)
        run_fn(made.fn_args(inputs, tmp_path / str(batches), params))
        with (tmp_path / str(batches) / "model_run" / "history.csv").open() as file:
            last = list(csv.DictReader(file))[-1]
        assert float(last["binary_accuracy"]) > 0.8  # both have learnt
        val_losses[batches] = float(last["val_loss"])
    assert val_losses[4] < val_losses[0] / 2
