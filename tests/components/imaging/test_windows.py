import numpy as np
import pytest

from components.imaging import windows
from components.imaging.intensity import Window

pytestmark = pytest.mark.numpy

THREE = (Window(40, 80), Window(80, 200), Window(600, 2800))


def test_three_windows_read_back_to_the_hu_within_half_a_level_of_the_narrowest():
    hu = np.linspace(-790, 1990, 40_000, dtype=np.float32).reshape(200, 200)
    error = np.abs(windows.to_hu(windows.to_channels(hu, THREE), THREE) - hu)
    assert error[(hu > 1) & (hu < 79)].max() <= 0.16
    assert error[(hu > -19) & (hu < 179)].max() <= 0.4
    assert error.max() <= 5.5


def test_each_channel_is_its_window():
    channels = windows.to_channels(np.array([[-1000.0, 40.0, 80.0, 2000.0]]), THREE)
    assert channels.tolist() == [[[0, 0, 0], [128, 76, 76], [255, 128, 80], [255, 255, 255]]]


def test_air_and_metal_come_back_at_the_outermost_edges():
    hu = np.array([[-1000.0, 3000.0]])
    assert windows.to_hu(windows.to_channels(hu, THREE), THREE).tolist() == [[-800.0, 2000.0]]


def test_windows_are_spelled_as_they_are_read():
    assert windows.spell(windows.parse("40/80 80/200  600/2800")) == "40/80 80/200 600/2800"
    assert windows.parse("40/80 80/200 600/2800") == THREE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("40", r"window must be centre/width in HU, such as 40/80, got '40'"),
        ("40/a", r"window must be centre/width in HU, such as 40/80, got '40/a'"),
        ("40/0", r"window width must be more than 0 HU, got 0.0"),
    ],
)
def test_a_window_of_another_form_is_refused(text: str, message: str):
    with pytest.raises(ValueError, match=message):
        windows.parse(text)
