"""Brain: folded grey ribbon, white matter, deep grey matter, ventricles, cisterns, falx."""

import dataclasses
import itertools

import numpy as np

from components.phantoms.canvas import Canvas
from components.phantoms.head import Head
from components.phantoms.plane import Image, Plane, Point, overlap, union
from components.phantoms.regions import Region

VENTRICLE_HU, DURA_HU, SINUS_HU, LIME_HU = 7.0, 50.0, 54.0, 150.0
FAR_OUTSIDE = np.float32(-99.0)  # mm
FOLD_MM = 21.0  # wavelength of the folds; see Head.folds
CORTEX_MM = 3.2

# Middle lines of the fluid spaces on one side: mm to the side, back, up; radius.
VENTRICLE_LINES: tuple[tuple[tuple[Point, float], ...], ...] = (
    (
        ((12, -33, 4), 3.0),
        ((5.5, -16, 10), 4.0),
        ((9, 6, 18), 4.0),
        ((18, 24, 14), 5.0),
        ((25, 35, 3), 5.5),
        ((23, 54, 1), 2.2),
    ),
    (((25, 35, 3), 5.0), ((29, 20, -13), 2.4), ((29, 2, -20), 2.0)),
)
CISTERN_LINES: tuple[tuple[tuple[Point, float], ...], ...] = (
    (((30, -13, -18), 2.0), ((45, -17, -12), 1.6), ((63, -18, -6), 1.6)),
    (((40, -16, -8), 1.2), ((42, -2, 2), 1.4), ((46, 14, 9), 1.2), ((60, 22, 14), 1.2)),
    (((3, -11, -20), 4.5), ((13, -14, -19), 2.4), ((32, -14, -18), 2.0)),
    (((11, -8, -19), 2.6), ((17, 6, -17), 2.0), ((13, 17, -14), 2.2), ((2, 21, -12), 3.2)),
    (((0, -9, -26), 3.0), ((7, -8, -42), 2.0)),
)


@dataclasses.dataclass(frozen=True)
class Spaces:
    """Where fluid is, for bleeds to spread in; each float32 (side, side), mm, positive inside.

    Attributes:
      skull: Depth below the inside of the skull.
      vault: The same, the base not counted.
      furrows: Depth inside the fluid over the folds, between the halves and in the cisterns.
      ventricles: Depth inside the ventricles.
    """

    skull: Image
    vault: Image
    furrows: Image
    ventricles: Image


def paint_brain(canvas: Canvas, head: Head, depth: Image, vault: Image) -> Spaces:
    """Paints all that lies inside the skull, bleeds excepted.

    Args:
      canvas: Skull, face and neck are on it already.
      head: The patient.
      depth: float32 (side, side), below the inside of the skull, mm.
      vault: The same, the base not counted.
    """
    plane = canvas.plane
    x, y, z = plane.head
    folds, ripples, mottle = plane.field(head.folds), plane.field(head.ripples), plane.field(head.mottle)
    middle = np.abs(x + 0.7 * ripples)
    hind = _cerebellum(x, y, z)

    fold_distance = np.abs(folds + 0.25 * ripples) * np.float32(FOLD_MM / (2 * np.pi))
    gap = 0.7 + 1.6 * head.atrophy
    brain = depth - gap - 0.35 * ripples
    furrows = overlap(_furrows(head, fold_distance, vault, middle + 0.4 * ripples, z), -hind - 1)

    white = np.float32(head.white) + 0.7 * mottle
    canvas.paint(depth, head.fluid, Region.CSF)
    canvas.paint(brain, white, Region.WHITE)
    ribbon = union(
        CORTEX_MM - union(fold_distance, 0.10 * depth),
        CORTEX_MM + 0.8 - brain,
        CORTEX_MM - middle + overlap(2 - 0.08 * depth, 0),
    )
    canvas.paint(overlap(ribbon * 0.6, brain), head.grey, Region.GREY)
    _paint_deep_grey(canvas, head, ripples)
    leaves = head.grey - 1.5 + 1.6 * np.sin(0.9 * (y + 0.5 * z) + 1.5 * ripples)
    canvas.paint(overlap(hind, brain), leaves, Region.GREY)
    _paint_stem(canvas, head, depth, ripples)

    cisterns = _tubes(plane, CISTERN_LINES, 0.55 + 0.6 * head.atrophy, 0.55 + 0.6 * head.atrophy, 0.45)
    cisterns += 0.5 * ripples
    furrows = overlap(union(furrows, cisterns), depth)
    canvas.paint(furrows, head.fluid + 6, Region.CSF)
    _paint_falx(canvas, head, middle, depth, hind)
    ventricles = _tubes(plane, VENTRICLE_LINES, head.ventricle_left, head.ventricle_right, 0.8)
    third = plane.ellipsoid((0, 3, -3), (1.6 * head.ventricle_left, 15, 9))
    fourth = plane.ellipsoid((0, 34, -36), (7, 5 * head.ventricle_left, 8))
    ventricles = overlap(union(ventricles, third, fourth), depth)
    canvas.paint(ventricles, VENTRICLE_HU, Region.VENTRICLE)
    if head.calcified:
        canvas.ellipsoid((0, 20, 1), (2.2, 2.2, 3.5), LIME_HU, Region.CALCIFICATION)
        canvas.pair((23, 34, 5), (2.0, 3.0, 4.0), LIME_HU, Region.CALCIFICATION)
    return Spaces(depth, vault, np.where(ventricles > 0, FAR_OUTSIDE, furrows), ventricles)


