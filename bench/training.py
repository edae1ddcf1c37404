"""What the benches of training have in common with each other: settings, slices, a bare compile."""

import keras
import numpy as np

from bench.sizes import GREY, Sizes
from components.trainer.params import TrainerParams
from components.trainer.slices import Slices
from pipeline.settings.config import Config
from pipeline.settings.loading import load


def demo_settings(sizes: Sizes) -> Config:
    """Returns the demo's settings, with the trunk to measure."""
    return load("demo", [f"trainer.trunk={sizes.trunk}", GREY], environment={}).config


def training_params(sizes: Sizes) -> TrainerParams:
    """Returns the demo's recipe, with the trunk to measure."""
    return demo_settings(sizes).trainer


def random_slices(count: int, sizes: Sizes) -> Slices:
    """Returns noise of the demo's size in two classes: what it shows does not change what it costs."""
    shape = demo_settings(sizes).transform
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (count, shape.image_side, shape.image_side, shape.channels), np.uint8)
    return Slices(pixels, (np.arange(count) % 2).astype(np.float32))


def compile_bare(model: keras.Model, params: TrainerParams, jit_compile: bool | str) -> None:
    """Compiles a model as a plain script does."""
    model.compile(
        optimizer=keras.optimizers.Adam(params.learning_rate),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy(name="binary_accuracy")],
        jit_compile=jit_compile,
    )
