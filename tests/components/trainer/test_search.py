"""Searches over trainings of the tiny trunk, through the function that TFX's Tuner calls."""

import logging
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from components.trainer import batches, recipe
from components.trainer.tuning.params import TunerParams
from components.trainer.tuning.search import tuner_fn
from components.trainer.tuning.space import oracle_of, space_of
from schemas.hyperparameters import SEARCHED, in_words

pytestmark = pytest.mark.tf

TUNING = {
    "enabled": True, "search": "random", "trials": 2, "epochs": 1, "learning_rate_min": 0.0001,
    "learning_rate_max": 0.05, "dropout_min": 0.1, "dropout_max": 0.6, "unfrozen_shares": (0.0, 0.5, 1.0),
    "seed": 0,
}  # fmt: skip
TRIAL = re.compile(
    r"trial (\d+)/(\d+): (.*): val_loss ([\d.]+) in epoch (\d+) of (\d+), best so far ([\d.]+),"
)


class Killed(BaseException):
    """As abrupt as an exception can be: nothing in the code catches it."""


def tuning(**changes) -> TunerParams:
    return TunerParams(**{**TUNING, **changes})


def searched(made: ModuleType, inputs: Path, output: Path, tuned: TunerParams, **changes):
    """Runs a whole search as TFX Tuner does, and returns KerasTuner's tuner."""
    arguments = made.fn_args(inputs, output, made.params(**changes))
    arguments.custom_config["tuning"] = tuned.to_json()
    search = tuner_fn(arguments)
    search.tuner.search(**search.fit_kwargs)
    return search.tuner


def trained_epochs(monkeypatch: pytest.MonkeyPatch, spoil=None) -> list[int]:
    """Records the epochs that are trained; `spoil(count)` may answer with the data in its place, or raise."""
    epochs: list[int] = []
    original = batches.training

    def training(slices, weights, params, epoch: int) -> tf.data.Dataset:
        data = original(slices, weights, params, epoch)
        changed = spoil(len(epochs) + 1, data) if spoil else data
        epochs.append(epoch)
        return changed

    monkeypatch.setattr(batches, "training", training)
    return epochs


def not_a_number(data: tf.data.Dataset) -> tf.data.Dataset:
    return data.map(lambda x, y, w: (x * np.nan, y, w))


