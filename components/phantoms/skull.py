"""Skull, its base, face and neck: everything around the brain."""

import numpy as np

from components.phantoms.canvas import Canvas
from components.phantoms.head import Head
from components.phantoms.plane import Image, Plane, overlap, union
from components.phantoms.regions import Region

SKIN_HU, FAT_HU, MUSCLE_HU, AIR_HU = 35.0, -95.0, 50.0, -1000.0
BONE_HU, MARROW_HU, EYE_HU = 1100.0, 650.0, 10.0
SKIN_MM = 1.8
NO_BASE_ABOVE = -6.0  # mm: a plane that lies higher everywhere cuts no base
DEEP = np.float32(400.0)  # mm: further than anything in the picture


def paint_skull(canvas: Canvas, head: Head) -> tuple[Image, Image]:
    """Paints all but the brain.

    Returns:
      Depth below the inside of the skull, mm, negative outside; the same, the base not counted. Each
      float32 (side, side).
    """
    plane = canvas.plane
    x, y, z = plane.head
    vault = head.depth_below_vault(plane)
    skull = head.skull * (1 + 0.07 * plane.field(head.mottle))
    low = bool(z.min() < NO_BASE_ABOVE)
    skin: Image = vault + skull + head.scalp
    if low:
        skin = union(skin + overlap((z + 40) * 0.6, 0), _face_and_neck(plane, head))
    canvas.paint(skin, SKIN_HU, Region.SKIN)
    canvas.paint(skin - SKIN_MM, FAT_HU, Region.FAT)
    if low:
        _paint_muscles(canvas, head, skin)
        _paint_ears(canvas)
    if head.swelling:
        ball = plane.ellipsoid(head.bruise, (36, 36, 36))
        bruise = vault + skull + head.scalp + overlap(head.swelling, 0.6 * ball)
        canvas.paint(overlap(bruise, ball), MUSCLE_HU, Region.MUSCLE)
    temples = overlap(vault + skull + 0.6 * head.scalp, 12 - 0.35 * np.abs(y + 12) - 0.25 * np.abs(z + 15))
    canvas.paint(temples, MUSCLE_HU, Region.MUSCLE)
    if not low:
        canvas.paint(vault + skull, BONE_HU, Region.BONE)
        canvas.paint(1.5 - np.abs(vault + skull / 2), MARROW_HU, Region.BONE)
        return vault, vault
    floor, thickness = _base(x, y)
    canvas.paint(overlap(vault + skull, z - floor + thickness), BONE_HU, Region.BONE)
    _paint_face(canvas, head)
    return overlap(vault, (z - floor) * 0.8), vault


def _sigmoid(value: Image) -> Image:
    """Returns what SciPy's expit does but for the last bit, by which all phantoms would change."""
    return np.asarray((np.tanh(value * 0.5) + 1) * 0.5)


def _base(x: Image, y: Image) -> tuple[Image, Image]:
    """Height of the skull's floor and thickness of its bone, mm.

    Three steps down from front to back: the anterior fossa over the orbits, the middle fossa behind
    the sphenoid's wings, the posterior fossa behind the petrous ridges, open at the foramen magnum.
    """
    out = np.abs(x)
    wing = y + 18 + 0.32 * out
    ridge = y + 5 - 0.52 * out
    behind_wing, behind_ridge = _sigmoid(wing / 2.5), _sigmoid(ridge / 3)
    lateral = _sigmoid((out - 15) / 2.5)
    front = -21 + 7 * np.exp(-(((out - 27) / 14) ** 2)) + 0.05 * (y + 40)
    middle = -27 - (17 - 0.006 * (y + 6) ** 2 - 0.008 * (out - 36) ** 2) * lateral
    behind = -64 + 0.0055 * (x * x + (y - 34) ** 2)
    floor = front + behind_wing * (middle - front)
    floor += behind_ridge * (behind - floor)
    floor += 13 * np.exp(-((ridge / 5.5) ** 2)) * lateral
    floor += 7 * np.exp(-((wing / 4) ** 2)) * lateral
    hole = np.sqrt(x * x + (y - 24) ** 2)
    floor -= DEEP * _sigmoid((14 - hole) / 0.8)
    thickness = 4 + 5 * behind_wing * (1 - behind_ridge) + 11 * np.exp(-((ridge / 7) ** 2)) * lateral
    return floor, np.where(hole < 15, 0, thickness)


def _face_and_neck(plane: Plane, head: Head) -> Image:
    """Depth below the skin of face and neck, mm."""
    x, y, z = plane.head
    wide, long = head.half_width, head.half_length
    face = plane.ellipsoid((0, -0.42 * long, -62), (0.93 * wide, 0.68 * long, 78))
    nose = plane.ellipsoid((0, -1.10 * long, -62), (13, 18, 24))
    neck = (1 - np.sqrt((x / 60) ** 2 + ((y - 14) / 52) ** 2)) * 52 + overlap((-50 - z) * 0.8, 0)
    return union(face, nose, neck)


