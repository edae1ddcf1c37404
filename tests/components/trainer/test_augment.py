"""Augmentation on slices whose change can be worked out by hand."""

from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from components.trainer import augment

pytestmark = pytest.mark.tf

SIDE = 21
NOTHING = {
    "flip": False,
    "rotation_degrees": 0.0,
    "shift_share": 0.0,
    "zoom_share": 0.0,
    "brightness_share": 0.0,
}


def noise(count: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).uniform(0, 1, (count, SIDE, SIDE, 1)).astype(np.float32)


def augmented(made: ModuleType, pixels: npt.NDArray, seed: int = 0, **bounds) -> npt.NDArray[np.float32]:
    params = made.params(**{**NOTHING, **bounds})
    return augment.augment(tf.constant(pixels), tf.constant([seed, 0]), params).numpy()


def moved(pixels: npt.NDArray, degrees=0.0, down=0.0, right=0.0, scale=1.0) -> npt.NDArray[np.float32]:
    motion = [tf.constant([value], tf.float32) for value in (np.deg2rad(degrees), down, right, scale)]
    return augment.moved(tf.constant(pixels), *motion).numpy()


def dot(row: int, column: int) -> npt.NDArray[np.float32]:
    pixels = np.zeros((1, SIDE, SIDE, 1), np.float32)
    pixels[0, row, column] = 1.0
    return pixels


def place(pixels: npt.NDArray) -> tuple[int, ...]:
    assert pixels.max() == pytest.approx(1.0, abs=1e-4)
    return tuple(int(at) for at in np.unravel_index(pixels.argmax(), pixels.shape)[1:3])


def test_all_bounds_zero_change_nothing(made: ModuleType):
    np.testing.assert_array_equal(augmented(made, noise(4)), noise(4))


def test_a_move_by_nothing_changes_nothing():
    np.testing.assert_allclose(moved(noise(1)), noise(1), atol=1e-5)


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        ({"down": 3 / SIDE}, (8, 10)),
        ({"right": 4 / SIDE}, (5, 14)),
        ({"degrees": 90}, (10, 15)),  # clockwise: what was above the centre comes to its right
        ({"scale": 2.0}, (0, 10)),
        ({"degrees": 90, "down": 3 / SIDE}, (13, 15)),  # turned first, then shifted
    ],
)
def test_a_dot_five_pixels_above_the_centre_moves_where_it_should(move: dict, expected: tuple[int, int]):
    assert place(moved(dot(5, 10), **move)) == expected


def test_what_moves_in_from_outside_is_black():
    white = np.ones((1, SIDE, SIDE, 1), np.float32)
    assert moved(white, down=5 / SIDE)[0, :4].max() == 0


def test_a_flip_mirrors_left_to_right_about_half_of_the_slices(made: ModuleType):
    pixels = noise(200)
    out = augmented(made, pixels, flip=True)
    same = (out == pixels).all(axis=(1, 2, 3))
    mirrored = (out == pixels[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same ^ mirrored).all()
    assert 70 < mirrored.sum() < 130


def test_brightness_is_a_factor_so_air_stays_black(made: ModuleType):
    pixels = np.zeros((50, 2, 2, 1), np.float32)
    pixels[:, 0] = 0.5
    out = augmented(made, pixels, brightness_share=0.2)
    assert out[:, 1].max() == 0
    factors = out[:, 0, 0, 0] / 0.5
    assert factors.min() >= 0.8
    assert factors.max() <= 1.2
    assert np.ptp(factors) > 0.2


def test_no_pixel_leaves_its_range(made: ModuleType):
    out = augmented(
        made, noise(20), flip=True, rotation_degrees=45, shift_share=0.3, zoom_share=0.3, brightness_share=0.5
    )
    assert out.min() >= 0
    assert out.max() <= 1


def test_the_same_seed_gives_the_same_change_and_slices_change_differently(made: ModuleType):
    pixels = np.repeat(noise(1), 3, axis=0)
    first, again, other = (augmented(made, pixels, seed, rotation_degrees=20) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    assert np.abs(first[0] - first[1]).max() > 0.01
