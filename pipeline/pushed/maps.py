"""Where a pushed model found its evidence, slice by slice."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from components.explanations.params import ExplainParams
from components.imaging.decode import decode_seen
from components.imaging.overlay import Grey
from components.ingest.params import IngestParams
from components.slices.errors import DataError
from pipeline.pushed.inputs import Input, find_slices, read_slice
from pipeline.pushed.model import latest_pushed, trained_on
from pipeline.settings.config import Config
from pipeline.settings.layout import Layout

__all__ = ["ExplainRequest", "SliceMap", "explain_request", "explain_slices", "slices_of"]

BATCH = 8  # slices a call of the model: maps are as large as their images
UPPER_BYTE = 8  # bits to shift 16-bit grey by


@dataclasses.dataclass(frozen=True)
class ExplainRequest:
    """What to explain, and how.

    Attributes:
      model: Folder of the SavedModel.
      paths: Files and folders that the user named.
      method: One of `METHODS`.
      limit: At most so many slices; 0 for all.
    """

    model: Path
    paths: Sequence[str]
    method: str
    limit: int


@dataclasses.dataclass(frozen=True)
class SliceMap:
    """A slice with its map.

    Attributes:
      slice: Where it came from.
      grey: uint8 (rows, columns), as a person sees it; None where the slice cannot be read.
      heat: uint8 of the same size; None likewise.
      probability: 0..1; None likewise.
      hemorrhage: 0 or 1; None likewise.
      reason: Why it cannot be read; "" where it can.
      gap: By integrated gradients: how far their sum is from `rise`, in logits.
      rise: The slice's logit less that of black.
    """

    slice: Input
    grey: Grey | None
    heat: Grey | None
    probability: float | None
    hemorrhage: int | None
    reason: str
    gap: float = 0.0
    rise: float = 0.0


def explain_request(
    config: Config, paths: Sequence[str], model: str | None, method: str, limit: int
) -> ExplainRequest:
    """Returns what to explain, by the latest pushed model where none is named."""
    return ExplainRequest(
        Path(model) if model else latest_pushed(Layout.of(config.run)), paths, method, limit
    )


def slices_of(request: ExplainRequest, config: Config) -> tuple[list[Input], IngestParams]:
    """Returns the slices to explain, and how they are read.

    Raises:
      DataError: They are not of the kind that the model was trained on.
      OSError: There are none, or no model.
    """
    windows = trained_on(request.model)
    params = config.ingest.model_copy(update={"windows": windows}) if windows else config.ingest
    slices = find_slices(request.paths, windows, params)
    return slices[: request.limit or None], params


def explain_slices(
    request: ExplainRequest,
    slices: Sequence[Input],
    reading: IngestParams,
    params: ExplainParams,
    shuffle: int | None = None,
) -> Iterator[SliceMap]:
    """Explains slice by slice.

    Args:
      request: Model and method.
      slices: What to explain.
      reading: How slices are read.
      params: How they are explained.
      shuffle: Seed to shuffle the model's weights with; None to leave them.
    Raises:
      DataError: The model cannot explain itself.
    """
    from components.explanations.explainer import Explainer

    try:
        explainer = Explainer(str(request.model), request.method, params)
    except ValueError as error:
        raise DataError(str(error)) from error
    if shuffle is not None:
        explainer.shuffle(shuffle)
    windows = len(trained_on(request.model).split())
    for start in range(0, len(slices), BATCH):
        batch = [(source, *read_slice(source, reading)) for source in slices[start : start + BATCH]]
        answers = iter(explainer.explain([data for _, data, reason in batch if not reason]))
        for source, data, reason in batch:
            answer = None if reason else next(answers)
            if answer is None or answer.error or answer.heat is None:
                yield SliceMap(source, None, None, None, None, reason or (answer.error if answer else ""))
                continue
            grey = _eight_bits(decode_seen(data, windows))
            yield SliceMap(
                source, grey, answer.heat, answer.probability, answer.hemorrhage, "", answer.gap, answer.rise
            )


def _eight_bits(grey: np.ndarray) -> Grey:
    return (grey >> UPPER_BYTE).astype(np.uint8) if grey.dtype == np.uint16 else grey.astype(np.uint8)
