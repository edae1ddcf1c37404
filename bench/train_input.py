"""The Trainer's input beside Keras' ImageDataGenerator on the same files."""

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from bench import graph_runs
from bench.cost import MILLISECONDS, Cost, cost_of, median
from bench.graph_runs import GraphRun
from bench.sections import Section, Table, judged
from bench.workplace import Workplace
from components.phantoms.dataset import TABLE
from components.trainer import batches, slices
from components.trainer.slices import Slices
from pipeline.graph import build_pipeline
from pipeline.settings.config import Config
from schemas.features import PIXEL_LEVELS

BUDGET = 5.0  # times faster than ImageDataGenerator
GENERATOR = "ImageDataGenerator, nearest (its default)"
SAME_PIXELS = "ImageDataGenerator, bilinear (ichor's pixels)"
FIRST, STEADY = "ichor, first pass into the cache", "ichor, later epochs"


def run(place: Workplace) -> Section:
    """Measures epochs of both on the large folder."""
    sizes, data = place.sizes, place.folders().large
    output = place.scratch("run")
    config = graph_runs.settings(data, output)
    place.say("the graph up to Transform")
    done = graph_runs.run(build_pipeline(config), config, "Transform")
    ours, generators = (
        _Ours(done, config, output),
        {GENERATOR: _generator(data, config, "nearest"), SAME_PIXELS: _generator(data, config, "bilinear")},
    )
    costs: dict[str, list[Cost]] = {GENERATOR: [], SAME_PIXELS: [], FIRST: [], STEADY: []}
    for number in range(1, sizes.rounds + 1):
        place.say(f"round {number} of {sizes.rounds}")
        costs[FIRST].append(cost_of(ours.load))
        costs[STEADY].append(cost_of(lambda: ours.epochs(sizes.epochs)) / sizes.epochs)
        for name, generator in generators.items():
            costs[name].append(cost_of(partial(_go_through, generator)))
    a_slice = {name: median(measured) / sizes.large for name, measured in costs.items()}
    averaged = f"ichor, averaged over {sizes.epochs} epochs"
    a_slice[averaged] = a_slice[FIRST] / sizes.epochs + a_slice[STEADY]
    plain = a_slice[GENERATOR]
    return Section(
        title="The Trainer's input",
        method=(
            f"{sizes.large} phantom slices of {sizes.side} px to batches of {config.trainer.batch_size} grey "
            f"slices of {config.transform.image_side} px, not augmented; medians of {sizes.rounds}. "
            "ImageDataGenerator rescales, flows from a data frame and shuffles; each of its epochs reads, "
            "decodes and resizes every file. "
            "ichor's first pass includes tracing the transform graph."
        ),
        table=Table(
            ("input", "CPU, ms a slice", "times faster", "wall, ms a slice", "times faster"),
            [
                (
                    name,
                    f"{cost.cpu * MILLISECONDS:.3f}", f"{plain.cpu / cost.cpu:.1f}",
                    f"{cost.wall * MILLISECONDS:.3f}", f"{plain.wall / cost.wall:.1f}",
                )
                for name, cost in a_slice.items()
            ],
        ),
        verdict=" ".join(
            judged(f"{kind} beside {other}, times faster", ratio, BUDGET, at_least=True)
            for kind, other, ratio in (
                ("Wall time", GENERATOR, plain.wall / a_slice[averaged].wall),
                ("CPU time", GENERATOR, plain.cpu / a_slice[averaged].cpu),
                ("CPU time", SAME_PIXELS, a_slice[SAME_PIXELS].cpu / a_slice[averaged].cpu),
            )
        ),
    )  # fmt: skip


class _Ours:
    """The Trainer's input on what a run of the graph left."""

    def __init__(self, done: GraphRun, config: Config, folder: Path):
        self._layer, self._shape = done.transform()
        self._patterns = {"all": done.records()}
        self._params, self._folder = config.trainer, folder
        self._loaded: dict[str, Slices] = {}

    def load(self) -> None:
        """The first pass."""
        self._loaded = slices.load(
            self._patterns, self._layer, self._shape, self._params.cache_megabytes, self._folder
        )

    def epochs(self, count: int) -> None:
        """So many epochs after it."""
        for number in range(count):
            for batch in batches.training(self._loaded["all"], (1.0, 1.0), self._params, number):
                tf.nest.flatten(batch)


def _go_through(generator: Sequence[Any]) -> None:
    for at in range(len(generator)):
        generator[at]


def _generator(data: Path, config: Config, interpolation: str) -> Sequence[Any]:
    with (data / TABLE).open(newline="", encoding="utf-8") as table:
        frame = pd.DataFrame(csv.DictReader(table))
    return ImageDataGenerator(rescale=1 / PIXEL_LEVELS).flow_from_dataframe(
        frame,
        directory=str(data),
        x_col="file",
        y_col="hemorrhage",
        class_mode="binary",
        color_mode="grayscale" if config.transform.channels == 1 else "rgb",
        target_size=(config.transform.image_side,) * 2,
        interpolation=interpolation,
        batch_size=config.trainer.batch_size,
    )
