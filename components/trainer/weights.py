"""Where the trunk's first weights come from."""

import hashlib
from pathlib import Path

import keras
import numpy as np

from components.trainer.trunks import TRUNKS, ImageNetWeights

__all__ = ["fingerprint"]

IMAGENET = "imagenet"
NONE = "none"
SUFFIXES = (".h5", ".keras")
WAY_OUT = (
    "give a file with trainer.weights=/path/to/weights.h5 (or .keras), or train from random weights "
    f"with trainer.weights={NONE}"
)


def load(trunk: keras.Model, name: str, weights: str) -> None:
    """Loads the trunk's weights in place.

    Args:
      trunk: Trunk without its top.
      name: Of the trunk, as in `TrainerParams.trunk`.
      weights: imagenet, none, or a path to a .h5 or .keras file of the trunk.
    Raises:
      FileNotFoundError: The path leads nowhere.
      OSError: ImageNet weights are neither cached nor could be fetched whole.
      ValueError: There are no such weights of this trunk, or the file does not hold them.
    """
    check(name, weights)
    if weights == NONE:
        return
    imagenet = TRUNKS[name].imagenet
    path = _fetched(imagenet) if imagenet and weights == IMAGENET else Path(weights).expanduser()
    wrong = f"trainer.weights: {path} does not hold weights of the trunk {name} without its top"
    trunk.set_weights([np.full_like(weight, np.nan) for weight in trunk.get_weights()])
    try:
        trunk.load_weights(path)
    except (ValueError, KeyError, OSError) as error:
        raise ValueError(f"{wrong}: {error}") from error
    # Keras only warns where a layer finds nothing of its own in the file.
    if left := sum(bool(np.isnan(weight).any()) for weight in trunk.get_weights()):
        raise ValueError(f"{wrong}: {left} of {len(trunk.weights)} arrays are not in the file")


def check(name: str, weights: str) -> None:
    """Checks what can be known of weights without reading or fetching them; arguments as of `load`.

    Raises:
      FileNotFoundError: The path leads nowhere.
      ValueError: There are no ImageNet weights of this trunk, or the file is of another kind.
    """
    if weights == IMAGENET and not TRUNKS[name].imagenet:
        raise ValueError(f"trainer.weights={IMAGENET}: there are none for the trunk {name}; {WAY_OUT}")
    if weights in (IMAGENET, NONE):
        return
    path = Path(weights).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"trainer.weights: no such file: {path}; {WAY_OUT}")
    if path.suffix not in SUFFIXES:
        raise ValueError(f"trainer.weights: expected a file ending in {' or '.join(SUFFIXES)}, got {path}")


def fingerprint(weights: str) -> str:
    """Returns what changes with the contents of a file of weights, since TFX's cache sees only its path.

    Args:
      weights: As of `load`.
    Returns:
      Sixteen hexadecimal digits; "" for imagenet, whose file is checked by hash, and for none.
    Raises:
      FileNotFoundError: The path leads nowhere.
    """
    if weights in (IMAGENET, NONE):
        return ""
    with Path(weights).expanduser().open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def require_unchanged(weights: str, known: str) -> None:
    """Refuses a file that was replaced since the run began, whose model would be cached under the old one.

    Raises:
      ValueError: Its fingerprint is not the known one.
    """
    if fingerprint(weights) != known:
        raise ValueError(f"trainer.weights: {weights} changed while the run went on; run again")


def _fetched(file: ImageNetWeights) -> Path:
    """Returns the file of ImageNet weights, fetched on first use into Keras' cache."""
    name = file.url.rpartition("/")[2]
    try:
        path = keras.utils.get_file(name, file.url, cache_subdir="models", file_hash=file.md5)
    except Exception as error:  # get_file raises a bare Exception when a fetch fails
        raise OSError(
            f"trainer.weights={IMAGENET}: could not fetch {file.url}: {error}; {WAY_OUT}"
        ) from error
    return Path(path)
