"""How noisy a slice is. Pure NumPy."""

import numpy as np
import numpy.typing as npt

from components.imaging.decode import Grey
from components.imaging.head import Mask

ROWS = 64  # of the picture that are looked at; some 10,000 pixels of a head
FEWEST = 50  # pixels; of fewer no noise can be measured
KERNEL_NORM = 6.0  # square root of the sum of squares of the kernel
MEDIAN_OF_NORMAL = 0.6745  # the median absolute deviation of a normal distribution of deviation 1


def noise(pixels: Grey, head: Mask, cell: int, lowest: int, highest: int) -> float:
    """Returns the standard deviation of white noise that pixels and their neighbours tell, in 0..1.

    From the median of what a 3x3 kernel leaves that takes out ramps and straight edges along rows and
    columns. Only neighbours in the picture as it is count, whatever its size, so that the same noise a
    pixel is the same number; a picture made larger or smaller has other noise, and another number.

    Args:
      pixels: (rows, columns), uint8 or uint16 over its full range.
      head: Which cells belong to the head.
      cell: Pixels on a cell's side.
      lowest, highest: Of 255, pixels in between count; others are clipped and have no noise.
    Returns:
      Of the full grey range; 0.0 where less than `FEWEST` pixels count.
    Source: J. Immerkaer, Fast Noise Variance Estimation, Computer Vision and Image Understanding 64(2),
      1996; its mean replaced by the median, which edges do not move.
    """
    rows, columns = pixels.shape
    if rows < 3 or columns < 3:
        return 0.0
    middle = np.arange(1, rows - 1, max(1, rows // ROWS))
    above, centre, below = (_levels(pixels[middle + step]) for step in (-1, 0, 1))
    vertical = above + below - 2 * centre
    left_over = vertical[:, :-2] + vertical[:, 2:] - 2 * vertical[:, 1:-1]
    centre = centre[:, 1:-1]
    cell_rows = np.minimum(middle // cell, head.shape[0] - 1)
    cell_columns = np.minimum(np.arange(1, columns - 1) // cell, head.shape[1] - 1)
    counted = (centre > lowest) & (centre < highest) & head[cell_rows][:, cell_columns]
    sizes = np.bincount(np.abs(left_over[counted]))
    if sizes.sum() < FEWEST:
        return 0.0
    return _median(sizes) / (MEDIAN_OF_NORMAL * KERNEL_NORM * 255)


def _levels(rows: Grey) -> npt.NDArray[np.int16]:
    return (rows >> 8 if rows.dtype == np.uint16 else rows).astype(np.int16)


def _median(sizes: npt.NDArray[np.int64]) -> float:
    """Returns the median of whole numbers, given how often each is there, as if they were spread evenly.

    Small noise takes a few whole numbers only; their plain median would jump.
    """
    below = np.concatenate([[0], sizes.cumsum()])
    half = below[-1] / 2
    place = int(np.searchsorted(below, half, "right")) - 1
    within = (half - below[place]) / sizes[place]
    return place - 0.5 + float(within) if place else float(within) / 2