def _paint_muscles(canvas: Canvas, head: Head, skin: Image) -> None:
    """Fills what lies below the skin with muscles in fat, the same on both sides."""
    _, y, z = canvas.plane.head
    part = overlap(skin - head.scalp - 3, -18 - z, 0.25 * (y + 75))
    strands = 4 * canvas.plane.field(head.face) + 2.2
    canvas.paint(overlap(part, strands), MUSCLE_HU, Region.MUSCLE)


def _paint_ears(canvas: Canvas) -> None:
    canvas.pair((78, 22, -48), (5, 15, 26), SKIN_HU, Region.SKIN)
    canvas.pair((80, 22, -48), (3, 11, 20), AIR_HU, Region.AIR)


def _paint_face(canvas: Canvas, head: Head) -> None:
    """Orbits, sinuses, jaws, mastoids, uppermost vertebra."""
    front = -head.half_length
    plane = canvas.plane
    cells = plane.field(head.ripples)
    uneven = 1.5 * plane.field(head.face)
    for sign in (-1.0, 1.0):
        _cells(canvas, cells, (sign * 57, 26, -50), (14, 17, 17))
        canvas.ellipsoid(
            (sign * 30, front + 16, -38), (20, 27, 18), BONE_HU, Region.BONE, wall=1.6, uneven=uneven
        )
        canvas.ellipsoid((sign * 30, front + 13, -38), (19, 30, 17), FAT_HU, Region.FAT, uneven=uneven)
        canvas.ellipsoid((sign * 31, front + 4, -38), (12.8, 12.8, 12.8), 45.0, Region.MUSCLE)
        canvas.ellipsoid((sign * 31, front + 4, -38), (11.3, 11.3, 11.3), EYE_HU, Region.EYE)
        canvas.ellipsoid((sign * 31, front - 5.5, -38), (4.5, 2.2, 4.5), 70.0, Region.EYE)
        canvas.ellipsoid((sign * 27, front + 26, -38), (2.2, 14, 2.2), 40.0, Region.MUSCLE)
        for side in (-13, 10):
            canvas.ellipsoid(
                (sign * (29 + side), front + 20, -38), (2, 16, 5), MUSCLE_HU, Region.MUSCLE, uneven=uneven
            )
        canvas.ellipsoid(
            (sign * 27, front + 22, -70), (15, 18, 17), BONE_HU, Region.BONE, wall=1.6, uneven=uneven
        )
        canvas.ellipsoid((sign * 27, front + 22, -70), (14.2, 17.2, 16.2), AIR_HU, Region.AIR, uneven=uneven)
        canvas.ellipsoid((sign * 49, front + 58, -82), (4, 15, 36), BONE_HU, Region.BONE, uneven=uneven)
        canvas.ellipsoid((sign * 58, front + 38, -58), (3, 24, 5), BONE_HU, Region.BONE, uneven=uneven)
        canvas.ellipsoid((sign * 9, front + 4, -12), (14, 8, 13), BONE_HU, Region.BONE)
        canvas.ellipsoid((sign * 9, front + 3, -12), (9.5, 4.5, 9), AIR_HU, Region.AIR)
        canvas.ellipsoid((sign * 21, 22, -73), (9, 11, 11), BONE_HU, Region.BONE, uneven=uneven)
    _cells(canvas, cells, (0, front + 26, -42), (13, 24, 19), thin=True)
    _cells(canvas, cells, (0, front + 18, -66), (10, 34, 16), thin=True)
    canvas.ellipsoid((0, -26, -40), (15, 13, 11), BONE_HU, Region.BONE, uneven=uneven)
    canvas.ellipsoid((0, -26, -40), (12, 10, 9), AIR_HU, Region.AIR, uneven=uneven)
    canvas.ellipsoid((0, -24, -88), (13, 8, 26), AIR_HU, Region.AIR, uneven=uneven)
    canvas.ellipsoid((0, front + 30, -98), (24, 30, 14), BONE_HU, Region.BONE, wall=6, uneven=uneven)
    canvas.ellipsoid((0, 24, -92), (23, 19, 26), BONE_HU, Region.BONE, wall=7, uneven=uneven)
    canvas.ellipsoid((0, 8, -92), (6, 6, 14), BONE_HU, Region.BONE, uneven=uneven)
    canvas.ellipsoid((0, 26, -84), (12, 11, 46), 8.0, Region.CSF)
    canvas.ellipsoid((0, 26, -84), (7, 6, 46), 32.0, Region.WHITE)


def _cells(
    canvas: Canvas,
    cells: Image,
    centre: tuple[float, float, float],
    radii: tuple[float, float, float],
    thin: bool = False,
) -> None:
    """Paints air cells in bone; thin walls as in the ethmoid, thick ones as in the mastoid."""
    part = canvas.plane.around(centre, max(radii))
    if part is None:
        return
    depth = canvas.plane.ellipsoid(centre, radii, part)
    canvas.paint(depth, BONE_HU, Region.BONE, part)
    air = np.abs(cells[part]) * 3 - (0.35 if thin else 1.2)
    canvas.paint(overlap(depth - 1.0, air), AIR_HU, Region.AIR, part)
