"""Heat maps laid over slices: what they show, and that colour-blind readers can read them."""

import numpy as np
import pytest

from components.imaging.overlay import BAR_WIDTH, PAPER, colour_bar, colours, overlay, with_colour_bar

pytestmark = pytest.mark.numpy

# Linear RGB as seen without one kind of cone. Source: Machado, Oliveira and Fernandes, "A Physiologically-
# based Model for Simulation of Color Vision Deficiency", 2009, severity 1.0.
SEEN_BY = {
    "all cones": np.eye(3),
    "no long cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                      [-0.003882, -0.048116, 1.051998]],
    "no middle cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                        [-0.011820, 0.042940, 0.968881]],
    "no short cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                       [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def lightness(rgb: np.ndarray, seen_by: str = "all cones") -> np.ndarray:
    """CIE L*, 0..100. Source: IEC 61966-2-1 (sRGB), CIE 15."""
    part = rgb / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    y = (linear @ np.asarray(SEEN_BY[seen_by]).T).clip(0) @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


@pytest.mark.parametrize("seen_by", SEEN_BY)
def test_the_scale_gets_lighter_from_end_to_end_whatever_cones_an_eye_has(seen_by: str):
    every_sixteenth = lightness(colours()[::15], seen_by)
    assert np.all(np.diff(every_sixteenth) > 0)
    assert every_sixteenth[-1] - every_sixteenth[0] > 80


def test_without_heat_the_slice_shows_as_it_was():
    image = np.arange(48, dtype=np.uint8).reshape(6, 8)
    shown = overlay(image, np.zeros_like(image))
    assert shown.dtype == np.uint8
    np.testing.assert_array_equal(shown, np.repeat(image[..., np.newaxis], 3, axis=2))


def test_the_strongest_heat_is_seven_parts_of_its_colour_and_three_of_the_slice():
    image, heat = np.full((5, 5), 100, np.uint8), np.full((5, 5), 255, np.uint8)
    inner = overlay(image, heat)[2, 2]
    np.testing.assert_array_equal(inner, np.round(0.3 * 100 + 0.7 * np.array([252, 255, 164])))


def test_weak_heat_hardly_dims_what_it_lies_over():
    image, heat = np.full((1, 128), 110, np.uint8), np.arange(128, dtype=np.uint8)[np.newaxis]
    assert lightness(overlay(image, heat)).min() > lightness(np.full(3, 110)) - 4


def test_a_white_rim_runs_inside_what_is_above_half_and_a_black_one_around_it():
    heat = np.zeros((7, 7), np.uint8)
    heat[2:5, 2:5] = 128
    heat[0, 0] = 127
    shown = overlay(np.full((7, 7), 90, np.uint8), heat)
    white = np.zeros((7, 7), bool)
    white[2:5, 2:5] = True
    white[3, 3] = False
    black = np.zeros((7, 7), bool)
    black[[1, 5], 2:5] = black[2:5, [1, 5]] = True
    np.testing.assert_array_equal((shown == 255).all(axis=2), white)
    np.testing.assert_array_equal((shown == 0).all(axis=2), black)


def test_the_scale_beside_a_picture_has_its_height_its_colours_and_its_ticks():
    bar = colour_bar(120)
    assert bar.shape == (120, 50, 3)
    inside = lightness(bar[8:112, 2])
    assert inside[0] == inside.max()
    assert tuple(bar[111, 2]) == (110, 110, 110)
    words = (bar[:, BAR_WIDTH:] != PAPER).any(axis=2).sum(axis=1)
    places = {name: slice(at - 5, at + 6) for name, at in {"1": 8, "0.5": 60, "0": 111}.items()}
    assert all(words[place].sum() > 8 for place in places.values())
    assert words[20:50].sum() == words[70:100].sum() == 0
    joined = with_colour_bar(np.zeros((120, 30, 3), np.uint8))
    assert joined.shape == (120, 88, 3)
    np.testing.assert_array_equal(joined[:, 38:], bar)


def test_heat_of_another_size_or_type_is_refused():
    image = np.zeros((4, 6), np.uint8)
    with pytest.raises(ValueError, match=r"of one size \(rows, columns\), got \(4, 6\) and \(6, 4\)"):
        overlay(image, np.zeros((6, 4), np.uint8))
    with pytest.raises(TypeError, match="heat must be uint8, got float32"):
        overlay(image, np.zeros((4, 6), np.float32))
