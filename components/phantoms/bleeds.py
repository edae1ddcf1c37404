"""Bleeds of the five subtypes, drawn in the head's own space and cut by each slice's plane."""

import dataclasses

import numpy as np
import numpy.typing as npt

from components.phantoms.brain import Spaces
from components.phantoms.head import Head
from components.phantoms.plane import Image, Plane, Point, overlap
from components.phantoms.regions import Kind

BLOOD_LOWEST_HU, BLOOD_HIGHEST_HU = 60.0, 80.0  # clotted blood, hours to days old
EDEMA_HU = 21.0
MARGIN_MM = 0.4  # between a bleed and the skull's inside or the midline
RAGGED_MM = 0.9  # how uneven a bleed's edge is
PUSH_REACH_MM = 40.0  # standard deviation of how far around it a bleed pushes the brain
HELD_MM = 18.0  # depth to which the skull holds the brain back

Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Bleed:
    """One bleed.

    Attributes:
      kind: Its subtype.
      centre: mm, in the head's frame: of the ball that it fills, or the point of the skull it lies on.
      radii: mm. Epidural: radius of the ball that cuts the lens off. Subdural: thickness, extent along
        and up. Intraparenchymal: of the ellipsoid. Subarachnoid: of the ball within which furrows are
        filled, and by how much they are widened. Intraventricular: of the ball within which it lies.
      level: mm to the back, behind which blood has settled (intraventricular).
      hu: HU, its mean.
      edema: mm, breadth of the dark rim (intraparenchymal).
    """

    kind: Kind
    centre: Point
    radii: Point
    level: float
    hu: float
    edema: float

    def depth(self, plane: Plane, head: Head, spaces: Spaces) -> Image:
        """Depth inside the bleed, mm; negative outside."""
        x, y, _ = plane.head
        ragged = RAGGED_MM * plane.field(head.ripples)
        inside = spaces.skull - MARGIN_MM
        match self.kind:
            case Kind.EPIDURAL:
                lens = plane.ellipsoid(self.centre, self.radii) + 0.5 * ragged
                return overlap(lens, inside)
            case Kind.SUBDURAL:
                crescent = self._crescent(plane, spaces) + 0.6 * ragged
                same_side = np.sign(self.centre[0]) * x - 1.5
                return overlap(crescent, inside, same_side)
            case Kind.INTRAPARENCHYMAL:
                core = plane.ellipsoid(self.centre, self.radii) + 0.5 * ragged + 1.6 * plane.field(head.folds)
                return overlap(core, spaces.skull - 6)
            case Kind.INTRAVENTRICULAR:
                settled = overlap(y - self.level, plane.ellipsoid(self.centre, self.radii))
                return overlap(settled, spaces.ventricles, inside)
            case Kind.SUBARACHNOID:
                near = plane.ellipsoid(self.centre, (self.radii[0],) * 3) + 3 * ragged
                filled = spaces.furrows + self.radii[1] + 0.4 * ragged
                return overlap(near, filled, inside, -spaces.ventricles)

    def push(self, plane: Plane, depth: Image) -> Image:
        """How far the brain gives way to the other side, float32 (side, side), mm to the left.

        Args:
          plane: The slice.
          depth: Below the inside of the skull, mm; where the skull holds the brain it does not move.
        """
        x, y, z = plane.head
        match self.kind:
            case Kind.EPIDURAL:
                size = 4.0
            case Kind.SUBDURAL:
                size = 0.5 * self.radii[0]
            case Kind.INTRAPARENCHYMAL:
                size = 0.25 * self.radii[1]
            case _:
                size = 0.0
        if not size:
            return np.zeros_like(x)
        away = (x - 0.6 * self.centre[0]) ** 2 + (y - self.centre[1]) ** 2 + (z - self.centre[2]) ** 2
        share = np.exp(away * np.float32(-0.5 / PUSH_REACH_MM**2)) * np.clip(depth / HELD_MM, 0, 1)
        return np.asarray(share * np.float32(-np.sign(self.centre[0]) * size), np.float32)

    def _crescent(self, plane: Plane, spaces: Spaces) -> Image:
        """Depth inside a sheet along the skull that thins out towards its rim, mm."""
        x, y, z = plane.head
        centre = np.array(self.centre)
        outwards = centre / np.linalg.norm(centre)
        along = np.cross([0.0, 0.0, 1.0], outwards)
        along /= np.linalg.norm(along)
        up = np.cross(outwards, along)
        a, b, c = (
            x * float(axis[0]) + y * float(axis[1]) + z * float(axis[2]) for axis in (along, up, outwards)
        )
        extent = (a / self.radii[1]) ** 2 + (b / self.radii[2]) ** 2
        thickness = self.radii[0] * np.sqrt(np.clip(1 - extent, 0, 1)) - 2.0 * (extent > 1)
        return overlap(thickness - spaces.vault, c)


