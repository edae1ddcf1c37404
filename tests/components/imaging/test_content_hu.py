"""Measures of slices whose HU are known, against grey slices and against the phantoms' known areas."""

import numpy as np
import numpy.typing as npt
import pytest

from components.imaging import windows
from components.imaging.content import measure
from components.imaging.content_hu import measure_channels
from components.imaging.intensity import BRAIN_WINDOW, to_grey
from components.phantoms.params import PhantomParams
from components.phantoms.regions import BRAIN_REGIONS, Region
from components.phantoms.series import Series, make_series
from schemas import features

pytestmark = pytest.mark.numpy

THREE = windows.parse("40/80 80/200 600/2800")
NO_HEAD = (Region.AIR, Region.COUCH)


@pytest.fixture(scope="module")
def series() -> Series:
    params = PhantomParams(patients=2, seed=5, side=256, slices_per_series=14, hemorrhage_share=0.5)
    return make_series(1, params)


def share(regions: npt.NDArray[np.uint8], *wanted: Region) -> float:
    return float(np.isin(regions, wanted).mean())


def test_hu_and_the_brain_window_give_the_same_measures_but_for_fat(series: Series):
    for hu, regions in zip(series.hu, series.regions, strict=True):
        by_hu = measure_channels(windows.to_channels(hu, THREE), THREE)
        by_grey = measure(to_grey(hu, BRAIN_WINDOW))
        for name in set(features.MEASURES) - {features.HEAD_SHARE}:
            assert getattr(by_hu, name) == pytest.approx(getattr(by_grey, name), abs=1e-6)
        fat = share(regions, Region.FAT)
        assert by_hu.head_share - by_grey.head_share == pytest.approx(fat, abs=0.03)


def test_the_head_is_all_of_the_phantom_that_is_neither_air_nor_couch(series: Series):
    assert any(share(regions, Region.COUCH) > 0.005 for regions in series.regions)
    for hu, regions in zip(series.hu, series.regions, strict=True):
        measures = measure_channels(windows.to_channels(hu, THREE), THREE)
        assert measures.head_share == pytest.approx(1 - share(regions, *NO_HEAD), abs=0.02)


def test_brain_share_is_the_phantoms_brain_where_nothing_else_is_as_dense(series: Series):
    """Above the base; below it muscles, skin and eyes lie in the brain window too."""
    above_base = [
        (hu, regions)
        for hu, regions in zip(series.hu, series.regions, strict=True)
        if share(regions, Region.MUSCLE, Region.EYE) < 0.005 and share(regions, *BRAIN_REGIONS) > 0.1
    ]
    assert len(above_base) >= 3
    for hu, regions in above_base:
        measures = measure_channels(windows.to_channels(hu, THREE), THREE)
        # scalp and fluid around the brain, less what noise takes out of the window
        assert measures.brain_share == pytest.approx(share(regions, *BRAIN_REGIONS, Region.CSF), abs=0.04)


def test_a_picture_without_air_is_not_guessed_to_be_inverted_or_on_a_grey_background():
    """An even background is air in grey; here 35 HU are 35 HU, though all of the border shows it."""
    hu = np.full((128, 128), 35.0)
    hu[40:90, 40:90] = -1000.0
    measures = measure_channels(windows.to_channels(hu, THREE), THREE)
    solid = 1 - 50 * 50 / 128**2
    assert measures.head_share == pytest.approx(solid, abs=1e-3)
    assert measures.brain_share == pytest.approx(solid, abs=1e-3)
    bright = measure_channels(windows.to_channels(np.full((64, 64), 900.0), THREE), THREE)
    assert (bright.head_share, bright.brain_share, bright.mean_intensity) == (1, 0, 1)


@pytest.mark.parametrize(("hu", "inside"), [(2.0, False), (5.0, True), (75.0, True), (78.0, False)])
def test_brain_lies_strictly_inside_the_brain_window_whatever_windows_are_shown(hu: float, inside: bool):
    for shown in (THREE, windows.parse("40/80"), windows.parse("80/200 600/2800")):
        picture = np.full((64, 64), hu)
        assert measure_channels(windows.to_channels(picture, shown), shown).brain_share == float(inside)


def test_what_the_only_window_clips_is_air():
    hu = np.full((128, 128), -1000.0)
    hu[32:96, 32:96] = 40.0
    only = windows.parse("40/80")
    assert measure_channels(windows.to_channels(hu, only), only).head_share == pytest.approx(0.25)


def test_other_channels_than_windows_are_refused():
    with pytest.raises(ValueError, match=r"must be \(rows, columns, 3\).*got shape \(4, 4, 2\)"):
        measure_channels(np.zeros((4, 4, 2), np.uint8), THREE)
    with pytest.raises(ValueError, match=r"at least one pixel, got shape \(0, 4, 3\)"):
        measure_channels(np.zeros((0, 4, 3), np.uint8), THREE)
    with pytest.raises(TypeError, match="channels must be uint8, got uint16"):
        measure_channels(np.zeros((4, 4, 3), np.uint16), THREE)
