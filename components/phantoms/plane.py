"""The plane of a slice through a head, and smooth random fields in the head's own space.

Two frames, both in mm: the scanner's (columns to the patient's left, rows to the back, up) and
the head's (x to the left, y to the back, z to the vertex; the origin is in the middle of the brain).
"""

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.floating]
Point = tuple[float, float, float]
Part = tuple[slice, slice]

WHOLE: Part = (slice(None), slice(None))
FURTHEST_PUSH_MM = 10.0
# OpenBLAS splits larger products among threads, which wait for each other longer than they work: seven
# times slower on two busy cores.
STRIP_PRODUCTS = 200_000
WAVES_A_FIELD = 40  # enough that no single wave is seen


def union(*depths: Image | float) -> Image:
    """Depth inside any of several bodies, mm."""
    return functools.reduce(np.maximum, depths)  # type: ignore[arg-type]


def overlap(*depths: Image | float) -> Image:
    """Depth inside all of several bodies, mm."""
    return functools.reduce(np.minimum, depths)  # type: ignore[arg-type]


@dataclasses.dataclass(frozen=True, eq=False)
class Waves:
    """A smooth random field in space as a sum of plane waves; mean 0, standard deviation 1.

    Attributes:
      vectors: float64 (waves, 3), rad/mm, in the head's frame.
      phases: float64 (waves,), rad.
    """

    vectors: npt.NDArray[np.float64]
    phases: npt.NDArray[np.float64]


def draw_waves(rng: np.random.Generator, wavelength: float, spread: float) -> Waves:
    """Draws a field.

    Args:
      rng: Source of randomness.
      wavelength: mm, in the middle of the field's band.
      spread: Half width of the band as a share of the wavelength.
    """
    direction = rng.normal(size=(WAVES_A_FIELD, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    length = wavelength * rng.uniform(1 - spread, 1 + spread, size=(WAVES_A_FIELD, 1))
    return Waves(2 * np.pi * direction / length, rng.uniform(0, 2 * np.pi, size=WAVES_A_FIELD))


def mirrored(waves: Waves) -> Waves:
    """Returns a field that is the same on both sides of the head."""
    both = np.vstack([waves.vectors, waves.vectors * [-1, 1, 1]])
    return Waves(both, np.tile(waves.phases, 2))


@dataclasses.dataclass(frozen=True)
class Plane:
    """One slice's plane.

    Attributes:
      side: Pixels.
      spacing: mm a pixel.
      rotation: float64 (3, 3), from the head's frame into the scanner's.
      origin: mm, where the head's origin lies in the scanner's frame, the slice's height being 0 there.
      push: float32 (side, side), mm to the left by which a bleed has moved what is seen at each pixel.
    """

    side: int
    spacing: float
    rotation: npt.NDArray[np.float64]
    origin: Point
    push: Image | None = None
    _fields: dict[Waves, Image] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @functools.cached_property
    def axis(self) -> Image:
        """float64 (side,): mm from the picture's middle to each row's or column's centre."""
        return (np.arange(self.side) - (self.side - 1) / 2) * self.spacing

    @functools.cached_property
    def head(self) -> tuple[Image, Image, Image]:
        """The head's coordinates x, y, z of each pixel; each float32 (side, side), mm."""
        columns, rows = self.axis - self.origin[0], self.axis - self.origin[1]
        r = self.rotation
        x, y, z = (
            ((r[0, i] * columns)[None, :] + (r[1, i] * rows - r[2, i] * self.origin[2])[:, None]).astype(
                np.float32
            )
            for i in range(3)
        )
        return (x if self.push is None else x - self.push), y, z

    def around(self, centre: Point, reach: float) -> Part | None:
        """Returns the part of the picture within `reach` mm of a point of the head, or None."""
        if self.push is not None:
            reach += FURTHEST_PUSH_MM
        column, row, height = self.rotation @ np.asarray(centre) + np.asarray(self.origin)
        if abs(height) > reach:
            return None
        middle = (self.side - 1) / 2
        bounds = []
        for place in (row, column):
            low = max(int(np.floor((place - reach) / self.spacing + middle)), 0)
            high = min(int(np.ceil((place + reach) / self.spacing + middle)) + 1, self.side)
            if low >= high:
                return None
            bounds.append(slice(low, high))
        return bounds[0], bounds[1]

    def field(self, waves: Waves) -> Image:
        """Evaluates a random field on the plane, float32 (side, side); once, then it is kept.

        A plane cuts a plane wave in a plane wave, whose cosine over a grid is one product of two
        narrow matrices; so the field is exact at any tilt and costs little.
        """
        if waves not in self._fields:
            k = waves.vectors @ self.rotation.T
            rows = np.outer(self.axis - self.origin[1], k[:, 1]).astype(np.float32)
            phases = (waves.phases - k[:, 2] * self.origin[2])[:, None]
            columns = (np.outer(k[:, 0], self.axis - self.origin[0]) + phases).astype(np.float32)
            left = np.hstack([np.cos(rows), -np.sin(rows)])
            right = np.vstack([np.cos(columns), np.sin(columns)])
            field = np.empty((self.side, self.side), np.float32)
            step = max(1, STRIP_PRODUCTS // right.size)
            for row in range(0, self.side, step):
                np.matmul(left[row : row + step], right, out=field[row : row + step])
            field *= np.float32(np.sqrt(2 / len(k)))
            self._fields[waves] = field
        return self._fields[waves]

    def ellipsoid(self, centre: Point, radii: Point, part: Part = WHOLE) -> Image:
        """Depth below the surface of an ellipsoid along the head's axes, mm; negative outside."""
        x, y, z = (c[part] for c in self.head)
        rho = np.sqrt(
            ((x - centre[0]) / radii[0]) ** 2
            + ((y - centre[1]) / radii[1]) ** 2
            + ((z - centre[2]) / radii[2]) ** 2
        )
        return np.asarray((1 - rho) * np.float32(min(radii)))
