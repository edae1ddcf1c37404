"""Every form that a CT series comes in gives back its HU, in the order from the neck to the vertex."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from dicom_variants import VARIANTS, Made
from slices_read import read_png

from components.imaging import windows
from components.imaging.decode import decode_channels
from components.slices.dicom.headers import read_headers
from components.slices.dicom.pixels import read_hu
from components.slices.dicom.series import in_order
from components.slices.header import Rejection

pytestmark = pytest.mark.numpy

PADDED_HU = -1000.0


def read(folder: Path, params) -> np.ndarray:
    """HU of all slices below a folder, from the lowest to the highest."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    headers = read_headers(folder, [name for name in files if not name.endswith("DICOMDIR")])
    assert headers.rejections == {}
    slices = [read_hu(folder / each.path, each.frame, params) for _, each in in_order(headers.instances)]
    assert not [one for one in slices if isinstance(one, Rejection)]
    return np.stack(slices)


def expected(name: str, made: Made) -> Made:
    """What the series looks like with rows to the patient's left, columns to the back, the neck first."""
    hu, padded = made.hu, made.padded
    if name == "feet_first":
        hu = hu[:, :, ::-1]
    if name == "prone":
        hu = hu[:, ::-1, ::-1]
    return dataclasses.replace(made, hu=hu, padded=padded)


@pytest.fixture
def params(params):
    return params.model_copy(update={"max_side": 200})


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "non_square_pixels"])
def test_a_series_in_any_form_gives_back_its_hu(name, tmp_path, params):
    made = expected(name, VARIANTS[name](tmp_path))
    hu = read(tmp_path, params)
    measured = np.ones(hu.shape, bool) if made.padded is None else ~made.padded
    assert np.abs(hu - made.hu)[measured].max() <= made.tolerance
    assert (hu[~measured] == PADDED_HU).all()


def test_pixels_that_are_not_square_are_made_so(tmp_path, params):
    made = VARIANTS["non_square_pixels"](tmp_path)
    hu = read(tmp_path, params)
    (rows, columns), (row_spacing, column_spacing) = made.hu.shape[1:], made.geometry.spacing
    assert hu.shape[1:] == (round(rows * row_spacing / column_spacing), columns)
    assert np.abs(hu.mean(axis=(1, 2)) - made.hu.mean(axis=(1, 2))).max() < 3


def test_the_channels_of_the_png_are_the_windows_of_the_hu(tmp_path, params):
    made = VARIANTS["explicit_little_endian"](tmp_path)
    shown = windows.parse(params.windows)
    data, header = read_png(made.files[4], 0, params)
    assert (header.image_format, header.height, header.width, header.channels) == ("png", 64, 56, 3)
    np.testing.assert_array_equal(decode_channels(data, 3), windows.to_channels(made.hu[4], shown))


def test_one_window_gives_a_grey_png(tmp_path, params):
    made = VARIANTS["explicit_little_endian"](tmp_path)
    data, header = read_png(made.files[4], 0, params.model_copy(update={"windows": "40/80"}))
    assert header.channels == 1
    np.testing.assert_array_equal(
        decode_channels(data, 1)[..., 0], windows.to_channels(made.hu[4], windows.parse("40/80"))[..., 0]
    )
