"""The picture being painted: Hounsfield units, and what each pixel is."""

import numpy as np
import numpy.typing as npt

from components.phantoms.plane import WHOLE, Image, Part, Plane, Point
from components.phantoms.regions import Region

AIR_HU = -1000.0


class Canvas:
    """One slice before the scanner adds blur and noise.

    Attributes:
      plane: Where it lies.
      hu: float32 (side, side), HU.
      region: uint8 (side, side), `Region`.
    """

    def __init__(self, plane: Plane) -> None:
        """Starts with air."""
        self.plane = plane
        self.hu: Image = np.full((plane.side, plane.side), AIR_HU, np.float32)
        self.region: npt.NDArray[np.uint8] = np.zeros((plane.side, plane.side), np.uint8)

    def weight(self, depth: Image) -> Image:
        """Share of each pixel that lies inside a surface at `depth` mm below it."""
        return np.asarray(np.clip(depth * np.float32(1 / self.plane.spacing) + np.float32(0.5), 0, 1))

    def paint(self, depth: Image, hu: float | Image, region: Region, part: Part = WHOLE) -> None:
        """Paints what has a depth above 0, a pixel that it covers in part being mixed."""
        weight = self.weight(depth)
        ground = self.hu[part]
        ground += weight * (hu - ground)
        self.region[part][weight >= 0.5] = region

    def stamp(self, mask: npt.NDArray[np.bool_], hu: Image, region: Region) -> None:
        """Paints whole pixels."""
        self.hu[mask] = hu[mask]
        self.region[mask] = region

    def ellipsoid(
        self,
        centre: Point,
        radii: Point,
        hu: float,
        region: Region,
        wall: float | None = None,
        uneven: Image | None = None,
    ) -> None:
        """Paints an ellipsoid along the head's axes.

        Args:
          centre, radii: mm.
          hu, region: What it is.
          wall: mm, to paint no more than a wall of this thickness.
          uneven: float32 (side, side), mm, by which the surface is further out here and further in there.
        """
        part = self.plane.around(centre, max(radii) + (wall or 0))
        if part is None:
            return
        depth = self.plane.ellipsoid(centre, radii, part)
        if uneven is not None:
            depth = depth + uneven[part]
        self.paint(depth if wall is None else wall / 2 - np.abs(depth), hu, region, part)

    def pair(self, centre: Point, radii: Point, hu: float, region: Region, wall: float | None = None) -> None:
        """Paints an ellipsoid on both sides of the head."""
        for sign in (-1.0, 1.0):
            self.ellipsoid((sign * centre[0], centre[1], centre[2]), radii, hu, region, wall)
