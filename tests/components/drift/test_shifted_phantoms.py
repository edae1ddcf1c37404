"""Phantoms of another seed are no drift; turned, rewindowed, noisier, resized ones or another body are."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from components.drift.comparison import compare, read_schema
from components.drift.verdict import Comparison
from components.imaging import windows
from components.imaging.content import SliceMeasures, measure
from components.imaging.content_hu import measure_channels
from components.imaging.intensity import BRAIN_WINDOW, Window, to_grey
from components.phantoms.params import PhantomParams
from components.phantoms.series import make_series
from components.slice_filter import training_statistics
from components.slice_filter.profile import Profile
from components.slice_filter.rules import judge
from schemas import features as f

pytestmark = pytest.mark.tfx

Slice = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
PATIENTS, SLICES, SIDE = 16, 14, 256
MIN_BRAIN_SHARE = 0.02
SHOWN = windows.parse("40/80 80/200 600/2800")
SCHEMA = read_schema((Path(__file__).parents[3] / f.SCHEMA_FILE).read_text())


def heads(seed: int) -> list[Slice]:
    params = PhantomParams(
        patients=PATIENTS, seed=seed, side=SIDE, slices_per_series=SLICES, hemorrhage_share=0.5
    )
    return [hu for patient in range(PATIENTS) for hu in make_series(patient, params).hu]


def abdomens(number: int) -> list[Slice]:
    """Trunks lying on their back: wider than long, organs in fat, gas in bowels, a spine behind."""
    rng = np.random.default_rng(11)
    down, right = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE - 0.5

    def blob(smallest: float, largest: float) -> npt.NDArray[np.bool_]:
        row, column = rng.uniform(-0.15, 0.12), rng.uniform(-0.28, 0.28)
        high, wide = rng.uniform(smallest, largest, 2)
        return np.hypot((down - row) / high, (right - column) / wide) < 1

    made = []
    for _ in range(number):
        trunk = np.hypot(down / rng.uniform(0.26, 0.33), right / rng.uniform(0.38, 0.46))
        hu = np.select([trunk < rng.uniform(0.8, 0.9), trunk < 1], [30.0, -100.0], -1000.0)
        for _ in range(12):
            hu[blob(0.03, 0.15) & (hu > 0)] = rng.uniform(5, 65)
        for _ in range(5):
            hu[blob(0.01, 0.05) & (hu > 0)] = -900.0
        hu[np.hypot(down - 0.17, right) < 0.06] = 400.0
        made.append((hu + rng.normal(0, 1.5, hu.shape)).astype(np.float32))
    return made


def in_brain_window(slices: Iterable[Slice]) -> list[Picture]:
    return [to_grey(hu, BRAIN_WINDOW) for hu in slices]


def profile(measured: Iterable[tuple[tuple[int, ...], SliceMeasures]], shown: str = "") -> Profile:
    made = Profile()
    for shape, measures in measured:
        made.add(shape, shown, measures, judge(measures, MIN_BRAIN_SHARE))
    return made


def of_pictures(pictures: Iterable[Picture]) -> Profile:
    return profile((picture.shape, measure(picture)) for picture in pictures)


def of_hu(slices: Iterable[Slice]) -> Profile:
    return profile(
        ((hu.shape, measure_channels(windows.to_channels(hu, SHOWN), SHOWN)) for hu in slices),
        windows.spell(SHOWN),
    )


def compared(before: Profile, now: Profile) -> Comparison:
    training = training_statistics.statistics(before, MIN_BRAIN_SHARE)
    return compare(
        training, training_statistics.statistics(now, MIN_BRAIN_SHARE, like=training), SCHEMA, min_slices=150
    )


def names(result: Comparison) -> list[str]:
    return [feature.name for feature in result.moved]


@pytest.fixture(scope="module")
def trained_on() -> list[Slice]:
    return heads(seed=0)


@pytest.fixture(scope="module")
def others() -> list[Slice]:
    return heads(seed=1)


@pytest.fixture(scope="module")
def training(trained_on: list[Slice]) -> Profile:
    return of_pictures(in_brain_window(trained_on))


def test_the_same_phantoms_have_not_moved(training: Profile):
    result = compared(training, training)
    assert names(result) == []
    assert list(result.warnings()) == []


def test_phantoms_of_another_seed_have_not_moved(training: Profile, others: list[Slice]):
    result = compared(training, of_pictures(in_brain_window(others)))
    assert names(result) == []
    assert list(result.warnings()) == []


def noisier(picture: Picture) -> Picture:
    rng = np.random.default_rng(int(picture.sum()))
    return np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).round().astype(np.uint8)


def resized(picture: Picture) -> Picture:
    return np.asarray(Image.fromarray(picture).resize((192, 192), Image.Resampling.BILINEAR))


@pytest.mark.parametrize(
    ("change", "first", "all_moved"),
    [
        (np.rot90, {f.HEAD_ASPECT}, {f.HEAD_ASPECT, f.HEAD_BALANCE}),
        (lambda picture: np.rot90(picture, 2), {f.HEAD_BALANCE}, {f.HEAD_BALANCE}),
        (np.flipud, {f.HEAD_BALANCE}, {f.HEAD_BALANCE}),
        (noisier, {f.NOISE}, None),
        (resized, {f.HEIGHT}, None),
    ],
    ids=["turned by 90 degrees", "turned by 180 degrees", "upside down", "noisier", "resized"],
)
def test_changed_pictures_are_drift_by_the_feature_that_was_changed(
    training: Profile,
    others: list[Slice],
    change: Callable[[Picture], Picture],
    first: set[str],
    all_moved: set[str] | None,
):
    moved = names(compared(training, of_pictures(map(change, in_brain_window(others)))))
    assert moved[0] in first
    assert all_moved is None or set(moved) == all_moved


@pytest.mark.parametrize("window", [Window(40, 60), Window(80, 200), Window(35, 100)])
def test_another_window_is_drift_by_how_bright_the_brain_is(
    training: Profile, others: list[Slice], window: Window
):
    moved = names(compared(training, of_pictures(to_grey(hu, window) for hu in others)))
    assert moved[0] in {f.MEDIAN_INTENSITY, f.INTENSITY_SPREAD, f.LOW_INTENSITY}


def test_another_part_of_the_body_is_drift_by_its_shape_and_by_what_is_in_it(training: Profile):
    moved = names(compared(training, of_pictures(in_brain_window(abdomens(120)))))
    assert f.HEAD_ASPECT in moved[:2]  # beside the contrast: a trunk has less bone
    assert {f.HEAD_SHARE, f.BRAIN_SHARE, f.MEDIAN_INTENSITY} <= set(moved)


def test_more_empty_slices_are_drift_by_the_filters_reasons_alone(training: Profile, others: list[Slice]):
    empty = [np.zeros((SIDE, SIDE), np.uint8)] * 150
    assert names(compared(training, of_pictures([*in_brain_window(others), *empty]))) == [f.FILTER_REASON]


def test_slices_in_hu_have_not_moved_and_denser_bone_is_drift_by_the_range_of_hu(
    trained_on: list[Slice], others: list[Slice]
):
    """A lower tube voltage makes bone denser and leaves the brain as it is."""
    before = of_hu(trained_on)
    assert names(compared(before, of_hu(others))) == []
    denser = [np.where(hu > 200, hu * np.float32(1.3), hu) for hu in others]
    assert names(compared(before, of_hu(denser))) == [f.HIGH_HU]
