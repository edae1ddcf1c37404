"""A SavedModel called through its signatures, as a server calls it."""

import dataclasses
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from schemas import features

__all__ = ["BATCH", "EXPLAIN", "ServedModel", "decoded"]

EXPLAIN = "explain_bytes"  # a signature
BATCH = 32  # items a call


@dataclasses.dataclass(frozen=True)
class Answers:
    """What a model says of n items.

    Attributes:
      probability: float32, (n,), 0..1; NaN for an item that it cannot read.
      hemorrhage: int64, (n,), 0 or 1; -1 for an item that it cannot read.
      error: n texts; "" where there is none.
      heat_maps: n maps uint8 (rows, columns) of the image's own size, 0..255, or None for an item that it
        cannot read; empty where none were requested.
    """

    probability: npt.NDArray[np.float32]
    hemorrhage: npt.NDArray[np.int64]
    error: list[str]
    heat_maps: list[npt.NDArray[np.uint8] | None]


class ServedModel:
    """One loaded SavedModel.

    Attributes:
      threshold: At or above it a slice is called a hemorrhage, 0..1.
      temperature: Logits are divided by it.
      version: Which model it is.
    """

    def __init__(self, folder: str):
        """Loads the model.

        Args:
          folder: Of the SavedModel; may be remote.
        Raises:
          OSError: There is no SavedModel, or its operating point is missing.
        """
        self._loaded = tf.saved_model.load(folder)  # its functions live as long as it does
        if not hasattr(self._loaded, "threshold") or not hasattr(self._loaded, "version"):
            raise FileNotFoundError(
                f"{folder}: the SavedModel states no threshold and no version, so it is not of this ichor; "
                "give a model that it pushed"
            )
        self.threshold = float(self._loaded.threshold.numpy())
        self.temperature = float(self._loaded.temperature.numpy())
        self.version = self._loaded.version.numpy().decode()

    def score_images(self, images: Sequence[bytes]) -> Answers:
        """Scores whole PNG and JPEG files."""
        return self._ask("serving_bytes", "images", images)

    def score_records(self, records: Sequence[bytes]) -> Answers:
        """Scores serialized `tf.Example` records."""
        return self._ask("serving_default", "examples", records)

    @property
    def explains(self) -> bool:
        """Whether it can show where the evidence lies; earlier models could not."""
        return EXPLAIN in self._loaded.signatures

    def explain_images(self, images: Sequence[bytes]) -> Answers:
        """Scores whole PNG and JPEG files and shows where the evidence lies."""
        return self._ask(EXPLAIN, "images", images)

    def _ask(self, signature: str, argument: str, items: Sequence[bytes]) -> Answers:
        call = self._loaded.signatures[signature]
        outputs = list(_in_batches(lambda some: call(**{argument: tf.constant(some)}), items))

        def column(name: str, dtype: npt.DTypeLike) -> npt.NDArray:
            return np.concatenate([np.zeros(0, dtype), *(output[name] for output in outputs)]).astype(dtype)

        return Answers(
            probability=column(features.PROBABILITY, np.float32),
            hemorrhage=column(features.PREDICTED, np.int64),
            error=[text.decode() for output in outputs for text in output[features.ERROR]],
            heat_maps=[decoded(png) for output in outputs for png in output.get(features.HEAT_MAP, ())],
        )


def _in_batches(
    call: Callable[[Sequence[bytes]], Mapping[str, tf.Tensor]], items: Sequence[bytes]
) -> Iterator[Mapping[str, npt.NDArray]]:
    for start in range(0, len(items), BATCH):
        yield {name: output.numpy() for name, output in call(items[start : start + BATCH]).items()}


def decoded(png: bytes) -> npt.NDArray[np.uint8] | None:
    """Returns a heat map as the signature gives it, uint8 (rows, columns); None for an item without."""
    return np.asarray(Image.open(io.BytesIO(png))) if png else None
