"""Three ways of storing transformed slices, each written once and read for a whole training."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
import tfx.v1 as tfx

from bench import graph_runs
from bench.cost import MILLISECONDS, Cost, cost_of, marginal, median
from bench.graph_runs import GraphRun
from bench.sections import Section, Table
from bench.workplace import Workplace
from components import fingerprint
from components.ingest.component import SliceExampleGen
from components.slice_filter.component import SliceFilter
from components.trainer import batches, slices
from components.transform.preprocess import preprocessing_fn
from pipeline.beam.arguments import beam_args
from pipeline.graph import SCHEMA, dotted
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout
from schemas import features

ENCODED = "encoded_pixels"
SHUFFLED_AT_ONCE = 1000  # records; materialised slices lie in the order of their patients
ONE_SPLIT = "all"
MATERIALISED = "transformed_examples"
NO_CODE = "nothing is cached"


def preprocess_to_png(inputs: Mapping[str, Any], custom_config: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Does what the project's `preprocessing_fn` does, and encodes the pixels as 8-bit PNG."""
    columns = preprocessing_fn(inputs, custom_config)
    levels = tf.cast(tf.round(columns[features.PIXELS] * features.PIXEL_LEVELS), tf.uint8)
    encoded = tf.map_fn(tf.io.encode_png, levels, fn_output_signature=tf.string)
    return {ENCODED: encoded[:, tf.newaxis], features.TARGET: columns[features.TARGET]}


@dataclasses.dataclass(frozen=True)
class _Way:
    """One way of storing.

    Attributes:
      node: Name of its Transform.
      says: In a few words.
      preprocess: What Transform is given.
      materialize: Whether Transform writes its examples.
    """

    node: str
    says: str
    preprocess: Callable[..., Any]
    materialize: bool


FLOATS = _Way("FloatTransform", "float32 examples, materialised", preprocessing_fn, True)
PNG = _Way("PngTransform", "8-bit PNG examples, materialised", preprocess_to_png, True)
CACHE = _Way("Transform", "not materialised; 8-bit cache in the Trainer", preprocessing_fn, False)
WAYS = (FLOATS, PNG, CACHE)


@dataclasses.dataclass(frozen=True)
class _Stored:
    write: Cost
    read: Cost
    disk: int
    memory: int


def run(place: Workplace) -> Section:
    """Writes and reads with two sizes, some rounds, and takes differences."""
    folders, sizes = place.folders(), place.sizes
    place.say("one run to warm up")
    _measure(place, folders.small, "warm-up")
    more = sizes.large - sizes.small
    differences: dict[str, list[_Stored]] = {way.node: [] for way in WAYS}
    for number in range(1, sizes.long_rounds + 1):
        place.say(f"round {number} of {sizes.long_rounds}")
        small = _measure(place, folders.small, f"small-{number}")
        large = _measure(place, folders.large, f"large-{number}")
        for node, stored in differences.items():
            stored.append(_marginal(small[node], large[node], more))
    rows, totals = [], {}
    for way in WAYS:
        stored = differences[way.node]
        write, read = median([cost.write for cost in stored]), median([cost.read for cost in stored])
        totals[way.says] = (write + read).cpu
        figures = (write.cpu, read.cpu, (write + read).cpu, (write + read).wall)
        kilobytes = (stored[0].disk / 1000, stored[0].memory / 1000)
        rows.append(
            (
                way.says,
                *(f"{seconds * MILLISECONDS:.2f}" for seconds in figures),
                *(f"{size:.1f}" for size in kilobytes),
            )
        )
    lowest = min(totals, key=lambda says: totals[says])
    side = graph_runs.settings(folders.small, place.scratch("settings")).transform.image_side
    return Section(
        title="Storage of transformed slices",
        method=(
            f"One write by Transform and {sizes.epochs} epochs of reading at {side} px, model left out. "
            f"Marginal cost of a slice: the difference between {sizes.small} and {sizes.large} phantom "
            f"slices of {sizes.side} px, median of {sizes.long_rounds}. The original records are there in "
            "any case and not counted; TFX compresses what it materialises."
        ),
        table=Table(
            (
                "way", "write, CPU ms", f"{sizes.epochs} epochs, CPU ms", "both, CPU ms", "both, wall ms",
                "kB on disk", "kB in memory",
            ),
            rows,
        ),
        verdict=f"Lowest total cost: **{lowest}**.",
    )  # fmt: skip


