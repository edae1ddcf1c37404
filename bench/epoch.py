"""An epoch through the project's Trainer beside a bare Keras loop over arrays in memory."""

import numpy as np

from bench.cost import Cost, cost_of, median
from bench.sections import Section, Table, judged
from bench.training import compile_bare, random_slices, training_params
from bench.workplace import Workplace
from components.trainer import batches, devices
from components.trainer import model as models
from schemas.features import PIXEL_LEVELS

BUDGET = 1.05  # times the bare loop
OURS, BARE = "through ichor's input", "bare Keras loop"


def run(place: Workplace) -> Section:
    """Alternates epochs of both, A B A B, after one of each to warm up."""
    sizes = place.sizes
    params = training_params(sizes)
    slices = random_slices(sizes.steps * params.batch_size, sizes)
    floats = slices.pixels.astype(np.float32) / PIXEL_LEVELS
    targets = slices.targets[:, np.newaxis]
    devices.reproducible(params.seed)
    shape = slices.pixels.shape[1:]
    ours, bare = models.build(params, shape), models.build(params, shape)
    compile_bare(ours, params, jit_compile=False)
    compile_bare(bare, params, jit_compile=False)
    weights = batches.class_weights(slices.targets, params.class_weights)

    def ours_once(epoch: int) -> Cost:
        with devices.quick_graphs():
            return cost_of(
                lambda: ours.fit(batches.training(slices, weights, params, epoch), verbose=0, shuffle=False)
            )

    def bare_once() -> Cost:
        return cost_of(lambda: bare.fit(floats, targets, batch_size=params.batch_size, verbose=0))

    place.say("one epoch of each to warm up")
    ours_once(0)
    bare_once()
    costs: dict[str, list[Cost]] = {BARE: [], OURS: []}
    for number in range(1, sizes.rounds + 1):
        place.say(f"round {number} of {sizes.rounds}")
        costs[OURS].append(ours_once(number))
        costs[BARE].append(bare_once())
    medians = {name: median(measured) for name, measured in costs.items()}
    floor = medians[BARE]
    return Section(
        title="An epoch",
        method=(
            f"{params.trunk} at {shape[0]} px, {len(slices)} slices, batches of {params.batch_size}, the "
            "demo's settings; the bare loop is `fit` on float32 arrays with the same model, "
            f"jit_compile=False on both sides. Epochs alternate; medians of {sizes.rounds}, after one each. "
            "Validation is left out."
        ),
        table=Table(
            ("way", "wall, s", "times the bare loop", "CPU, s", "times the bare loop"),
            [
                (
                    name,
                    f"{cost.wall:.2f}", f"{cost.wall / floor.wall:.3f}",
                    f"{cost.cpu:.2f}", f"{cost.cpu / floor.cpu:.3f}",
                )
                for name, cost in medians.items()
            ],
        ),
        verdict=judged("Wall time, times the bare loop", medians[OURS].wall / floor.wall, BUDGET)
        + " "
        + judged("CPU time, times the bare loop", medians[OURS].cpu / floor.cpu, BUDGET),
    )  # fmt: skip
