"""The `run_fn` of TFX Trainer."""

import logging
from typing import TYPE_CHECKING

from components.trainer import devices, epochs, export, inputs, recipe, shipped, slices, weights
from components.trainer import model as models
from components.trainer.history import History
from components.trainer.params import TrainerParams
from components.trainer.state import TrainingState, remove_others
from schemas import features
from schemas.accounts.model import TrainedOn
from schemas.hyperparameters import in_words

if TYPE_CHECKING:  # the caller has TFX loaded; without it a training starts in seconds
    from tfx.components.trainer.fn_args_utils import FnArgs

__all__ = ["run_fn"]

log = logging.getLogger("ichor.trainer")


def run_fn(fn_args: "FnArgs") -> None:
    """Trains and exports one model; called by TFX Trainer.

    A training that was killed goes on where it stopped if nothing changed since; what is left of
    any other is deleted first.

    Args:
      fn_args: Raw examples, the transform graph and where to write. `custom_config` holds "params",
        `TrainerParams` as JSON; "state_dir", a local folder that outlives a killed process;
        "code_fingerprint", which changes with the code; and "weights_fingerprint", which changes
        with the file of weights. `hyperparameters` are Tuner's best, or None without a Tuner.
    """
    found = fn_args.hyperparameters
    params = recipe.with_found(TrainerParams.from_json(fn_args.custom_config["params"]), found)
    weights.require_unchanged(params.weights, fn_args.custom_config["weights_fingerprint"])
    state = TrainingState(inputs.state_folder(fn_args, [params.to_json()]))
    for name in remove_others(state.folder):
        log.info("removed the state of a stopped training that was changed since: %s", name)
    if found:
        log.info("trained with what Tuner found: %s", in_words(recipe.searched_values(params)))
    recipe.write(fn_args.model_run_dir, params, found=found is not None)
    devices.reproducible(params.seed)

    loaded = inputs.load(fn_args, params.cache_megabytes, state.folder)
    with devices.strategy().scope(), devices.precision(params.mixed_precision), devices.quick_graphs():
        model = inputs.untrained(params, loaded.shape)
        history = History(fn_args.model_run_dir, epochs.last_epoch(params), state.rows())
        epochs.train(model, loaded.splits, params, history, state)

    served = models.build(params, loaded.shape)
    best = state.restore_best(served)
    side, _, channels = loaded.shape
    windows = slices.windows_of(fn_args.train_files, features.TRAIN)
    trained_on = TrainedOn(windows=windows, image_side=side, channels=channels)
    export.write(served, loaded.transform, fn_args.serving_model_dir, trained_on)
    shipped.ship_training_statistics(fn_args.train_files, fn_args.serving_model_dir)
    log.info("exported epoch %d, the lowest validation loss of %d", best, len(history.rows) - 1)
    state.remove()