def _cerebellum(x: Image, y: Image, z: Image) -> Image:
    """Depth below the tentorium, mm: the cerebellum's room."""
    return overlap((1 - 0.22 * (y - 20) - 0.55 * np.abs(x) - z) * 0.8, (y - 14) * 0.9)


def _furrows(head: Head, fold_distance: Image, depth: Image, middle: Image, z: Image) -> Image:
    """Depth inside the fluid of the brain's folds and of the cleft between its halves, mm."""
    width = 0.25 + 0.7 * head.atrophy + 0.010 * np.clip(z, -20, 60)
    reach = np.float32(11 + 7 * head.atrophy)
    folds = width * np.clip((reach - depth) / 6, -2, 1) - fold_distance * np.float32(0.8)
    cleft_reach = 17 + 0.7 * np.clip(z + 5, 0, 80)
    cleft = overlap(0.7 + 1.2 * head.atrophy - middle, (cleft_reach - depth) * 0.3)
    return union(folds, cleft)


def _paint_deep_grey(canvas: Canvas, head: Head, ripples: Image) -> None:
    """Paints caudate and lentiform nucleus, thalamus and claustrum, whose borders are not sharp."""
    for centre, radii in (
        ((14, -24, 8), (5, 9, 9)),
        ((25, -6, 3), (7, 16, 10)),
        ((10, 11, 5), (8, 12, 9)),
        ((38, -4, 4), (2.5, 17, 10)),
    ):
        for side in (-1, 1):
            place = (side * centre[0], centre[1], centre[2])
            part = canvas.plane.around(place, max(radii) + 2)
            if part is not None:
                depth = canvas.plane.ellipsoid(place, radii, part) + 0.8 * ripples[part]
                canvas.paint(0.35 * depth, head.grey, Region.GREY, part)


def _paint_stem(canvas: Canvas, head: Head, depth: Image, ripples: Image) -> None:
    """Paints midbrain, pons and medulla with the fluid around them."""
    plane = canvas.plane
    for centre, radii, rim in (
        ((0, 7, -17), (16, 13, 10), 2.5),
        ((0, 8, -36), (16, 14, 15), 2.5),
        ((0, 20, -58), (8, 8, 16), 4.0),
    ):
        part = plane.around(centre, max(radii) + rim)
        if part is None:
            continue
        stem = overlap(plane.ellipsoid(centre, radii, part), depth[part])
        uneven = rim * (ripples[part] - 0.2)
        canvas.paint(overlap(stem + uneven, depth[part]), head.fluid + 9, Region.CSF, part)
        canvas.paint(stem, head.white + 3, Region.WHITE, part)


def _paint_falx(canvas: Canvas, head: Head, middle: Image, depth: Image, hind: Image) -> None:
    """Paints the dura between the halves, and the large vein that runs along its upper rim."""
    _, y, z = canvas.plane.head
    reach = 13 + 0.75 * np.clip(z, 0, 80) + 0.28 * np.clip(y, 0, 80)
    falx = overlap(0.55 - middle, (reach - depth) * 0.3, depth, -hind)
    canvas.paint(falx, DURA_HU, Region.DURA)
    tent = overlap(0.5 - np.abs(hind), depth - 1, y - 22, 0.15 * (75 - y))
    canvas.paint(tent, DURA_HU, Region.DURA)
    vein = overlap(3.2 - middle - 0.55 * depth, depth, (y + 20 + 0.8 * z) * 0.2)
    canvas.paint(vein, SINUS_HU, Region.DURA)


def _tubes(
    plane: Plane,
    lines: tuple[tuple[tuple[Point, float], ...], ...],
    left: float,
    right: float,
    flatness: float,
) -> Image:
    """Depth inside tubes along lines that are mirrored onto both sides, mm.

    Args:
      plane: The slice.
      lines: Points and radii of one side.
      left, right: Factors on the radii of each side.
      flatness: Below 1 the tubes are higher than broad by its inverse.
    """
    depth: Image = np.full((plane.side, plane.side), FAR_OUTSIDE, np.float32)
    part = plane.around((0, 5, 0), 75)
    if part is None:
        return depth
    x, y, z = (c[part] for c in plane.head)
    scale = np.where(x < 0, np.float32(right), np.float32(left))
    out, up = np.abs(x), z * np.float32(flatness)
    best = depth[part]
    for line in lines:
        for (a, ra), (b, rb) in itertools.pairwise(line):
            start = np.array([a[0], a[1], a[2] * flatness])
            step = np.array([b[0], b[1], b[2] * flatness]) - start
            along = (out - start[0].item()) * float(step[0]) + (y - start[1].item()) * float(step[1])
            along += (up - start[2].item()) * float(step[2])
            along = np.clip(along * np.float32(1 / float(step @ step)), 0, 1)
            away = (out - start[0].item() - along * float(step[0])) ** 2
            away += (y - start[1].item() - along * float(step[1])) ** 2
            away += (up - start[2].item() - along * float(step[2])) ** 2
            np.maximum(best, (ra + (rb - ra) * along) * scale - np.sqrt(away), out=best)
    return depth
