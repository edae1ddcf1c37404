import numpy as np
import pytest

from components.imaging.intensity import BRAIN_WINDOW, Window, apply_window, to_grey

pytestmark = pytest.mark.numpy


def test_the_brain_window_shows_zero_hu_black_and_eighty_white():
    hu = np.array([-1000.0, 0.0, 20.0, 40.0, 80.0, 1200.0])
    shown = apply_window(hu, BRAIN_WINDOW)
    assert shown.dtype == np.float32
    np.testing.assert_allclose(shown, [0, 0, 0.25, 0.5, 1, 1])


def test_eight_bit_grey_is_rounded_to_the_nearest_level():
    hu = np.array([[0.0, 20.0], [60.0, 80.0]], np.float32)
    grey = to_grey(hu, BRAIN_WINDOW)
    assert grey.dtype == np.uint8
    np.testing.assert_array_equal(grey, [[0, 64], [191, 255]])


def test_integers_are_refused_as_values_not_yet_rescaled():
    with pytest.raises(TypeError, match="must be floating point, got int16; rescale stored values first"):
        apply_window(np.zeros((2, 2), np.int16), BRAIN_WINDOW)


@pytest.mark.parametrize("width", [0, -80, float("nan")])
def test_a_window_without_width_is_refused(width):
    with pytest.raises(ValueError, match="window width must be more than 0 HU"):
        Window(centre=40, width=width)