def blood(bleed: Bleed, plane: Plane, head: Head) -> Image:
    """HU of each pixel if it were in the bleed: uneven, as clots are, never outside 60 to 80."""
    uneven = bleed.hu + 2.5 * plane.field(head.mottle)
    return np.asarray(np.clip(uneven, BLOOD_LOWEST_HU, BLOOD_HIGHEST_HU), np.float32)


def draw_bleeds(rng: np.random.Generator, head: Head, first: Kind) -> tuple[Bleed, ...]:
    """Draws one to three bleeds, the first of a given subtype and the others of other ones."""
    others = [kind for kind in Kind if kind != first]
    more = rng.choice(len(others), size=int(rng.choice([0, 1, 2], p=[0.15, 0.5, 0.35])), replace=False)
    return tuple(_draw(rng, head, kind) for kind in (first, *(others[i] for i in more)))


def _draw(rng: np.random.Generator, head: Head, kind: Kind) -> Bleed:
    side = float(rng.choice([-1.0, 1.0]))
    hu = float(rng.uniform(65, 76))
    centre, radii, level, edema = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 0.0, 0.0

    def over_the_side(back: tuple[float, float], up: tuple[float, float]) -> npt.NDArray[np.float64]:
        azimuth, elevation = np.radians(rng.uniform(*back)), np.radians(rng.uniform(*up))
        flat = np.cos(elevation)
        return np.array([side * flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])

    match kind:
        case Kind.EPIDURAL:
            direction = over_the_side((-40, 40), (-2, 32))
            thick, wide = float(rng.uniform(16, 28)), float(rng.uniform(30, 42))
            ball = (wide * wide + thick * thick) / (2 * thick)
            surface = np.array(head.surface_point(direction))
            middle = surface + direction * (ball - thick)
            centre = (float(middle[0]), float(middle[1]), float(middle[2]))
            radii = (ball, ball, ball * 1.4)
        case Kind.SUBDURAL:
            centre = head.surface_point(over_the_side((-25, 30), (5, 25)))
            radii = (float(rng.uniform(10, 18)), float(rng.uniform(52, 70)), float(rng.uniform(38, 52)))
        case Kind.INTRAPARENCHYMAL:
            places = ((27, -4, 6), (34, -38, 18), (36, 32, 20), (14, 12, 8), (44, 6, -4), (30, 5, 36))
            place = places[int(rng.integers(len(places)))]
            jitter = rng.uniform(-4, 4, size=3)
            centre = (
                side * place[0] + float(jitter[0]),
                place[1] + float(jitter[1]),
                place[2] + float(jitter[2]),
            )
            size = float(rng.uniform(15, 24))
            radii = (size * float(rng.uniform(0.75, 1.0)), size, size * float(rng.uniform(0.9, 1.2)))
            edema = float(rng.uniform(3, 6))
        case Kind.INTRAVENTRICULAR:
            if rng.random() < 0.5:
                level, radii = float(rng.uniform(8, 20)), (60.0, 90.0, 60.0)
            else:
                centre, level, radii = (side * 30.0, 0.0, 5.0), -60.0, (30.5, 90.0, 45.0)
        case Kind.SUBARACHNOID:
            reach = float(rng.uniform(38, 55))
            if rng.random() < 0.5:
                centre = (side * 22.0, -6.0, -12.0)
            else:
                far = head.surface_point(over_the_side((-45, 45), (10, 50)))
                centre = (0.85 * far[0], 0.85 * far[1], 0.85 * far[2])
            radii = (reach, float(rng.uniform(0.6, 1.1)), 1.0)
    return Bleed(kind, centre, radii, level, hu, edema)
