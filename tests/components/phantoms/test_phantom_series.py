import itertools

import numpy as np
import pytest

from components.phantoms.params import PhantomParams
from components.phantoms.regions import Region, Stage
from components.phantoms.series import Series, make_series

pytestmark = pytest.mark.numpy


def _eroded(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    for axis, step in itertools.product((-2, -1), (-1, 1)):
        inner &= np.roll(mask, step, axis)
    return inner


def _inside(all_series: list[Series], region: Region) -> np.ndarray:
    """HU as scanned of all pixels two deep inside a region."""
    return np.concatenate([s.hu[_eroded(_eroded(s.regions == region))] for s in all_series])


@pytest.mark.parametrize(
    ("region", "lowest", "highest"),
    [
        (Region.AIR, -1005, -995),
        (Region.FAT, -110, -80),
        (Region.MUSCLE, 40, 65),
        (Region.VENTRICLE, 0, 15),
        (Region.WHITE, 25, 33),
        (Region.GREY, 34, 42),
        (Region.BONE, 700, 1500),
        (Region.BLEED, 60, 80),
    ],
)
def test_the_scanned_mean_hu_of_each_tissue_is_what_textbooks_say(all_series, region, lowest, highest):
    values = _inside(all_series, region)
    assert values.size > 100
    assert lowest <= values.mean() <= highest


def test_the_cortex_is_four_to_twelve_hu_brighter_than_white_matter(all_series):
    contrast = _inside(all_series, Region.GREY).mean() - _inside(all_series, Region.WHITE).mean()
    assert 4 <= contrast <= 12


def test_noise_has_a_ct_scanners_size_and_grain(all_series):
    ratios = []
    for series in all_series:
        corner = (series.hu - series.tissue)[:, :20, :20]
        assert 2.0 <= corner.std() <= 5.0
        blocks = corner.reshape(-1, 4, 5, 4, 5).mean(axis=(2, 4))
        ratios.append(blocks.std() / (corner.std() / 5))
    assert max(ratios) < 0.85, "the mean of 25 pixels of white noise would have a fifth of their deviation"


def test_a_series_goes_from_the_neck_through_the_brain_over_the_vertex_to_blank_slices(all_series):
    for series in all_series:
        runs = [stage for stage, _ in itertools.groupby(series.stages)]
        assert runs == [Stage.NECK, Stage.BRAIN, Stage.VERTEX, Stage.BLANK]
        assert series.stages.count(Stage.BRAIN) >= 8


def test_a_blank_slice_shows_the_couch_and_nothing_else(all_series):
    for series in all_series:
        for image, regions, stage in zip(series.hu, series.regions, series.stages, strict=True):
            assert (regions == Region.COUCH).sum() > 20
            assert (image > -500).any()
            if stage == Stage.BLANK:
                assert set(np.unique(regions)) == {Region.AIR, Region.COUCH}


@pytest.mark.parametrize("side", [64, 128, 256])
def test_a_filter_of_two_percent_window_share_parts_blank_from_brain_slices(side):
    params = PhantomParams(patients=4, seed=1, side=side, slices_per_series=12, hemorrhage_share=0.5)
    for patient in range(4):
        series = make_series(patient, params)
        # Grey 10..245 of 255 in a window from 0 to 80 HU.
        share = ((series.hu > 80 * 10.5 / 255) & (series.hu < 80 * 244.5 / 255)).mean(axis=(1, 2))
        for value, stage in zip(share, series.stages, strict=True):
            if stage == Stage.BLANK:
                assert value < 0.01
            if stage == Stage.BRAIN:
                assert value > 0.04


def test_the_brain_share_is_the_counted_one_and_largest_in_the_middle(all_series):
    brain = [Region.GREY, Region.WHITE, Region.VENTRICLE, Region.EDEMA, Region.BLEED]
    for series in all_series:
        counted = np.isin(series.regions, brain).mean(axis=(1, 2))
        np.testing.assert_allclose(series.brain_share, counted, atol=0.03)
        assert series.stages[int(np.argmax(series.brain_share))] == Stage.BRAIN
        assert 0.15 < max(series.brain_share) < 0.5


def test_adult_heads_have_adult_sizes(all_series):
    for series in all_series:
        middle = int(np.argmax(series.brain_share))
        skull = np.argwhere(series.regions[middle] == Region.BONE)
        length, width = np.ptp(skull, axis=0) * series.spacing
        assert 125 < width < 185
        assert 150 < length < 215


def test_the_same_patient_at_twice_the_resolution_has_the_same_geometry_in_mm():
    coarse, fine = (
        make_series(
            1, PhantomParams(patients=2, seed=5, side=side, slices_per_series=12, hemorrhage_share=0.5)
        )
        for side in (96, 192)
    )
    assert fine.spacing == pytest.approx(coarse.spacing / 2)
    for region in (Region.WHITE, Region.BONE, Region.BLEED):
        areas = [(s.regions == region).sum() * s.spacing**2 for s in (coarse, fine)]
        assert areas[0] == pytest.approx(areas[1], rel=0.1)


def test_the_same_patient_is_the_same_in_every_bit_and_others_are_not(params):
    first, again, other = (make_series(patient, params) for patient in (1, 1, 3))
    assert first.hu.tobytes() == again.hu.tobytes()
    assert first.regions.tobytes() == again.regions.tobytes()
    assert first.kinds == again.kinds
    assert (first.hu != other.hu).mean() > 0.9


def test_another_seed_makes_another_patient(params):
    changed = params.model_copy(update={"seed": params.seed + 1})
    assert make_series(0, params).hu.tobytes() != make_series(0, changed).hu.tobytes()


def test_a_negative_patient_is_refused(params):
    with pytest.raises(ValueError, match="patient must be 0 or more, got -1"):
        make_series(-1, params)
