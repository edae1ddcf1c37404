"""Seconds until the first training step is done, each time in a process that has traced nothing yet."""

import dataclasses
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


@dataclasses.dataclass(frozen=True)
class _Start:
    """What a start of training cost.

    Attributes:
      whole: From building the model to the end of the first training step.
      step: Of it, from the call of `fit` on: tracing the training step and running it.
    """

    whole: Cost
    step: Cost


def run(place: Workplace) -> Section:
    """Takes turns among the ways."""
    ways: dict[str, Callable[[Sizes], _Start]] = {PLAIN: _plain, NO_XLA: _without_xla, OURS: _ours}
    rounds = place.sizes.long_rounds
    starts: dict[str, list[_Start]] = {name: [] for name in ways}
    for number in range(1, rounds + 1):
        for name, way in ways.items():
            place.say(f"round {number} of {rounds}, {name}")
            starts[name].append(in_own_process(way, place.sizes))
    whole = {name: median([start.whole for start in measured]) for name, measured in starts.items()}
    step = {name: median([start.step for start in measured]) for name, measured in starts.items()}

    def needs(costs: dict[str, Cost], name: str, kind: str) -> tuple[str, str]:
        seconds = getattr(costs[name], kind)
        return f"{seconds:.1f}", f"{getattr(costs[OURS], kind) / seconds:.2f}"

    return Section(
        title="The first training step",
        method=(
            f"From building the {place.sizes.trunk} model to the end of the first training step, the demo's "
            f"settings, imports not counted, each in a new process; medians of {rounds}. ichor's includes "
            "the metrics before training and keeping the state, the plain ways do not. `fit` alone is the "
            "part from its call to the end of that step."
        ),
        table=Table(
            ("way", "CPU, s", "ichor needs", "wall, s", "ichor needs", "`fit` alone, CPU, s", "ichor needs"),
            [
                (name, *needs(whole, name, "cpu"), *needs(whole, name, "wall"), *needs(step, name, "cpu"))
                for name in ways
            ],
        ),
        verdict=judged(f"CPU time, share of `{NO_XLA}`", whole[OURS].cpu / whole[NO_XLA].cpu, BUDGET)
        + " "
        + judged("The same of `fit` alone", step[OURS].cpu / step[NO_XLA].cpu, BUDGET),
    )


def _plain(sizes: Sizes) -> _Start:
    return _fitted(sizes, "auto")


def _without_xla(sizes: Sizes) -> _Start:
    return _fitted(sizes, False)


def _fitted(sizes: Sizes, jit_compile: bool | str) -> _Start:
    from bench.training import compile_bare, random_slices, training_params
    from components.trainer import model as models
    from schemas.features import PIXEL_LEVELS

    params = training_params(sizes)
    slices = random_slices(params.batch_size, sizes)
    floats = (slices.pixels / PIXEL_LEVELS).astype("float32")
    before = spent()
    model = models.build(params, slices.pixels.shape[1:])
    compile_bare(model, params, jit_compile)
    clock = _timed_fit(model)
    model.fit(floats, slices.targets, batch_size=params.batch_size, verbose=0)
    return _Start(clock.step_done - before, clock.step_done - clock.fit_called)


def _ours(sizes: Sizes) -> _Start:
    from bench.training import random_slices, training_params
    from components.trainer import devices, epochs
    from components.trainer import model as models
    from components.trainer.history import History
    from components.trainer.state import TrainingState
    from schemas.features import TRAIN, VAL

    params = training_params(sizes).model_copy(update={"epochs": 1})
    one_batch = random_slices(params.batch_size, sizes)
    with tempfile.TemporaryDirectory(prefix="ichor-bench-") as folder:
        before = spent()
        with devices.strategy().scope(), devices.precision(params.mixed_precision), devices.quick_graphs():
            model = models.build(params, one_batch.pixels.shape[1:])
            clock = _timed_fit(model)
            history = History(str(Path(folder, "log")), epochs.last_epoch(params))
            splits = {TRAIN: one_batch, VAL: one_batch}
            epochs.train(model, splits, params, history, TrainingState(Path(folder, "state")))
    return _Start(clock.step_done - before, clock.step_done - clock.fit_called)


def _timed_fit(model: Any) -> Any:
    """Returns a clock that notes when this model's `fit` is called and when its first step is done."""
    import keras

    class Clock(keras.callbacks.Callback):
        fit_called: Cost
        step_done: Cost

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if not hasattr(self, "step_done"):
                self.step_done = spent()

    clock, fit = Clock(), model.fit

    def timed(*given: Any, **named: Any) -> Any:
        clock.fit_called = spent()
        return fit(*given, callbacks=[clock], **named)

    model.fit = timed
    return clock
