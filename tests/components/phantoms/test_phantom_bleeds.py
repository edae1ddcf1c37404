import itertools

import numpy as np
import pytest

from components.phantoms.regions import Kind, Region, Stage
from components.phantoms.series import Series, bleeding_rank, make_series

pytestmark = pytest.mark.numpy


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    grown = mask.copy()
    for axis, step in itertools.product((-2, -1), range(-pixels, pixels + 1)):
        grown |= np.roll(mask, step, axis)
    return grown


def _slices_of(all_series: list[Series], kind: Kind) -> list[tuple[np.ndarray, np.ndarray]]:
    """Mask and regions of each slice that shows a subtype."""
    slices = [
        (series.bleeds_by_kind[kind][i], series.regions[i])
        for series in all_series
        for i, kinds in enumerate(series.kinds)
        if kind in kinds
    ]
    assert len(slices) >= 4, f"too few slices with {kind} to judge by"
    return slices


def test_blood_is_sixty_to_eighty_hu_before_blur_and_noise(all_series):
    blood = np.concatenate([series.tissue[series.bleed] for series in all_series])
    assert blood.size > 10_000
    assert blood.min() >= 60
    assert blood.max() <= 80


def test_no_other_soft_tissue_inside_the_skull_is_as_bright_as_blood(all_series):
    brain = [Region.GREY, Region.WHITE, Region.VENTRICLE, Region.EDEMA]
    for series in all_series:
        # Next to what is bright by nature pixels are mixed; of thin bone a few are not called bone.
        away = ~_grown(np.isin(series.regions, [Region.BONE, Region.CALCIFICATION, Region.DURA]), 2)
        assert np.quantile(series.tissue[np.isin(series.regions, brain) & away], 0.999) < 60


def test_blood_has_bone_on_its_left_and_right_and_in_front_and_behind(all_series):
    for series in all_series:
        bone = series.regions == Region.BONE
        for axis in (1, 2):
            before = np.logical_or.accumulate(bone, axis)
            after = np.flip(np.logical_or.accumulate(np.flip(bone, axis), axis), axis)
            assert (before & after)[series.bleed].all()


def test_blood_borders_on_no_tissue_outside_the_skull(all_series):
    outside = [Region.AIR, Region.SKIN, Region.FAT, Region.MUSCLE, Region.EYE]
    for series in all_series:
        assert not np.isin(series.regions[_grown(series.bleed, 1)], outside).any()


@pytest.mark.parametrize("kind", [Kind.EPIDURAL, Kind.SUBDURAL])
def test_epidural_and_subdural_blood_lies_along_the_inner_table(all_series, kind):
    for mask, regions in _slices_of(all_series, kind):
        assert (_grown(mask, 2) & (regions == Region.BONE)).sum() >= 5


def test_an_epidural_lens_is_compact_and_a_subdural_crescent_is_long(all_series):
    def slenderness(kind: Kind) -> float:
        """Length squared over area: does not depend on size."""
        return float(
            np.median(
                [
                    np.ptp(np.argwhere(mask), axis=0).max() ** 2 / mask.sum()
                    for mask, _ in _slices_of(all_series, kind)
                ]
            )
        )

    # A half disc has 8 / pi = 2.5.
    assert 1.5 < slenderness(Kind.EPIDURAL) < 4
    assert slenderness(Kind.SUBDURAL) > 4.5


def test_intraparenchymal_blood_lies_in_the_brain_away_from_the_bone(all_series):
    for mask, regions in _slices_of(all_series, Kind.INTRAPARENCHYMAL):
        assert not (_grown(mask, 2) & (regions == Region.BONE)).any()


def test_intraparenchymal_blood_has_a_dark_rim(all_series):
    pairs = _slices_of(all_series, Kind.INTRAPARENCHYMAL)
    rimmed = [(_grown(mask, 2) & (regions == Region.EDEMA)).sum() >= 5 for mask, regions in pairs]
    assert np.mean(rimmed) > 0.9


def test_intraventricular_blood_is_central_and_settles_behind_the_fluid(all_series):
    behind = []
    for mask, regions in _slices_of(all_series, Kind.INTRAVENTRICULAR):
        assert not (_grown(mask, 3) & (regions == Region.BONE)).any()
        fluid = regions == Region.VENTRICLE
        if fluid.sum() > 10:
            behind.append(np.argwhere(mask)[:, 0].mean() > np.argwhere(fluid)[:, 0].mean())
    assert np.mean(behind) > 0.6


def test_subarachnoid_blood_is_thin(all_series):
    total = thick = 0
    for mask, _ in _slices_of(all_series, Kind.SUBARACHNOID):
        total += mask.sum()
        thick += (~_grown(~mask, 3)).sum()
    assert thick < 0.15 * total


def test_every_subtype_shows_and_each_bleed_spans_neighbouring_slices(all_series):
    lengths = []
    for kind in Kind:
        for series in all_series:
            shown = [i for i, kinds in enumerate(series.kinds) if kind in kinds]
            if shown:
                gaps = np.diff(shown)
                assert (gaps <= 2).all()
                lengths.append(len(shown))
    assert np.mean(np.array(lengths) >= 2) > 0.8


def test_a_slice_is_called_hemorrhage_if_and_only_if_it_shows_200_square_millimetres(all_series):
    for series in all_series:
        area = series.bleed.sum(axis=(1, 2)) * series.spacing**2
        for square_mm, kinds, stage in zip(area, series.kinds, series.stages, strict=True):
            if kinds:
                assert square_mm >= 200
                assert stage == Stage.BRAIN
            else:
                assert square_mm == 0


def test_a_third_to_a_half_of_the_brain_slices_bleed_when_six_of_ten_patients_do(all_series):
    brain = sum(series.stages.count(Stage.BRAIN) for series in all_series)
    bleeding = sum(bool(kinds) for series in all_series for kinds in series.kinds)
    assert 0.33 < bleeding / brain < 0.5


@pytest.mark.parametrize(
    ("patients", "share", "expected"), [(40, 0.55, 22), (2, 0.05, 1), (2, 0.95, 1), (10, 0.3, 3)]
)
def test_as_many_patients_bleed_as_set_and_both_classes_are_there(patients, share, expected):
    ranks = [bleeding_rank(patient, share) for patient in range(patients)]
    bleeding = [rank for rank in ranks if rank is not None]
    assert abs(len(bleeding) - expected) <= 1
    assert bleeding == list(range(len(bleeding)))
    assert ranks[0] is None
    assert ranks[1] is not None


def test_blood_on_one_side_pushes_the_ventricles_to_the_other(all_series, params):
    moves = []
    for series in all_series:
        # With a share of 0.05 only patients 1, 21, ... bleed: the others' heads come without a bleed.
        if (
            not series.bleed.any()
            or Kind.INTRAVENTRICULAR in series.bleeds_by_kind
            or series.patient in (1, 21)
        ):
            continue
        quiet = make_series(series.patient, params.model_copy(update={"hemorrhage_share": 0.05}))
        assert not quiet.bleed.any()
        head = np.argwhere(quiet.regions == Region.BONE)[:, 2].mean()
        sides = {
            np.sign(np.argwhere(mask)[:, 2].mean() - head)
            for kind, mask in series.bleeds_by_kind.items()
            if kind != Kind.SUBARACHNOID
        }
        if len(sides) == 1:
            before, after = (np.argwhere(s.regions == Region.VENTRICLE)[:, 2].mean() for s in (quiet, series))
            moves.append((before - after) * sides.pop() * series.spacing)
    assert len(moves) >= 2
    assert min(moves) > 0.5
    assert max(moves) < 10
