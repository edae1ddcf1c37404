"""Whole trainings of the tiny trunk, through the function that TFX's Trainer calls."""

import csv
import logging
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import tensorflow as tf

from components.trainer import batches
from components.trainer import model as models
from components.trainer.params import TrainerParams
from components.trainer.run import run_fn
from schemas import features

pytestmark = pytest.mark.tf

MEASURED = ("epoch", "loss", "binary_accuracy", "val_loss", "val_binary_accuracy")
TIMES = ("timestamp", "runtime")


class Killed(BaseException):
    """As abrupt as an exception can be: nothing in the code catches it."""


@pytest.fixture(scope="module")
def trained(made: ModuleType, inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("trained") / "run"
    run_fn(made.fn_args(inputs, output, made.params()))
    return output


def table(output: Path) -> list[dict[str, str]]:
    with (output / "model_run" / "history.csv").open() as file:
        return list(csv.DictReader(file))


def measured(output: Path) -> list[list[str]]:
    return [[row[name] for name in MEASURED] for row in table(output)]


def val_loss_of_export(made: ModuleType, output: Path) -> float:
    """Binary cross-entropy of the exported model on the validation slices, by NumPy."""
    model = tf.saved_model.load(str(output / "Format-Serving"))
    images = tf.constant([record.image for record in made.records(made.VAL, 1)])
    p = model.signatures["serving_bytes"](images=images)[features.PROBABILITY].numpy().astype(np.float64)
    y = np.arange(made.VAL) % 2
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


@pytest.fixture
def trained_epochs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Records the epochs that are trained."""
    epochs = []
    original = batches.training

    def training(slices, weights, trainer: TrainerParams, epoch: int) -> tf.data.Dataset:
        epochs.append(epoch)
        return original(slices, weights, trainer, epoch)

    monkeypatch.setattr(batches, "training", training)
    return epochs


def killed_in_epoch(last: int, arguments, monkeypatch: pytest.MonkeyPatch) -> None:
    original = batches.training

    def training(slices, weights, trainer: TrainerParams, epoch: int) -> tf.data.Dataset:
        if epoch == last:
            raise Killed
        return original(slices, weights, trainer, epoch)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "training", training)
        with pytest.raises(Killed):
            run_fn(arguments)


def teach_lies_from_epoch(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From that epoch on the training targets are upside down, so that validation gets worse."""
    original = batches.training

    def training(slices, weights, trainer: TrainerParams, epoch: int) -> tf.data.Dataset:
        data = original(slices, weights, trainer, epoch)
        return data if epoch < first else data.map(lambda x, y, w: (x, 1.0 - y, w))

    monkeypatch.setattr(batches, "training", training)


def test_the_table_begins_before_training_and_has_a_row_for_each_epoch(trained: Path):
    rows = table(trained)
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3"]
    assert tuple(rows[0]) == (*MEASURED, *TIMES)
    assert float(rows[0]["val_loss"]) == pytest.approx(np.log(2), abs=0.1)  # knows nothing yet


def test_it_learns_what_the_slices_show(trained: Path):
    rows = table(trained)
    assert max(float(row["val_binary_accuracy"]) for row in rows) >= 0.9
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])


