"""A training with the values that a search selected, and one that leaves the lower layers as they are."""

import json
import logging
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest

from components.trainer import epochs
from components.trainer import model as models
from components.trainer.history import History, heard_by
from components.trainer.run import run_fn
from components.trainer.slices import Slices
from components.trainer.state import TrainingState
from schemas.history import Row

pytestmark = pytest.mark.tf

TUNED = {"learning_rate": 0.004, "dropout": 0.35, "unfrozen_share": 0.5}
MEASURED = ("epoch", "loss", "binary_accuracy", "val_loss", "val_binary_accuracy")


def measured(output: Path) -> list[list[str]]:
    rows = (output / "model_run" / "history.csv").read_text().splitlines()
    return [row.split(",")[: len(MEASURED)] for row in rows]


def used(output: Path) -> dict:
    return json.loads((output / "model_run" / "hyperparameters.json").read_text())


def test_a_training_with_tuned_values_is_the_training_with_such_settings(
    made: ModuleType, inputs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    tuned = made.fn_args(inputs, tmp_path / "tuned", made.params(epochs=1))
    tuned.hyperparameters = {"space": [], "values": {**TUNED, "tuner/epochs": 7}}
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        run_fn(tuned)
    run_fn(made.fn_args(inputs, tmp_path / "set", made.params(epochs=1, **TUNED)))
    assert measured(tmp_path / "tuned") == measured(tmp_path / "set")
    assert (
        "trained with what Tuner found: learning_rate 0.004, dropout 0.35, unfrozen_share 0.5"
        in caplog.messages
    )
    assert used(tmp_path / "tuned") == {"from": "tuner", "values": TUNED}
    assert used(tmp_path / "set") == {"from": "settings", "values": TUNED}


def test_a_listener_is_called_with_each_epoch_as_it_ends(made: ModuleType, inputs: Path, tmp_path: Path):
    reported: list[Row] = []
    with heard_by(reported.append):
        run_fn(made.fn_args(inputs, tmp_path / "run", made.params(epochs=1)))
    run_fn(made.fn_args(inputs, tmp_path / "unheard", made.params(epochs=1)))
    rows = measured(tmp_path / "run")[1:]
    assert [[str(getattr(row, name)) for name in MEASURED] for row in reported] == rows


def after_training(made: ModuleType, folder: Path, **changes) -> dict[str, bool]:
    """Trains on two slices and returns of each of the trunk's layers whether any of its weights changed."""
    pixels = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 1)).astype(np.uint8)
    split = Slices(pixels, np.array([0, 1, 0, 1], np.float32))
    params = made.params(epochs=2, batch_size=2, batch_norm_momentum=0.5, **changes)
    keras.utils.clear_session()
    model = models.build(params, (64, 64, 1))
    layers = [layer for layer in models.trunk_of(model).layers if layer.weights]
    before = [layer.get_weights() for layer in layers]
    history = History(str(folder), epochs.last_epoch(params))
    epochs.train(model, {"train": split, "val": split}, params, history, TrainingState(folder / "state"))
    return {
        layer.name: any(not np.array_equal(a, b) for a, b in zip(old, layer.get_weights(), strict=True))
        for layer, old in zip(layers, before, strict=True)
    }


@pytest.mark.parametrize(
    ("share", "trained"),
    [(1.0, 6), (0.5, 3), (0.0, 0)],  # the tiny trunk: three convolutions, each with a normalisation
)
@pytest.mark.parametrize("batch_norm_batches", [0, 2])
def test_only_the_upper_share_of_the_trunk_changes_moving_statistics_included(
    made: ModuleType, tmp_path: Path, share: float, trained: int, batch_norm_batches: int
):
    changed = after_training(made, tmp_path, unfrozen_share=share, batch_norm_batches=batch_norm_batches)
    assert list(changed.values()) == [False] * (6 - trained) + [True] * trained


def test_a_warm_up_is_followed_by_the_unfrozen_share(made: ModuleType, tmp_path: Path):
    changed = after_training(made, tmp_path, unfrozen_share=0.5, warmup_epochs=1)
    assert list(changed.values()) == [False] * 3 + [True] * 3
