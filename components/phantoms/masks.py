"""The known answers as pictures: where each slice's bleed is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from components.phantoms.series import Series


def check_masks_folder(masks: Path, out: Path) -> None:
    """Checks where masks are to be written.

    Raises:
      FileExistsError: There is something.
      ValueError: It is the data's folder, or lies inside it, where masks would be taken for slices.
    """
    if masks.resolve().is_relative_to(out.resolve()):
        raise ValueError(f"masks: {masks} lies in the data's folder {out}; name a folder outside of it")
    if masks.exists() and (not masks.is_dir() or any(masks.iterdir())):
        raise FileExistsError(f"{masks} is there already and is not an empty folder; nothing was written")


def write_masks(folder: Path, series: Series, paths: Sequence[str]) -> None:
    """Writes a mask for each slice of a series that shows a bleed, and none for the others.

    Args:
      folder: Where to.
      series: The phantom.
      paths: Relative path of each slice's file; its mask has the same one, ending in .png.
    """
    for bleed, kinds, of_slice in zip(series.bleed, series.kinds, paths, strict=True):
        if kinds:
            path = folder / Path(of_slice).with_suffix(".png")
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.where(bleed, 255, 0).astype(np.uint8)).save(path)
