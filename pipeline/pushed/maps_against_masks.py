"""What maps are worth, measured by masks: against chance, and against the model with its weights shuffled."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TextIO

import numpy as np
from PIL import Image

from components.explanations.pointing import Mask, Pointed, Share, mean_of, pointed, widened
from components.imaging.content import measure
from components.imaging.overlay import Grey
from components.ingest.params import IngestParams
from components.metrics.bootstrap import Resampling
from components.slices.errors import DataError
from components.slices.files import holds_files
from components.slices.formats import source_of_name
from pipeline.pushed.inputs import Input
from pipeline.pushed.maps import ExplainRequest, SliceMap, explain_slices, slices_of
from pipeline.settings.config import Config
from pipeline.terminal.console import NOWHERE, ProgressLine, chatter_to

__all__ = ["measure_worth", "worth_text"]


@dataclasses.dataclass(frozen=True)
class Worth:
    """How maps lie to masks.

    Attributes:
      slices: With a mask that is not empty, and a map.
      patients: That they are of.
      called: Of the slices, those that the model calls a hemorrhage.
      pointing: Share of the slices whose map's peak lies in the mask.
      pointing_called: The same of the slices called a hemorrhage; None where there are none.
      mass: Mean share of a map's sum in the mask.
      shuffled_pointing: Of the model with its weights shuffled, the mean of several times.
      shuffled_mass: Likewise.
      chance_head: Mean share of the head's area in the mask: a peak at random in the head.
      chance_image: Mean share of the image's area in the mask: a peak at random anywhere.
    """

    slices: int
    patients: int
    called: int
    pointing: Share
    pointing_called: Share | None
    mass: Share
    shuffled_pointing: Share
    shuffled_mass: Share
    chance_head: float
    chance_image: float


def mask_of(source: Input, paths: Sequence[str], masks: Path) -> Path | None:
    """Returns the mask of a slice, by its path below the folder that was named, else by its name alone."""
    roots = [path for path in map(Path, paths) if holds_files(path) and source.path.is_relative_to(path)]
    below = [source.path.relative_to(root) for root in roots] + [PurePath(source.path.name)]
    for path in below:
        stem = path.with_suffix("") if source_of_name(path.name) else path
        mask = masks / stem.parent / f"{stem.name}.png"
        if not source.frame and mask.is_file():
            return mask
    return None


def measure_worth(request: ExplainRequest, config: Config, masks: Path) -> Worth:
    """Measures maps by masks.

    Raises:
      DataError: There is no such folder, no slice has a mask, or a mask is not of its slice's size.
      OSError: There are no slices, or no model.
    """
    if not masks.is_dir():
        raise DataError(f"--masks {masks}: no such folder; give the one that holds a PNG for each slice")
    slices, reading = slices_of(dataclasses.replace(request, limit=0), config)
    with_mask = [(item, mask) for item in slices if (mask := mask_of(item, request.paths, masks))]
    with_mask = with_mask[: request.limit or None]
    read = {item.name: drawn for item, path in with_mask if (drawn := _read(path)).any()}
    if not read:
        raise DataError(
            f"{masks}: no slice has a mask with a pixel that is not 0; a mask is a PNG under the slice's "
            "relative path or name"
        )
    masked = [item for item, _ in with_mask if item.name in read]
    with chatter_to(NOWHERE) as terminal:
        plain = _judged(request, masked, read, reading, config, None, terminal)
        seeds = range(config.explain.seed, config.explain.seed + config.explain.shuffles)
        by_chance = [_judged(request, masked, read, reading, config, seed, terminal) for seed in seeds]
    if not plain:
        raise DataError(f"{masks}: none of the {len(masked)} slices with a mask can be read")
    tolerance = config.explain.tolerance
    targets = [(widened(read[item.slice.name], tolerance), item.grey) for item, _ in plain]
    numbers = {
        patient: at for at, patient in enumerate(dict.fromkeys(item.slice.patient for item, _ in plain))
    }
    patients = np.array([numbers[item.slice.patient] for item, _ in plain])
    called = np.array([item.hemorrhage == 1 for item, _ in plain])
    how = config.evaluation
    resampling = Resampling(how.replicates, how.confidence, how.seed)

    def mean(values: Sequence[float] | np.ndarray, of: np.ndarray | None = None) -> Share:
        some = np.ones(len(plain), bool) if of is None else of
        _, codes = np.unique(patients[some], return_inverse=True)
        return mean_of(np.array(values, np.float64)[some], codes, resampling)

    return Worth(
        slices=len(plain),
        patients=len(numbers),
        called=int(called.sum()),
        pointing=mean([how.hit for _, how in plain]),
        pointing_called=mean([how.hit for _, how in plain], called) if called.any() else None,
        mass=mean([how.mass for _, how in plain]),
        shuffled_pointing=mean(np.mean([[how.hit for _, how in shuffled] for shuffled in by_chance], axis=0)),
        shuffled_mass=mean(np.mean([[how.mass for _, how in shuffled] for shuffled in by_chance], axis=0)),
        chance_head=float(np.mean([_of_head(mask, grey) for mask, grey in targets])),
        chance_image=float(np.mean([mask.mean() for mask, _ in targets])),
    )


def worth_text(worth: Worth, request: ExplainRequest, tolerance: float) -> str:
    """Returns a worth as a table of words."""
    near = f", {tolerance:g} pixels off count" if tolerance else ""
    lines = [
        f"{worth.slices} slices with a mask, of {worth.patients} patients, {worth.called} of them called a "
        f"hemorrhage; {request.method}{near}",
        "",
        f"{'peak in the mask':<42}{_of(worth.pointing)}",
        f"{'  of those called a hemorrhage':<42}"
        + (_of(worth.pointing_called) if worth.pointing_called else "none"),
        f"{'  the same model, weights shuffled':<42}{_of(worth.shuffled_pointing)}",
        f"{'  chance: share of the head in the mask':<42}{worth.chance_head:.3f}",
        f"{'  chance: share of the image in the mask':<42}{worth.chance_image:.3f}",
        f"{'share of the map in the mask':<42}{_of(worth.mass)}",
        f"{'  the same model, weights shuffled':<42}{_of(worth.shuffled_mass)}",
    ]
    return "\n".join(lines)


def _judged(
    request: ExplainRequest,
    slices: Sequence[Input],
    masks: dict[str, Mask],
    reading: IngestParams,
    config: Config,
    shuffle: int | None,
    terminal: TextIO,
) -> list[tuple[SliceMap, Pointed]]:
    judged = []
    maps = explain_slices(request, slices, reading, config.explain, shuffle)
    of_what = "the model" if shuffle is None else f"shuffled weights {shuffle}"
    line = ProgressLine(terminal, of_what + ": {} of {}")
    for number, slice_map in enumerate(maps, start=1):
        line(number, len(slices))
        if slice_map.heat is None:
            continue
        mask = masks[slice_map.slice.name]
        if mask.shape != slice_map.heat.shape:
            raise DataError(
                f"{slice_map.slice.name}: the mask is {mask.shape}, "
                f"the slice is {slice_map.heat.shape} pixels"
            )
        judged.append((slice_map, pointed(slice_map.heat, mask, config.explain.tolerance)))
    return judged


def _read(path: Path) -> Mask:
    try:
        with Image.open(path, formats=("PNG",)) as image:
            values = np.asarray(image)
    except OSError as error:
        raise DataError(f"{path}: not a PNG that can be read") from error
    return (values if values.ndim == 2 else values[..., :3].any(axis=2)) != 0


def _of_head(mask: Mask, grey: Grey | None) -> float:
    head = measure(grey).head_share if grey is not None else 0.0
    return min(1.0, float(mask.mean()) / head) if head else 0.0


def _of(share: Share) -> str:
    if share.low is None or share.high is None:
        return f"{share.value:.3f}  (too few patients for an interval)"
    return f"{share.value:.3f}  {share.low:.3f} to {share.high:.3f}"