def test_each_trial_is_logged_in_a_line_and_the_lowest_validation_loss_wins(
    made: ModuleType, inputs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        tuner = searched(made, inputs, tmp_path / "run", tuning(trials=3))
    lines = [TRIAL.match(line).groups() for line in caplog.messages if line.startswith("trial ")]
    assert [(number, of) for number, of, *_ in lines] == [("1", "3"), ("2", "3"), ("3", "3")]
    losses = [float(loss) for *_, loss, _, _, _ in lines]
    assert [float(best) for *_, best in lines] == [min(losses[: at + 1]) for at in range(3)]
    best = tuner.get_best_hyperparameters()[0].get_config()["values"]
    assert in_words(best) == lines[int(np.argmin(losses))][2]
    assert len({values for _, _, values, *_ in lines}) == 3
    assert not any(line.startswith("epoch ") for line in caplog.messages)
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize("search", ["random", "bayesian", "hyperband"])
def test_what_is_drawn_keeps_to_its_bounds_and_repeats_with_its_seed(made: ModuleType, search: str):
    def drawn(seed: int) -> list[dict[str, float]]:
        space = space_of(tuning(), made.params(weights="trunk.h5"))
        oracle = oracle_of(tuning(search=search, seed=seed, trials=9, epochs=9), space)
        return [oracle.populate_space(f"trial {at}")["values"] for at in range(3)]

    first = drawn(0)
    assert drawn(0) == first
    assert drawn(1) != first
    for values in first:
        assert 0.0001 <= values["learning_rate"] <= 0.05
        assert 0.1 <= values["dropout"] <= 0.6
        assert values["unfrozen_share"] in (0.0, 0.5, 1.0)


def test_random_layers_are_never_frozen_since_they_would_teach_nothing(made: ModuleType):
    space = space_of(tuning(), made.params(weights="none", unfrozen_share=1.0))
    drawn = [oracle_of(tuning(seed=seed), space).populate_space("one")["values"] for seed in range(8)]
    assert {values["unfrozen_share"] for values in drawn} == {1.0}


def test_bounds_that_meet_leave_nothing_to_choose(made: ModuleType):
    space = space_of(tuning(dropout_min=0.3, dropout_max=0.3), made.params())
    assert oracle_of(tuning(), space).populate_space("one")["values"]["dropout"] == 0.3


def test_hyperband_goes_on_with_the_best_as_if_it_had_trained_them_in_one_go(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    epochs = trained_epochs(monkeypatch)
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        tuner = searched(made, inputs, tmp_path / "run", tuning(search="hyperband", epochs=3))
    trials = list(tuner.oracle.trials.values())
    # Of 3 epochs and factor 3: a bracket of 3 trials of one epoch whose best goes on, one of 2 whole ones.
    assert [trial.hyperparameters.values["tuner/epochs"] for trial in trials] == [1, 1, 1, 3, 3, 3]
    assert tuner.oracle.max_trials == len(trials)
    assert epochs == [1, 1, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    went_on = trials[3]
    values = {name: went_on.hyperparameters.values[name] for name in SEARCHED}
    alone = made.fn_args(inputs, tmp_path / "alone", made.params(**values, epochs=3))
    alone.hyperparameters = None
    from components.trainer.run import run_fn

    run_fn(alone)
    table = (tmp_path / "alone" / "model_run" / "history.csv").read_text().splitlines()[2:]
    assert went_on.score == min(float(row.split(",")[3]) for row in table)


def test_a_killed_search_goes_on_in_the_epoch_where_it_stopped(
    made: ModuleType, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = searched(made, inputs, tmp_path / "whole" / "run", tuning(epochs=2))

    def kill(count: int, data: tf.data.Dataset) -> tf.data.Dataset:
        if count == 4:  # the second epoch of the second trial
            raise Killed
        return data

    with monkeypatch.context() as patch:
        epochs = trained_epochs(patch, kill)
        with pytest.raises(Killed):
            searched(made, inputs, tmp_path / "killed" / "run", tuning(epochs=2))
        assert epochs == [1, 2, 1]
    epochs = trained_epochs(monkeypatch)
    resumed = searched(made, inputs, tmp_path / "killed" / "run", tuning(epochs=2))
    assert epochs == [2]
    scores = [{name: trial.score for name, trial in each.oracle.trials.items()} for each in (whole, resumed)]
    assert scores[0] == scores[1]


def test_a_killed_search_is_not_gone_on_with_after_a_change(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    def kill(count: int, data: tf.data.Dataset) -> tf.data.Dataset:
        raise Killed

    with monkeypatch.context() as patch:
        trained_epochs(patch, kill)
        with pytest.raises(Killed):
            searched(made, inputs, tmp_path / "run", tuning())
    (left,) = (tmp_path / "state").iterdir()
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        searched(made, inputs, tmp_path / "run", tuning(trials=1))
    assert f"removed the state of a stopped search that was changed since: {left.name}" in caplog.messages
    assert list((tmp_path / "state").iterdir()) == []


def test_a_trial_that_diverges_loses_and_ends_nothing(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    trained_epochs(monkeypatch, lambda count, data: not_a_number(data) if count == 1 else data)
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        tuner = searched(made, inputs, tmp_path / "run", tuning())
    first, second = tuner.oracle.trials.values()
    assert re.match(r"trial 1/2: .*: diverged, ", caplog.messages[-2])
    assert (first.status, second.status) == ("FAILED", "COMPLETED")
    assert tuner.get_best_hyperparameters()[0].values == second.hyperparameters.values


def test_a_search_where_every_trial_diverges_says_so(
    made: ModuleType, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trained_epochs(monkeypatch, lambda count, data: not_a_number(data))
    with pytest.raises(ValueError, match=r"tuner: all 2 trials diverged; a lower tuner\.learning_rate_max"):
        searched(made, inputs, tmp_path / "run", tuning())


def test_a_fault_that_is_no_matter_of_the_trial_ends_the_search_at_once(
    made: ModuleType, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(count: int, data: tf.data.Dataset) -> tf.data.Dataset:
        raise OSError("no space left on device")

    epochs = trained_epochs(monkeypatch, broken)
    with pytest.raises(RuntimeError, match="no space left on device"):
        searched(made, inputs, tmp_path / "run", tuning())
    assert epochs == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dropout_min": 0.7}, r"dropout_min is 0\.7, above dropout_max, which is 0\.6"),
        ({"learning_rate_min": 1.0}, r"learning_rate_min is 1, above learning_rate_max, which is 0\.05"),
        ({"unfrozen_shares": (0.5, 1.5)}, r"unfrozen_shares must lie in 0\.\.1, got \[1\.5\]"),
    ],
)
def test_bounds_that_cannot_be_are_refused(changes: dict, message: str):
    with pytest.raises(ValueError, match=message):
        tuning(**changes)


def test_best_hyperparameters_without_a_value_are_refused(made: ModuleType):
    with pytest.raises(ValueError, match="Tuner's best hyperparameters lack dropout, unfrozen_share"):
        recipe.with_found(made.params(), {"values": {"learning_rate": 0.1}})


def test_without_tuned_values_the_settings_stay(made: ModuleType):
    assert recipe.with_found(made.params(), None) == made.params()
    assert SimpleNamespace(**dict(recipe.searched_values(made.params()))).dropout == made.params().dropout
