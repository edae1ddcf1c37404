"""What a killed training needs to go on: kept on disk after each epoch, removed after the last."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from schemas.history import Row, best_epoch

__all__ = ["TrainingState"]

Arrays = list[npt.NDArray]

READ_AT_ONCE = 2**20  # bytes


def fingerprint(texts: Iterable[str], files: Iterable[str]) -> str:
    """Returns sixteen hexadecimal digits that change with any of the texts or the files' contents."""
    digest = hashlib.blake2b()
    for text in texts:
        digest.update(hashlib.blake2b(text.encode()).digest())
    for file in files:
        content = hashlib.blake2b()
        with tf.io.gfile.GFile(file, "rb") as stream:
            while chunk := stream.read(READ_AT_ONCE):
                content.update(chunk)
        digest.update(content.digest())
    return digest.hexdigest()[:16]


def remove_others(folder: Path) -> list[str]:
    """Deletes the folders beside one and returns their names.

    They are of work that was killed before a setting, the data or the code changed. It could go on if
    all were changed back; that is given up, since each takes several times the size of the model and
    nothing else would ever delete it.
    """
    others = [path for path in folder.parent.iterdir() if path.is_dir() and path != folder]
    for other in others:
        shutil.rmtree(other)
    return sorted(other.name for other in others)


class TrainingState:
    """One folder that holds the last epoch's state and the best epoch's weights.

    The state is replaced in one step, so a kill at any moment leaves either the old or the
    new one, and the best weights that it speaks of.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._last = folder / "last.npz"
        folder.mkdir(parents=True, exist_ok=True)

    def rows(self) -> list[Row]:
        """Returns the rows of the epochs done so far; none where there is no state."""
        if not self._last.exists():
            return []
        with np.load(self._last) as arrays:
            return [Row(**row) for row in json.loads(str(arrays["history"]))]

    def save(self, model: keras.Model, rows: Sequence[Row]) -> None:
        """Keeps what the model is after the epoch of the last row, and its weights if it is the best."""
        weights = model.get_weights()
        best = best_epoch(rows)
        if best == rows[-1].epoch:
            _write(self._best(best), {}, weights=weights)
        optimizer = [variable.numpy() for variable in model.optimizer.variables]
        history = json.dumps([dataclasses.asdict(row) for row in rows])
        _write(self._last, {"history": np.array(history)}, weights=weights, optimizer=optimizer)
        for old in self.folder.glob("best-*.npz"):
            if old != self._best(best):
                old.unlink()

    def restore(self, model: keras.Model, with_optimizer: bool) -> None:
        """Puts the last epoch's weights, and its optimizer's state if asked for, into a compiled model."""
        model.set_weights(_read(self._last, "weights"))
        if with_optimizer:
            stored = _read(self._last, "optimizer")
            for variable, value in zip(model.optimizer.variables, stored, strict=True):
                variable.assign(value)

    def restore_best(self, model: keras.Model) -> int:
        """Puts the best epoch's weights into a model and returns the epoch."""
        best = best_epoch(self.rows())
        model.set_weights(_read(self._best(best), "weights"))
        return best

    def remove(self) -> None:
        """Deletes the folder."""
        shutil.rmtree(self.folder)

    def take_over(self, earlier: Path) -> None:
        """Copies what an earlier training kept, so that this one goes on from there."""
        for file in sorted(earlier.glob("*.npz")):  # the last epoch's comes last: it makes it a state
            partial = (self.folder / file.name).with_suffix(".partial")
            shutil.copyfile(file, partial)
            partial.replace(self.folder / file.name)

    def _best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04d}.npz"


def _write(path: Path, named: dict[str, npt.NDArray], **lists: Arrays) -> None:
    for name, arrays in lists.items():
        named |= {f"{name}-{at:06d}": array for at, array in enumerate(arrays)}
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **named)
    partial.replace(path)


def _read(path: Path, name: str) -> Arrays:
    with np.load(path) as arrays:
        return [arrays[key] for key in sorted(arrays.files) if key.startswith(f"{name}-")]
