"""CPU time of one slice more in each data node and in the Trainer's input, beside decoding it once."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from bench import graph_runs
from bench.cost import MILLISECONDS, Cost, cost_of, decode_floor, marginal, median
from bench.graph_runs import GraphRun
from bench.sections import Section, Table, judged
from bench.workplace import Workplace
from components.trainer import batches, slices
from pipeline.graph import build_pipeline
from pipeline.settings.config import Config

DATA_NODES = ("SliceExampleGen", "SliceFilter", "StatisticsGen", "Transform")
GATE = "LeakageGate"  # compares all with all, and is no part of the budget
FIRST_PASS, LATER_EPOCH = "Trainer's input, first pass", "Trainer's input, later epochs"
BUDGET = 3.0  # times the floor, the four data nodes together


@dataclasses.dataclass
class _Size:
    """Measurements on a data folder of one size."""

    data: Path
    costs: dict[str, list[Cost]]


def run(place: Workplace) -> Section:
    """Runs the graph up to Transform on two sizes, some rounds, and takes differences."""
    folders, sizes = place.folders(), place.sizes
    encoded = folders.encoded()
    place.say("one run to warm up")
    _measure(place, folders.small, "warm-up")
    floors, small, large = [decode_floor(encoded)], _Size(folders.small, {}), _Size(folders.large, {})
    for number in range(1, sizes.rounds + 1):
        for size, name in ((small, "small"), (large, "large")):
            place.say(f"round {number} of {sizes.rounds}, {name}")
            for part, cost in _measure(place, size.data, f"{name}-{number}").items():
                size.costs.setdefault(part, []).append(cost)
            floors.append(decode_floor(encoded))
    more = sizes.large - sizes.small
    floor = median(floors).cpu
    by_part = {
        part: median(
            [marginal(*pair, more) for pair in zip(small.costs[part], large.costs[part], strict=True)]
        ).cpu
        for part in (*DATA_NODES, GATE, FIRST_PASS, LATER_EPOCH)
    }
    together = sum(by_part[node] for node in DATA_NODES)
    by_part = {"decoding once (Pillow)": floor, **by_part, "the four data nodes together": together}
    return Section(
        title="Nodes",
        method=(
            f"Marginal CPU time of a slice: the difference between runs on {sizes.small} and {sizes.large} "
            f"phantom slices of {sizes.side} px, median of {sizes.rounds}. SliceFilter is set to keep all, "
            "so that every slice goes through every node. The floor is decoding the same PNG once."
        ),
        table=Table(
            ("part", "CPU, ms a slice", "times the floor"),
            [(part, f"{cpu * MILLISECONDS:.2f}", f"{cpu / floor:.2f}") for part, cpu in by_part.items()],
        ),
        verdict=judged("The four data nodes together, times the floor", together / floor, BUDGET),
    )


def _measure(place: Workplace, data: Path, name: str) -> dict[str, Cost]:
    output = place.scratch(name)
    config = graph_runs.settings(data, output)
    done = graph_runs.run(build_pipeline(config), config, "Transform")
    return {node: done.costs[node] for node in (*DATA_NODES, GATE)} | _trainer_input(
        done, config, output, place
    )


def _trainer_input(done: GraphRun, config: Config, output: Path, place: Workplace) -> dict[str, Cost]:
    layer, shape = done.transform()
    everything = {"all": done.records()}
    loaded: list[slices.Slices] = []

    def load() -> None:
        loaded.extend(slices.load(everything, layer, shape, config.trainer.cache_megabytes, output).values())

    first = cost_of(load)
    epochs = median([cost_of(_epoch(loaded[0], config, epoch)) for epoch in range(place.sizes.rounds)])
    return {FIRST_PASS: first, LATER_EPOCH: epochs}


def _epoch(split: slices.Slices, config: Config, epoch: int) -> Callable[[], None]:
    def go_through() -> None:
        for batch in batches.training(split, (1.0, 1.0), config.trainer, epoch):
            tf.nest.flatten(batch)

    return go_through
