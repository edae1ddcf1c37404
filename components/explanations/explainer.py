"""Where a SavedModel looked: by its own signature, or by gradients that are taken of it here."""

import dataclasses
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from components.explanations.integrated_gradients import Attributions, integrated_gradients, smoothed
from components.explanations.params import ExplainParams
from components.served_model import EXPLAIN, decoded
from schemas import features

__all__ = ["Explainer"]

GRADCAM, INTEGRATED_GRADIENTS = METHODS = ("gradcam", "integrated-gradients")
STRONGEST = 255  # of a heat map

Heat = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True)
class Explained:
    """What a model says of one image.

    Attributes:
      probability: 0..1; None where the image cannot be read.
      hemorrhage: 0 or 1 by the model's own threshold; None likewise.
      heat: uint8 of the image's size, 255 at its peak; None likewise.
      error: Why it cannot be read; "" where it can.
      gap: By integrated gradients, how far the attributions' sum is from what it ought to be, in logits.
      rise: What it ought to be: the logit less that of black.
    """

    probability: float | None
    hemorrhage: int | None
    heat: Heat | None
    error: str
    gap: float = 0.0
    rise: float = 0.0


class Explainer:
    """One loaded SavedModel."""

    def __init__(self, folder: str, method: str, params: ExplainParams):
        """Loads the model.

        Args:
          folder: Of the SavedModel.
          method: One of `METHODS`.
          params: Of integrated gradients.
        Raises:
          OSError: There is no SavedModel.
          ValueError: It was written before models could explain themselves.
        """
        self._loaded = tf.saved_model.load(folder)
        if EXPLAIN not in self._loaded.signatures:
            raise ValueError(f"{folder}: the model has no signature {EXPLAIN}; run the pipeline anew")
        self._method = method
        self._params = params

    def explain(self, images: Sequence[bytes]) -> list[Explained]:
        """Explains whole PNG and JPEG files."""
        if not images:
            return []
        batch = tf.constant(list(images))
        if self._method == GRADCAM:
            answer = self._ask(EXPLAIN, batch)
            heats = [decoded(png) for png in answer[features.HEAT_MAP]]
            return [_explained(answer, at, heat) for at, heat in enumerate(heats)]
        answer = self._ask("serving_bytes", batch)
        pixels, _ = self._loaded.read_images(batch)
        found = [integrated_gradients(self._loaded.logit, one, self._params.steps) for one in pixels]
        return [
            _explained(answer, at, self._drawn(one, image), gap=one.gap, rise=one.rise)
            for at, (one, image) in enumerate(zip(found, images, strict=True))
        ]

    def shuffle(self, seed: int) -> None:
        """Shuffles each array of weights in place, so that what was learned is lost and its scale is kept.

        Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: a map that stays the same
          shows the image, not the model.
        """
        drawn = np.random.default_rng(seed)
        for variable in self._loaded.signatures[EXPLAIN].variables:
            if variable.dtype.is_floating and variable.shape.rank:
                values = variable.numpy()
                variable.assign(drawn.permutation(values.ravel()).reshape(values.shape))

    def _ask(self, signature: str, images: tf.Tensor) -> dict[str, npt.NDArray]:
        answer = self._loaded.signatures[signature](images=images)
        return {name: value.numpy() for name, value in answer.items()}

    def _drawn(self, found: Attributions, image: bytes) -> Heat | None:
        size = _size(image)
        if size is None:
            return None
        evidence = smoothed(found.values, self._params.smoothing_share)
        resized = Image.fromarray(evidence).resize(size, Image.Resampling.BILINEAR)
        levels = np.asarray(resized).clip(0)
        peak = levels.max()
        return (levels * (STRONGEST / peak if peak else 0)).round().astype(np.uint8)


def _explained(
    answer: dict[str, npt.NDArray], at: int, heat: Heat | None, *, gap: float = 0.0, rise: float = 0.0
) -> Explained:
    error = answer[features.ERROR][at].decode()
    if error:
        return Explained(None, None, None, error)
    probability = float(answer[features.PROBABILITY][at])
    return Explained(probability, int(answer[features.PREDICTED][at]), heat, "", gap, rise)


def _size(image: bytes) -> tuple[int, int] | None:
    try:
        return Image.open(io.BytesIO(image), formats=("PNG", "JPEG")).size
    except OSError:
        return None
