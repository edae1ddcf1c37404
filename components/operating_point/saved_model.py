"""A SavedModel copied with another operating point inside."""

import hashlib
import json
import os
from importlib.metadata import version as package_version
from typing import Any

import tensorflow as tf

from schemas import features
from schemas.accounts.model import ModelAccount, TrainedOn

__all__ = ["set_operating_point"]

VERSION_DIGITS = 12  # of a hash: enough to distinguish all models of a group


def set_operating_point(source: str, target: str, threshold: float, temperature: float) -> str:
    """Copies a SavedModel of ichor with this threshold and temperature, and a version that follows from all.

    Args:
      source: The SavedModel's folder; may be remote.
      target: The folder to write.
      threshold: At or above it a slice is called a hemorrhage, 0..1.
      temperature: Logits are divided by it, > 0.
    Returns:
      The version: ichor's own, and a hash of weights, input, threshold and temperature. Equal models have
      equal ones.
    """
    stated: dict[str, Any] = _read_trained_on(source).model_dump() | {
        "threshold": threshold,
        "temperature": temperature,
    }
    version = f"{package_version('ichor')}-{_digest(source, stated)}"
    loaded = tf.saved_model.load(source)
    loaded.threshold.assign(threshold)
    loaded.temperature.assign(temperature)
    loaded.version.assign(version)
    tf.saved_model.save(loaded, target, dict(loaded.signatures))
    _copy_extras(source, target)
    with tf.io.gfile.GFile(_in(target, features.TRAINED_ON_FILE), "w") as file:
        file.write(ModelAccount(**stated, version=version).to_json())
    return version


def _read_trained_on(folder: str) -> TrainedOn:
    path = _in(folder, features.TRAINED_ON_FILE)
    with tf.io.gfile.GFile(path) as file:
        return TrainedOn.from_json(file.read(), path)


def _digest(folder: str, stated: dict[str, Any]) -> str:
    """Hashes values, not files: the same graph is not written with the same bytes twice."""
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True).encode())
    reader = tf.train.load_checkpoint(_in(folder, "variables/variables"))
    weights = [name for name, dtype in reader.get_variable_to_dtype_map().items() if dtype != tf.string]
    for name in sorted(weights):
        digest.update(name.encode() + b"\0" + reader.get_tensor(name).tobytes())
    return digest.hexdigest()[:VERSION_DIGITS]


def _copy_extras(source: str, target: str) -> None:
    """Copies what TensorFlow does not know to be a part of the model."""
    folder = os.path.dirname(features.TRAINED_ON_FILE)  # noqa: PTH120 - may be remote
    tf.io.gfile.makedirs(_in(target, folder))
    for name in tf.io.gfile.listdir(_in(source, folder)):
        tf.io.gfile.copy(_in(source, f"{folder}/{name}"), _in(target, f"{folder}/{name}"), overwrite=True)


def _in(folder: str, name: str) -> str:
    return os.path.join(folder, name)  # noqa: PTH118 - may be remote
