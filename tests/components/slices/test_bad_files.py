"""Each bad file is refused with its reason, or taken where it is a slice after all; nothing of it is told."""

import os
import re

import numpy as np
import pytest
from bad_files import BROKEN, DICOMS, IMAGES, Case
from bad_files.images import picture
from dicom_variants import volume
from slices_read import inspect_file, read_png

from components.imaging import windows
from components.imaging.decode import decode_channels, decode_grey
from components.slices.dicom import bounded
from components.slices.dicom.instances import read_instances
from components.slices.dicom.pixels import read_hu
from components.slices.files import open_regular
from components.slices.formats import MOST_BYTES
from components.slices.header import LEFT_OUT, Header, Reason, Rejection

pytestmark = pytest.mark.numpy

# What a reason may say: words of this program and numbers; a name, an id or a path has other characters too.
PLAIN = re.compile(r"[A-Za-z0-9 ,.:()'-]*")
PLANTED = re.compile(r"Smith|bad|2\.25|phantom|1\.2\.840|p777", re.IGNORECASE)


@pytest.fixture(autouse=True)
def fewer_reads(monkeypatch):
    """A bound that is reached in a moment; the others are met as they are."""
    monkeypatch.setattr(bounded, "MOST_READS", 10_000)


def read(case: Case, tmp_path, params) -> tuple[bytes, Header | Rejection]:
    path = tmp_path / case.name
    path.write_bytes(case.data)
    if case in IMAGES:
        return inspect_file(path, params)
    found = read_instances(tmp_path, case.name)
    return read_png(path, 0, params) if found.instances else (b"", found.rejections[case.name])


@pytest.mark.parametrize("case", [case for case in (*IMAGES, *DICOMS) if case.reason], ids=str)
def test_a_bad_file_is_refused_with_its_reason_and_without_a_word_of_it(case, tmp_path, params):
    _, found = read(case, tmp_path, params)
    assert isinstance(found, Rejection)
    assert found.reason is case.reason
    assert found.reason not in LEFT_OUT  # it counts as a loss
    assert PLAIN.fullmatch(found.detail)
    assert not PLANTED.search(found.detail)


@pytest.mark.parametrize("case", [case for case in IMAGES if not case.reason], ids=str)
def test_an_odd_image_is_taken_and_shows_what_it_showed(case, tmp_path, params):
    data, found = read(case, tmp_path, params)
    assert isinstance(found, Header)
    assert data == case.data
    grey = decode_grey(data)
    assert grey.shape == (found.height, found.width) == picture().size[::-1]
    if "bit" not in case.name:
        colour = picture("RGB" if found.channels >= 3 or "jpg" in case.name else "L")
        expected = np.asarray((colour if "colour" in case.name else picture()).convert("L"), float)
        assert np.abs(grey - expected).mean() < 12  # palettes and JPEG lose something


@pytest.mark.parametrize("case", [case for case in DICOMS if not case.reason], ids=str)
def test_an_odd_dicom_file_is_taken_and_shows_what_it_showed(case, tmp_path, params):
    data, found = read(case, tmp_path, params)
    assert isinstance(found, Header)
    shown = windows.to_channels(volume()[4], windows.parse(params.windows))
    np.testing.assert_array_equal(decode_channels(data, 3), shown)


def test_a_turn_by_exif_is_not_applied(tmp_path, params):
    (case,) = (case for case in IMAGES if case.name == "rotated.jpg")
    data, _ = read(case, tmp_path, params)
    upright = np.asarray(picture(), float)
    assert np.abs(decode_grey(data) - upright).mean() < 3


def test_every_reason_for_a_loss_occurs_among_the_bad_files():
    met = {case.reason for case in (*BROKEN, *DICOMS) if case.reason}
    of_folders = {Reason.UNREADABLE_FILE, Reason.UNLISTED_FOLDER}  # in test_folder_scan.py
    assert met | of_folders == set(Reason) - LEFT_OUT


def test_a_file_of_absurd_size_is_not_read(tmp_path, params):
    path = tmp_path / "sparse.png"
    with path.open("wb") as file:
        file.write(BROKEN[10].data)
        file.truncate(MOST_BYTES + 1)
    assert inspect_file(path, params) == (
        b"",
        Rejection(Reason.TOO_LARGE, "268435457 bytes, at most 268435456 are read"),
    )
    with path.open("r+b") as file:
        file.truncate(2**31 + 1)
    assert read_instances(tmp_path, "sparse.png").rejections == {
        "sparse.png": Rejection(Reason.TOO_LARGE, "2147483649 bytes, at most 2147483648 are read")
    }


def test_a_file_that_may_not_be_opened_is_told_without_its_name(tmp_path, params, monkeypatch):
    """Root may open all files, whatever their mode."""
    (tmp_path / "smith.png").write_bytes(BROKEN[10].data)

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    told = Rejection(Reason.UNREADABLE_FILE, "Permission denied")
    assert inspect_file(tmp_path / "smith.png", params) == (b"", told)
    assert read_instances(tmp_path, "smith.png").rejections == {"smith.png": told}


def test_a_folder_where_a_file_was_is_told(tmp_path, params):
    (tmp_path / "x").mkdir()
    told = Rejection(Reason.UNREADABLE_FILE, "a folder, not a regular file")
    assert inspect_file(tmp_path / "x", params) == (b"", told)
    assert read_instances(tmp_path, "x").rejections == {"x": told}
    assert read_hu(tmp_path / "x", 0, params) == told
    with pytest.raises(OSError, match="a folder, not a regular file"):
        open_regular(tmp_path / "x")