def _marginal(small: _Stored, large: _Stored, more: int) -> _Stored:
    return _Stored(
        marginal(small.write, large.write, more),
        marginal(small.read, large.read, more),
        round((large.disk - small.disk) / more),
        round((large.memory - small.memory) / more),
    )


def _measure(place: Workplace, data: Path, name: str) -> dict[str, _Stored]:
    output = place.scratch(name)
    config = graph_runs.settings(data, output)
    done = graph_runs.run(_pipeline(config), config)
    stored = {way.node: _read_examples(way, done, config, place.sizes.epochs) for way in (FLOATS, PNG)}
    return stored | {CACHE.node: _read_cache(done, config, output, place.sizes.epochs)}


def _pipeline(config: Config) -> tfx.dsl.Pipeline:
    """Returns the graph's beginning, with one Transform a way."""
    layout = Layout.of(config.run)
    ingest = SliceExampleGen(config.run.data, config.ingest, code_fingerprint=NO_CODE)
    slice_filter = SliceFilter(
        examples=ingest.outputs["examples"], params_json=config.filter.to_json(), code_fingerprint=NO_CODE
    )
    schema = tfx.components.ImportSchemaGen(schema_file=str(fingerprint.ROOT / SCHEMA))
    transforms = [
        tfx.components.Transform(
            examples=slice_filter.outputs["filtered_examples"],
            schema=schema.outputs["schema"],
            preprocessing_fn=dotted(way.preprocess),
            splits_config=tfx.proto.SplitsConfig(analyze=[features.TRAIN], transform=list(features.SPLITS)),
            materialize=way.materialize,
            disable_statistics=True,
            custom_config={"params": config.transform.to_json()},
        ).with_id(way.node)
        for way in WAYS
    ]
    return tfx.dsl.Pipeline(
        pipeline_name=config.run.name,
        pipeline_root=str(layout.artifacts),
        components=[ingest, slice_filter, schema, *transforms],
        enable_cache=False,
        metadata_connection_config=tfx.orchestration.metadata.sqlite_metadata_connection_config(
            str(layout.metadata)
        ),
        beam_pipeline_args=beam_args(config.beam),
    )


def _read_examples(way: _Way, done: GraphRun, config: Config, epochs: int) -> _Stored:
    files = sorted(path for path in done.output(way.node, MATERIALISED).rglob("*.gz"))
    side, channels = config.transform.image_side, config.transform.channels
    shape = (side, side, channels)
    target = {features.TARGET: tf.io.FixedLenFeature([1], tf.float32)}

    def floats(records: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        columns = tf.io.parse_example(
            records, {features.PIXELS: tf.io.FixedLenFeature(shape, tf.float32)} | target
        )
        return columns[features.PIXELS], columns[features.TARGET]

    def pngs(records: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        columns = tf.io.parse_example(records, {ENCODED: tf.io.FixedLenFeature([1], tf.string)} | target)
        levels = tf.map_fn(
            lambda png: tf.io.decode_png(png, channels),
            columns[ENCODED][:, 0],
            fn_output_signature=tf.TensorSpec(shape, tf.uint8),
        )
        return tf.cast(levels, tf.float32) / features.PIXEL_LEVELS, columns[features.TARGET]

    def read() -> None:
        dataset = (
            tf.data.TFRecordDataset([str(file) for file in files], compression_type="GZIP")
            .shuffle(SHUFFLED_AT_ONCE)
            .batch(config.trainer.batch_size)
            .map(floats if way is FLOATS else pngs, num_parallel_calls=tf.data.AUTOTUNE)
            .prefetch(tf.data.AUTOTUNE)
        )
        for _ in range(epochs):
            _exhaust(dataset)

    disk = sum(file.stat().st_size for file in files)
    return _Stored(done.costs[way.node], cost_of(read), disk, 0)


def _read_cache(done: GraphRun, config: Config, output: Path, epochs: int) -> _Stored:
    layer, shape = done.transform()
    patterns = {ONE_SPLIT: done.records()}
    sizes = []

    def read() -> None:
        loaded = slices.load(patterns, layer, shape, config.trainer.cache_megabytes, output)[ONE_SPLIT]
        for epoch in range(epochs):
            _exhaust(batches.training(loaded, (1.0, 1.0), config.trainer, epoch))
        sizes.append(loaded.pixels.nbytes)

    cost = cost_of(read)
    return _Stored(done.costs[CACHE.node], cost, 0, sizes[0])


def _exhaust(dataset: tf.data.Dataset) -> None:
    for batch in dataset:
        tf.nest.flatten(batch)
