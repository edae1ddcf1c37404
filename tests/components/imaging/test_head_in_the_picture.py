"""How a head lies, how bright its tissue is and how noisy: drawn pictures with answers known by hand."""

import numpy as np
import numpy.typing as npt
import pytest

from components.imaging import windows
from components.imaging.content import measure
from components.imaging.content_hu import measure_channels

pytestmark = pytest.mark.numpy

Picture = npt.NDArray[np.uint8]
TISSUE = 120
QUIET = 0.1 / 255  # a tenth of a grey level


def places(side: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Row and column of each pixel, -0.5 to 0.5 from the middle."""
    down, right = (np.mgrid[:side, :side] + 0.5) / side - 0.5
    return down, right


def ellipse(side: int, down: float, right: float) -> Picture:
    rows, columns = places(side)
    return np.where(np.hypot(rows / down, columns / right) < 1, TISSUE, 0).astype(np.uint8)


def wedge(side: int) -> Picture:
    """A triangle with its tip above, from a fifth to four fifths of the picture."""
    rows, columns = places(side)
    return np.where((np.abs(columns) < (rows + 0.3) / 2) & (rows < 0.3), TISSUE, 0).astype(np.uint8)


def grainy(side: int, sigma: float, level: float = TISSUE) -> Picture:
    """A square of tissue with white noise in black air."""
    rng = np.random.default_rng(0)
    rows, columns = places(side)
    noise = np.clip(rng.normal(level, sigma, (side, side)), 0, 255).round()
    return np.where(np.maximum(np.abs(rows), np.abs(columns)) < 0.35, noise, 0).astype(np.uint8)


@pytest.mark.parametrize("side", [96, 256, 512])
def test_the_aspect_is_the_ellipse_that_was_drawn_and_turns_with_it(side):
    picture = ellipse(side, 0.4, 0.3)
    assert measure(picture).head_aspect == pytest.approx(0.4 / 0.7, abs=0.005)
    assert measure(np.rot90(picture)).head_aspect == pytest.approx(0.3 / 0.7, abs=0.005)
    assert measure(ellipse(side, 0.35, 0.35)).head_aspect == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("side", [128, 512])
def test_the_balance_of_a_wedge_is_two_thirds_and_one_third_upside_down(side):
    """A triangle's middle lies two thirds below its tip; the opening rounds its corners off."""
    picture = wedge(side)
    balance = measure(picture).head_balance
    assert balance == pytest.approx(2 / 3, abs=0.03)
    assert measure(picture[::-1]).head_balance == pytest.approx(1 - balance, abs=0.01)
    assert measure(np.rot90(picture, 2)).head_balance == pytest.approx(1 - balance, abs=0.01)
    assert measure(np.rot90(picture)).head_balance == pytest.approx(0.5, abs=0.02)


def test_percentiles_are_those_of_the_tissue_inside_the_window_and_nothing_else():
    """Tissue of 60 to 160 in equal shares, an equally large skull and black air."""
    picture = np.zeros((200, 200), np.uint8)
    picture[40:160, 40:160] = 255
    picture[50:150, 50:150] = np.linspace(60, 160, 100).round()[None, :]
    measures = measure(picture)
    assert measures.low_intensity == pytest.approx(70 / 255, abs=1.5 / 255)
    assert measures.median_intensity == pytest.approx(110 / 255, abs=1.5 / 255)
    assert measures.intensity_spread == pytest.approx(50 / 255, abs=2.5 / 255)


def test_an_inverted_slice_has_the_same_percentiles_noise_and_place():
    picture = np.where(wedge(256) > 0, grainy(256, 5), 0).astype(np.uint8)
    assert measure(255 - picture) == measure(picture)


@pytest.mark.parametrize("side", [128, 200, 512, 900])
@pytest.mark.parametrize("sigma", [1, 3, 6, 12])
def test_white_noise_measures_its_standard_deviation_whatever_the_pictures_size(side, sigma):
    assert measure(grainy(side, sigma)).noise * 255 == pytest.approx(sigma, rel=0.08)


def test_sixteen_bits_have_the_noise_of_eight():
    picture = grainy(256, 6)
    assert measure(picture.astype(np.uint16) * 257).noise == measure(picture).noise


def test_edges_and_ramps_are_no_noise():
    picture = ellipse(512, 0.4, 0.3)
    rows, columns = places(512)
    picture[np.abs(columns) < 0.05] //= 2
    picture[np.hypot(rows, columns) < 0.1] = 200
    assert measure(picture).noise < QUIET
    ramp = np.where(picture > 0, 60 + 100 * (rows + columns), 0).round().astype(np.uint8)
    assert measure(ramp).noise < 0.5 / 255  # rounding to whole levels


def test_noise_outside_of_the_head_and_in_clipped_pixels_does_not_count():
    quiet = ellipse(512, 0.4, 0.3)
    rng = np.random.default_rng(1)
    speckled = np.where(quiet == 0, rng.integers(0, 9, quiet.shape), quiet)
    rows, columns = places(512)
    bone = np.hypot(rows, columns) < 0.2
    speckled = np.where(bone, rng.integers(246, 256, quiet.shape), speckled).astype(np.uint8)
    assert measure(speckled).noise < QUIET


def test_a_picture_without_a_head_has_neutral_values():
    measures = measure(np.zeros((128, 128), np.uint8))
    assert (measures.low_intensity, measures.median_intensity, measures.intensity_spread) == (0, 0, 0)
    assert (measures.noise, measures.head_aspect, measures.head_balance) == (0, 0.5, 0.5)


def test_hu_of_the_head_are_summarised_by_their_first_and_ninety_ninth_percentile():
    """Of 10,000 pixels of a head 2 % are fat, 2 % bone, the others brain; air does not count."""
    shown = windows.parse("40/80 80/200 600/2800")
    hu = np.full((200, 200), -1000.0)
    hu[50:150, 50:150] = 35.0
    hu[50:52, 50:150], hu[148:150, 50:150] = -95.0, 1200.0
    measures = measure_channels(windows.to_channels(hu, shown), shown)
    assert measures.low_hu == pytest.approx(-95, abs=6)  # half a level of the bone window
    assert measures.high_hu == pytest.approx(1200, abs=6)
    air = measure_channels(windows.to_channels(np.full((64, 64), -1000.0), shown), shown)
    assert (air.low_hu, air.high_hu) == (None, None)
