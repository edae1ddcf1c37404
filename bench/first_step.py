"""Seconds until the first training step is done, each time in a process that has traced nothing yet."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.cost import Cost, median, spent
from bench.own_process import in_own_process
from bench.sections import Section, Table, judged
from bench.sizes import Sizes
from bench.workplace import Workplace

BUDGET = 0.5  # of the plain way
OURS, PLAIN, NO_XLA = "ichor", "compile and fit", "compile and fit, jit_compile=False"


def run(place: Workplace) -> Section:
    """Takes turns among the ways."""
    ways: dict[str, Callable[[Sizes], Cost]] = {PLAIN: _plain, NO_XLA: _without_xla, OURS: _ours}
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for number in range(1, place.sizes.long_rounds + 1):
        for name, way in ways.items():
            place.say(f"round {number} of {place.sizes.long_rounds}, {name}")
            costs[name].append(in_own_process(way, place.sizes))
    medians = {name: median(found) for name, found in costs.items()}
    ours = medians[OURS]
    return Section(
        title="The first training step",
        method=(
            f"From building the {place.sizes.trunk} model to the end of the first training step, the demo's "
            f"settings, imports not counted, each in a new process; medians of {place.sizes.long_rounds}. "
            "ichor's way includes the metrics before training and keeping the state, the plain ways do not."
        ),
        table=Table(
            ("way", "CPU, s", "ichor needs", "wall, s", "ichor needs"),
            [
                (
                    name,
                    f"{cost.cpu:.1f}", f"{ours.cpu / cost.cpu:.2f}",
                    f"{cost.wall:.1f}", f"{ours.wall / cost.wall:.2f}",
                )
                for name, cost in medians.items()
            ],
        ),
        verdict=" ".join(
            judged(f"CPU time, share of that of {name}", ours.cpu / medians[name].cpu, BUDGET)
            for name in (PLAIN, NO_XLA)
        ),
    )  # fmt: skip


def _plain(sizes: Sizes) -> Cost:
    return _fitted(sizes, "auto")


def _without_xla(sizes: Sizes) -> Cost:
    return _fitted(sizes, False)


def _fitted(sizes: Sizes, jit_compile: bool | str) -> Cost:
    from bench.training import compile_bare, random_slices, training_params
    from components.trainer import model as models
    from schemas.features import PIXEL_LEVELS

    params = training_params(sizes)
    slices = random_slices(params.batch_size, sizes)
    floats = (slices.pixels / PIXEL_LEVELS).astype("float32")
    before = spent()
    model = models.build(params, slices.pixels.shape[1:])
    compile_bare(model, params, jit_compile)
    clock = _clock()
    model.fit(floats, slices.targets, batch_size=params.batch_size, verbose=0, callbacks=[clock])
    return clock.first - before


def _ours(sizes: Sizes) -> Cost:
    from bench.training import random_slices, training_params
    from components.trainer import devices, epochs
    from components.trainer import model as models
    from components.trainer.history import History
    from components.trainer.state import TrainingState

    params = training_params(sizes).model_copy(update={"epochs": 1})
    one_batch = random_slices(params.batch_size, sizes)
    with tempfile.TemporaryDirectory(prefix="ichor-bench-") as folder:
        before = spent()
        with devices.strategy().scope(), devices.precision(params.mixed_precision), devices.quick_graphs():
            model = models.build(params, one_batch.pixels.shape[1:])
            clock = _clock()
            fit = model.fit
            model.fit = lambda *given, **named: fit(*given, callbacks=[clock], **named)
            history = History(str(Path(folder, "log")), epochs.last_epoch(params))
            splits = {epochs.TRAIN: one_batch, epochs.VAL: one_batch}
            epochs.train(model, splits, params, history, TrainingState(Path(folder, "state")))
        return clock.first - before


def _clock() -> Any:
    """Returns a callback whose `first` is what had been spent when the first step was done."""
    import keras

    class Clock(keras.callbacks.Callback):
        first: Cost | None = None

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.first = self.first or spent()

    return Clock()
