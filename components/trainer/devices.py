"""What the machine offers: GPUs where there are any, in a reproducible way on each kind."""

import contextlib
import functools
from collections.abc import Iterator

import keras
import tensorflow as tf

__all__ = ["precision", "quick_graphs", "reproducible", "strategy"]

MIXED = "mixed_float16"
PLAIN = "float32"


def reproducible(seed: int) -> None:
    """Seeds what draws at random, and makes GPU kernels deterministic, which CPU kernels are already.

    Args:
      seed: 0 to 2^31 - 1.
    """
    keras.utils.set_random_seed(seed)
    if _gpus():
        tf.config.experimental.enable_op_determinism()


@functools.cache
def strategy() -> tf.distribute.Strategy:
    """Returns a strategy over all GPUs of this machine, or the plain one without a GPU.

    It is one a process, since each numbers its collective operations anew and two would mix them up.
    """
    return tf.distribute.MirroredStrategy() if _gpus() else tf.distribute.get_strategy()


@contextlib.contextmanager
def precision(mixed: bool) -> Iterator[None]:
    """Builds layers in 16-bit floats inside the context, where asked for and where a GPU is present."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(MIXED if mixed and _gpus() else PLAIN)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def quick_graphs() -> Iterator[None]:
    """Leaves out graph rewriting inside the context, on CPUs.

    There it costs a fifth of the CPU time of InceptionV3's first training step and makes no later
    step faster; on GPUs it picks the memory layout.
    """
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": not _gpus()})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False, **before})


def _gpus() -> list[tf.config.PhysicalDevice]:
    return tf.config.list_physical_devices("GPU")
