"""What travels inside the SavedModel beside its graph, so that a model copied elsewhere still has it."""

import logging
import os
from collections.abc import Sequence

import tensorflow as tf

from schemas import features

log = logging.getLogger("ichor.trainer")


def ship_training_statistics(train_files: Sequence[str], model_dir: str) -> None:
    """Copies the statistics of the train split into a SavedModel, as `features.TRAINING_STATISTICS_FILE`.

    Without them the model is as good, but no new data can be compared with what it was trained on.

    Args:
      train_files: File patterns of the train split, `<artifact>/Split-train/*`; the statistics lie in the
        artifact, beside the split.
      model_dir: The SavedModel's folder; may be remote.
    """
    artifacts = [pattern.rsplit("/", 2)[0] for pattern in train_files]
    found = [f"{artifact}/{features.BASELINE_FILE}" for artifact in artifacts]
    found = [file for file in found if tf.io.gfile.exists(file)]
    if not found:
        log.warning("no statistics of the train split: ichor check cannot compare new data with it")
        return
    target = os.path.join(model_dir, features.TRAINING_STATISTICS_FILE)  # noqa: PTH118 - may be remote
    tf.io.gfile.makedirs(os.path.dirname(target))  # noqa: PTH120
    tf.io.gfile.copy(found[0], target, overwrite=True)
