"""Latency of the served model beside the bare Keras model's on the same slices."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from bench import graph_runs
from bench.cost import MILLISECONDS, cost_of, median
from bench.sections import Section, Table
from bench.workplace import Workplace
from components.operating_point.saved_model import set_operating_point
from components.trainer import export
from components.trainer import model as models
from pipeline.graph import build_pipeline
from schemas import features
from schemas.accounts.model import TrainedOn

REQUESTS = (1, 8, 32, 64)  # slices
SIGNATURES = ("serving_bytes", "explain_bytes")


def run(place: Workplace) -> Section:
    """Calls the signatures and the model behind them in turn, with requests of several sizes."""
    sizes = place.sizes
    data = place.folders().small
    output = place.scratch("graph")
    config = graph_runs.settings(data, output, f"trainer.trunk={sizes.trunk}", "trainer.weights=none")
    layer, shape = graph_runs.run(build_pipeline(config), config, "Transform").transform()
    model = models.build(config.trainer, shape)
    trained, served = (str(place.scratch(name)) for name in ("trained", "served"))
    export.write(model, layer, trained, TrainedOn(windows="", image_side=shape[0], channels=shape[2]))
    set_operating_point(trained, served, config.threshold.value, 1.0)
    loaded = tf.saved_model.load(served)
    encoded = place.folders().encoded()[: max(REQUESTS)]
    pixels = layer({features.IMAGE: tf.constant(encoded)[:, tf.newaxis]})[features.PIXELS]
    bare = tf.function(lambda some: model(some, training=False), reduce_retracing=True)
    rows = []
    for size in REQUESTS:
        place.say(f"requests of {size}")
        images = tf.constant(np.resize(np.array(encoded, object), size), tf.string)
        floats = tf.repeat(pixels[:1], size, axis=0)
        calls = {"bare": _calling(bare, floats)} | {
            name: _calling(loaded.signatures[name], images) for name in SIGNATURES
        }
        for call in calls.values():
            call()
        costs = {
            name: [cost_of(call) / size for _ in range(sizes.rounds * 3)] for name, call in calls.items()
        }
        wall = {name: median(each).wall * MILLISECONDS for name, each in costs.items()}
        rows.append(
            (str(size), *(f"{each:.1f}" for each in wall.values()),
             *(f"{wall[name] / wall['bare']:.2f}" for name in SIGNATURES))
        )  # fmt: skip
    return Section(
        title="Serving",
        method=(
            f"Wall time of a slice, ms: {sizes.trunk} at {shape[0]} px on PNG files of {sizes.side} px, "
            f"medians of {sizes.rounds * 3} requests. The bare model gets pixels that are decoded "
            "already. No server is in between."
        ),
        table=Table(
            ("slices a request", "bare Keras model", "serving_bytes", "explain_bytes", "times the bare model",
             "explained, times the bare model"),
            rows,
        ),
        verdict="What `serving_bytes` takes beyond the bare model is decoding, resizing and checking files.",
    )  # fmt: skip


def _calling(call: Callable[[tf.Tensor], object], items: tf.Tensor) -> Callable[[], object]:
    return lambda: call(items)
