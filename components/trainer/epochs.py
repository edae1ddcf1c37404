"""The training itself: epoch by epoch, from where it stands to the best model."""

import datetime
import logging
import time
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from components.trainer import batches
from components.trainer import model as models
from components.trainer.batch_norm import BatchNormStatistics
from components.trainer.history import History
from components.trainer.params import TrainerParams
from components.trainer.slices import Slices
from components.trainer.state import TrainingState
from schemas.features import TRAIN, VAL
from schemas.history import BEFORE_TRAINING, Row, best_epoch

__all__ = ["last_epoch", "train"]

SAMPLED_BEFORE_TRAINING = 256  # training slices; enough for a loss to two digits, a fraction of an epoch

log = logging.getLogger("ichor.trainer")


def train(
    model: keras.Model,
    splits: Mapping[str, Slices],
    params: TrainerParams,
    history: History,
    state: TrainingState,
) -> None:
    """Trains up to the last epoch or until it stops getting better; keeps state after each epoch.

    Args:
      model: As `model.build` made it, with the trunk's first weights.
      splits: Slices of train and val.
      params: The recipe.
      history: Records each epoch; holds what `state` held.
      state: Where an earlier process stopped, and where this one keeps its own.
    Raises:
      ValueError: The loss is not a number any more, or balanced weights lack a class.
    """
    weights = batches.class_weights(splits[TRAIN].targets, params.class_weights)
    validation = batches.in_order(splits[VAL], params.batch_size)
    statistics = BatchNormStatistics(model)
    begin = len(history.rows)
    if begin:
        log.info("going on after epoch %d of a training that was stopped", begin - 1)
        _compile(model, params, begin, validation)
        state.restore(model, with_optimizer=_unfrozen(params, begin) == _unfrozen(params, begin - 1))
    else:
        _compile(model, params, begin + 1, validation)
        history.add(_before_training(model, splits, params, validation))
        state.save(model, history.rows)
    for epoch in range(max(begin, 1), last_epoch(params) + 1):
        if _is_over(params, history):
            break
        if epoch > begin and _unfrozen(params, epoch) != _unfrozen(params, epoch - 1):
            _compile(model, params, epoch, validation)
        start = time.monotonic()
        _seed_dropout(model, params.seed, epoch)
        trained = _logs(
            model.fit(
                batches.training(splits[TRAIN], weights, params, epoch), verbose=0, shuffle=False
            ).history
        )
        if params.batch_norm_batches and _unfrozen(params, epoch):
            sample = params.batch_norm_batches * params.batch_size
            statistics.measure(batches.in_order(splits[TRAIN], params.batch_size, at_most=sample))
        history.add(_row(epoch, trained, model.evaluate(validation, verbose=0, return_dict=True), start))
        state.save(model, history.rows)


def last_epoch(params: TrainerParams) -> int:
    """Returns the last epoch's number: warm-up and fine-tuning are counted in one row."""
    return params.warmup_epochs + params.epochs


def _unfrozen(params: TrainerParams, epoch: int) -> float:
    """Returns the share of the trunk's layers that train in an epoch; none do in the warm-up."""
    return 0.0 if max(epoch, 1) <= params.warmup_epochs else params.unfrozen_share


def _is_over(params: TrainerParams, history: History) -> bool:
    """Says whether patience has run out; the warm-up's epochs try nobody's patience."""
    done = history.rows[-1].epoch
    without_better = done - max(best_epoch(history.rows), params.warmup_epochs)
    over = 0 < params.early_stopping_patience <= without_better
    if over:
        log.info("stopped after epoch %d: %d without a better validation loss", done, without_better)
    return over


def _compile(model: keras.Model, params: TrainerParams, epoch: int, validation: tf.data.Dataset) -> None:
    """Readies a model for the phase that an epoch belongs to.

    A variable that is born while the training step is traced makes TensorFlow trace it again,
    which costs half a minute: so metrics' variables are made by evaluating one batch before,
    and the optimizer's by building it.
    """
    models.unfreeze(model, _unfrozen(params, epoch))
    model.compile(
        optimizer=keras.optimizers.Adam(params.learning_rate),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy(name="binary_accuracy")],
        jit_compile=False,  # XLA doubles the time to the first step and changes sums from run to run
    )
    model.optimizer.build(model.trainable_variables)
    model.evaluate(validation.take(1), verbose=0)


def _before_training(
    model: keras.Model, splits: Mapping[str, Slices], params: TrainerParams, validation: tf.data.Dataset
) -> Row:
    start = time.monotonic()
    sample = batches.in_order(splits[TRAIN], params.batch_size, at_most=SAMPLED_BEFORE_TRAINING)
    untrained = model.evaluate(sample, verbose=0, return_dict=True)
    validated = model.evaluate(validation, verbose=0, return_dict=True)
    return _row(BEFORE_TRAINING, untrained, validated, start)


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Makes an epoch's dropout a function of seed and epoch, so that a resumed training repeats it."""
    for at, layer in enumerate(models.dropouts(model)):
        state = np.random.SeedSequence([seed, epoch, at]).generate_state(2)
        layer.seed_generator.state.assign(state)


def _logs(history: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: values[-1] for name, values in history.items()}


def _row(epoch: int, train: Mapping[str, float], val: Mapping[str, float], start: float) -> Row:
    return Row(
        epoch=epoch,
        loss=float(train["loss"]),
        binary_accuracy=float(train["binary_accuracy"]),
        val_loss=float(val["loss"]),
        val_binary_accuracy=float(val["binary_accuracy"]),
        timestamp=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        runtime=round(time.monotonic() - start, 3),
    )
