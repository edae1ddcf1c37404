"""The `run_fn` of TFX Trainer."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import tensorflow as tf
import tensorflow_transform as tft

from components.trainer import devices, epochs, export, shipped, slices, weights
from components.trainer import model as models
from components.trainer.history import History
from components.trainer.params import TrainerParams
from components.trainer.state import TrainingState, fingerprint
from schemas import features

if TYPE_CHECKING:  # the caller has TFX loaded; without it a training starts in seconds
    from tfx.components.trainer.fn_args_utils import FnArgs

log = logging.getLogger("ichor.trainer")


def run_fn(fn_args: "FnArgs") -> None:
    """Trains and exports one model; called by TFX Trainer.

    A training that was killed goes on where it stopped if nothing changed since; what is left of
    any other is deleted first.

    Args:
      fn_args: Raw examples, the transform graph and where to write. `custom_config` holds "params",
        `TrainerParams` as JSON; "state_dir", a local folder that outlives a killed process;
        "code_fingerprint", which changes with the code; and "weights_fingerprint", which changes
        with the file of weights.
    """
    params = TrainerParams.from_json(fn_args.custom_config["params"])
    weights.require_unchanged(params.weights, fn_args.custom_config["weights_fingerprint"])
    patterns = {epochs.TRAIN: fn_args.train_files, epochs.VAL: fn_args.eval_files}
    transform = tft.TFTransformOutput(fn_args.transform_graph_path)
    state = TrainingState(_state_folder(fn_args, patterns))
    for name in state.remove_others():
        log.info("removed the state of a stopped training that was changed since: %s", name)
    devices.reproducible(params.seed)

    layer = transform.transform_features_layer()
    shape = tuple(transform.transformed_feature_spec()[features.PIXELS].shape)
    splits = slices.load(patterns, layer, shape, params.cache_megabytes, state.folder)
    with devices.strategy().scope(), devices.precision(params.mixed_precision), devices.quick_graphs():
        model = models.build(params, shape)
        weights.load(models.trunk_of(model), params.trunk, params.weights)
        history = History(fn_args.model_run_dir, epochs.last_epoch(params), state.rows())
        epochs.train(model, splits, params, history, state)

    served = models.build(params, shape)
    best = state.restore_best(served)
    trained_on = export.TrainedOn(slices.windows_of(fn_args.train_files, epochs.TRAIN), shape[0], shape[2])
    export.write(served, layer, fn_args.serving_model_dir, trained_on)
    shipped.ship_training_statistics(fn_args.train_files, fn_args.serving_model_dir)
    log.info("exported epoch %d, the lowest validation loss of %d", best, len(history.rows) - 1)
    state.remove()


def _state_folder(fn_args: "FnArgs", patterns: dict[str, list[str]]) -> Path:
    """Whatever changes a training gets it a folder of its own, so that nothing wrong is resumed."""
    config = fn_args.custom_config
    files = [file for split, texts in patterns.items() for file in slices.matching_files(split, texts)]
    graph = tf.io.gfile.glob(f"{fn_args.transform_graph_path}/*/saved_model.pb")
    texts = [config[key] for key in ("params", "code_fingerprint", "weights_fingerprint")]
    return Path(config["state_dir"]) / fingerprint(texts, [*files, *graph])
