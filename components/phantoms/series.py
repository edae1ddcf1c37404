"""One patient's series of slices, from the neck to above the vertex, with its known answers."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from components.phantoms.bleeds import EDEMA_HU, Bleed, blood, draw_bleeds
from components.phantoms.brain import Spaces, paint_brain
from components.phantoms.canvas import Canvas
from components.phantoms.head import Head, draw_head
from components.phantoms.params import PhantomParams
from components.phantoms.plane import FURTHEST_PUSH_MM, Plane, overlap
from components.phantoms.regions import BRAIN_REGIONS, Kind, Region, Stage
from components.phantoms.scanner import paint_couch, scan
from components.phantoms.skull import paint_skull

# A slice shows a bleed if it covers so much; what is smaller is not painted at all, so that neither a
# label is positive for a speck that nobody can see nor a slice with a speck is called normal.
SMALLEST_BLEED_MM2 = 200.0
# A slice shows brain if this share of its pixels is brain; bleeds are painted on no other.
BRAIN_SHARE = 0.04

Mask = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Series:
    """One patient; all arrays are (slices, side, side), the neck first.

    Attributes:
      patient: Number from 0.
      age: Years.
      sex: "female" or "male".
      spacing: mm a pixel.
      thickness: mm from slice to slice.
      hu: float32, HU, as scanned: with blur and noise.
      tissue: float32, HU, as it is before the scanner adds blur and noise.
      regions: uint8, `Region` of each pixel.
      bleed: bool, where blood is.
      bleeds_by_kind: bool by subtype, for the subtypes that the series shows.
      kinds: Subtypes that each slice shows, none for a normal one.
      stages: Where in the series each slice lies.
      brain_share: Share of each slice's pixels that are brain, ventricles and bleeds included.
    """

    patient: int
    age: int
    sex: str
    spacing: float
    thickness: float
    hu: npt.NDArray[np.float32]
    tissue: npt.NDArray[np.float32]
    regions: npt.NDArray[np.uint8]
    bleed: Mask
    bleeds_by_kind: Mapping[Kind, Mask]
    kinds: tuple[frozenset[Kind], ...]
    stages: tuple[Stage, ...]
    brain_share: tuple[float, ...]


def bleeding_rank(patient: int, share: float) -> int | None:
    """Returns which of the bleeding patients a patient is, counted from 0, or None for a normal one.

    Spreads the bleeding patients evenly, patient 0 being normal and patient 1 bleeding, whatever the
    number of patients, so that more of them change no other one.
    """
    start = max(0.0, 1 - 2 * share) + 1e-9
    before, after = (int(np.floor(n * share + start)) for n in (patient, patient + 1))
    return before if after > before else None


def make_series(patient: int, params: PhantomParams) -> Series:
    """Makes one patient's series, the same whenever seed, side, slices and share are the same.

    Args:
      patient: Number from 0.
      params: What is made.
    Raises:
      ValueError: `patient` is negative.
    """
    if patient < 0:
        raise ValueError(f"patient must be 0 or more, got {patient}")
    rng = np.random.default_rng([params.seed, patient])
    head = draw_head(rng)
    noise_hu = float(rng.uniform(2.4, 4.2))
    low, above, blanks = float(rng.uniform(-94, -76)), float(rng.uniform(3, 8)), int(rng.integers(1, 3))
    rank = bleeding_rank(patient, params.hemorrhage_share)
    kinds = tuple(Kind)
    bleeds = draw_bleeds(rng, head, kinds[rank % len(kinds)]) if rank is not None else ()
    if any(bleed.kind == Kind.INTRAVENTRICULAR for bleed in bleeds):
        head = _widened(head)

    thickness = (head.top + above - low) / (params.slices_per_series - blanks)
    spacing = head.field_of_view / params.side
    planes = [
        Plane(params.side, spacing, head.rotation, (*head.place, -(low + i * thickness)))
        for i in range(params.slices_per_series)
    ]
    slices = [_Slice(plane, head, bleeds) for plane in planes]
    return Series(
        patient=patient,
        age=head.age,
        sex=head.sex,
        spacing=spacing,
        thickness=thickness,
        hu=np.stack([scan(s.canvas.hu, spacing, noise_hu, rng) for s in slices]),
        tissue=np.stack([s.canvas.hu for s in slices]),
        regions=np.stack([s.canvas.region for s in slices]),
        bleed=np.stack([s.canvas.region == Region.BLEED for s in slices]),
        bleeds_by_kind={
            kind: np.stack([s.masks.get(kind, np.zeros((params.side, params.side), bool)) for s in slices])
            for kind in Kind
            if any(kind in s.masks for s in slices)
        },
        kinds=tuple(frozenset(s.masks) for s in slices),
        stages=tuple(s.stage for s in slices),
        brain_share=tuple(s.brain_share for s in slices),
    )


def _widened(head: Head) -> Head:
    """Ventricles full of blood are wide: the way out is blocked."""
    return dataclasses.replace(
        head,
        ventricle_left=max(head.ventricle_left, 1.0) * 1.5,
        ventricle_right=max(head.ventricle_right, 1.0) * 1.5,
    )


class _Slice:
    """One slice painted: its canvas, the mask of each subtype, its stage."""

    def __init__(self, plane: Plane, head: Head, bleeds: tuple[Bleed, ...]) -> None:
        self.canvas = Canvas(plane)
        self.masks: dict[Kind, Mask] = {}
        spaces = None
        if plane.origin[2] > -head.top:
            spaces = self._paint_head(plane, head, bleeds)
        self.brain_share = self._share(BRAIN_REGIONS)
        if spaces is not None and self.brain_share >= BRAIN_SHARE:
            self._paint_bleeds(bleeds, plane, head, spaces)
        self.stage = self._stage(-plane.origin[2])
        paint_couch(self.canvas, head)

    def _paint_head(self, plane: Plane, head: Head, bleeds: tuple[Bleed, ...]) -> Spaces:
        depth, vault = paint_skull(self.canvas, head)
        if bleeds:
            push = np.sum([bleed.push(plane, depth) for bleed in bleeds], axis=0)
            self.canvas.plane = dataclasses.replace(
                plane, push=np.clip(push, -FURTHEST_PUSH_MM, FURTHEST_PUSH_MM)
            )
        return paint_brain(self.canvas, head, depth, vault)

    def _share(self, regions: tuple[Region, ...]) -> float:
        return float(np.isin(self.canvas.region, regions).mean())

    def _stage(self, height: float) -> Stage:
        if not self.canvas.region.any():
            return Stage.BLANK
        if self.brain_share >= BRAIN_SHARE:
            return Stage.BRAIN
        return Stage.VERTEX if height > 0 else Stage.NECK

    def _paint_bleeds(self, bleeds: tuple[Bleed, ...], plane: Plane, head: Head, spaces: Spaces) -> None:
        depths = [(bleed, bleed.depth(plane, head, spaces)) for bleed in bleeds]
        shown = [
            (bleed, depth)
            for bleed, depth in depths
            if np.count_nonzero(depth > 0) * plane.spacing**2 >= SMALLEST_BLEED_MM2
        ]
        for bleed, depth in shown:
            if bleed.edema:
                rim = overlap(depth + bleed.edema, spaces.skull - 2, -spaces.ventricles)
                self.canvas.paint(rim, EDEMA_HU, Region.EDEMA)
        for bleed, depth in shown:
            self.masks[bleed.kind] = depth > 0
            self.canvas.stamp(self.masks[bleed.kind], blood(bleed, plane, head), Region.BLEED)