def test_tensorboard_holds_the_same_numbers_as_the_table(trained: Path):
    (events,) = (trained / "model_run" / "validation").glob("events.*")
    seen = []
    for record in tf.data.TFRecordDataset(str(events)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        seen += [tf.make_ndarray(v.tensor) for v in event.summary.value if v.tag == "epoch_loss"]
    np.testing.assert_allclose(seen, [float(row["val_loss"]) for row in table(trained)], rtol=1e-6)


def test_nothing_is_left_of_the_state_after_a_training_that_ended(trained: Path):
    assert list((trained.parent / "state").iterdir()) == []


def test_the_same_data_and_seed_give_the_same_history(
    made: ModuleType, inputs: Path, trained: Path, tmp_path: Path
):
    run_fn(made.fn_args(inputs, tmp_path / "again", made.params()))
    assert measured(tmp_path / "again") == measured(trained)


def test_another_seed_gives_another_history(made: ModuleType, inputs: Path, trained: Path, tmp_path: Path):
    run_fn(made.fn_args(inputs, tmp_path / "other", made.params(seed=4)))
    assert measured(tmp_path / "other") != measured(trained)


@pytest.mark.parametrize("batch_norm_batches", [0, 2])
def test_a_killed_training_goes_on_and_ends_as_if_it_had_not_been_killed(
    made: ModuleType,
    inputs: Path,
    batch_norm_batches: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trained_epochs: list[int],
    caplog: pytest.LogCaptureFixture,
):
    params = made.params(batch_norm_batches=batch_norm_batches)
    run_fn(made.fn_args(inputs, tmp_path / "whole", params))
    trained_epochs.clear()
    killed_in_epoch(3, made.fn_args(inputs, tmp_path / "killed", params), monkeypatch)
    assert trained_epochs == [1, 2]
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        run_fn(made.fn_args(inputs, tmp_path / "resumed", params))
    assert trained_epochs == [1, 2, 3]
    assert "going on after epoch 2 of a training that was stopped" in caplog.text
    assert measured(tmp_path / "resumed") == measured(tmp_path / "whole")
    whole, resumed = (val_loss_of_export(made, tmp_path / name) for name in ("whole", "resumed"))
    assert resumed == whole


def test_a_killed_training_is_not_gone_on_with_after_a_change(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trained_epochs: list[int],
):
    killed_in_epoch(2, made.fn_args(inputs, tmp_path / "killed", made.params()), monkeypatch)
    other_setting = made.fn_args(inputs, tmp_path / "setting", made.params(learning_rate=0.004))
    other_code = made.fn_args(inputs, tmp_path / "code", made.params(), code="b")
    other_examples = made.fn_args(inputs, tmp_path / "examples", made.params())
    other_examples.eval_files = other_examples.train_files
    for changed in (other_setting, other_code, other_examples):
        killed_in_epoch(1, changed, monkeypatch)  # which fails if another epoch comes first
    assert trained_epochs == [1]


def test_a_killed_training_is_not_gone_on_with_after_its_file_of_weights_was_replaced(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trained_epochs: list[int],
):
    file = tmp_path / "trunk.weights.h5"
    params = made.params(weights=str(file))
    for seed, last in ((1, 2), (2, 1)):
        models.trunk_of(models.build(made.params(seed=seed), (64, 64, 1))).save_weights(file)
        killed_in_epoch(last, made.fn_args(inputs, tmp_path / "run", params), monkeypatch)
    assert trained_epochs == [1]


def test_weights_that_are_replaced_after_the_run_began_are_refused(
    made: ModuleType, inputs: Path, tmp_path: Path
):
    file = tmp_path / "trunk.weights.h5"
    file.write_bytes(b"old")
    arguments = made.fn_args(inputs, tmp_path / "run", made.params(weights=str(file)))
    file.write_bytes(b"new")
    with pytest.raises(ValueError, match=r"trainer\.weights: .*trunk\.weights\.h5 changed while the run"):
        run_fn(arguments)


def test_what_a_killed_training_left_is_deleted_when_another_begins(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    state = tmp_path / "state"
    killed_in_epoch(1, made.fn_args(inputs, tmp_path / "killed", made.params()), monkeypatch)
    (abandoned,) = state.iterdir()
    (state / "note.txt").write_text("not a training")
    with caplog.at_level(logging.INFO, "ichor.trainer"):
        killed_in_epoch(1, made.fn_args(inputs, tmp_path / "other", made.params(seed=4)), monkeypatch)
    (own,) = (path for path in state.iterdir() if path.is_dir())
    assert own != abandoned
    assert f"removed the state of a stopped training that was changed since: {abandoned.name}" in caplog.text
    assert (state / "note.txt").exists()


def test_the_best_epoch_is_exported_and_not_the_last(
    made: ModuleType, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    teach_lies_from_epoch(3, monkeypatch)
    run_fn(made.fn_args(inputs, tmp_path / "run", made.params(epochs=4)))
    losses = [float(row["val_loss"]) for row in table(tmp_path / "run")]
    assert min(losses[1:]) == losses[2] < losses[4]
    assert val_loss_of_export(made, tmp_path / "run") == pytest.approx(losses[2], rel=1e-4)


def test_training_stops_early_when_patience_runs_out(
    made: ModuleType,
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trained_epochs: list[int],
):
    teach_lies_from_epoch(3, monkeypatch)
    run_fn(made.fn_args(inputs, tmp_path / "run", made.params(epochs=9, early_stopping_patience=2)))
    assert trained_epochs == [1, 2, 3, 4]


def test_a_training_that_diverges_says_so(
    made: ModuleType, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    original = batches.training
    monkeypatch.setattr(
        batches, "training", lambda *given: original(*given).map(lambda x, y, w: (x * np.nan, y, w))
    )
    with pytest.raises(ValueError, match=r"diverged in epoch 1: loss nan.*a lower trainer\.learning_rate"):
        run_fn(made.fn_args(inputs, tmp_path / "run", made.params()))
