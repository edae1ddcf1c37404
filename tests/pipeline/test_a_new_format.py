"""A format that is registered is inspected, checked and predicted, and its bad files have reasons."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from toy_format import disc, register, write_folder

from components.imaging.content import measure
from components.imaging.decode import decode_grey
from pipeline.inspection.folder import Watch, inspect
from pipeline.pushed.folder_slices import find_slices as find_to_check
from pipeline.pushed.folder_slices import look_at_all
from pipeline.pushed.inputs import find_slices, read_slice
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy


@pytest.fixture
def config(tmp_path):
    folder = write_folder(tmp_path / "data", patients=6)
    (folder / "normal" / "cut.pgm").write_bytes(b"P5\n64 64\n255\nshort")
    assignments = [f"run.data='{folder}'", f"run.output='{tmp_path / 'output'}'"]
    return load(assignments=assignments, read_file=False).config


def test_it_is_no_image_before_it_is_registered(config):
    with pytest.raises(FileNotFoundError, match="no PNG or JPEG files"):
        find_slices([config.run.data], "", config.ingest)
    assert inspect(config, True, Watch()).looks.slices == 0


def test_it_is_inspected(config, monkeypatch):
    register(monkeypatch)
    inspection = inspect(config, True, Watch())
    assert inspection.classes == {"hemorrhage": 6, "normal": 7}
    assert inspection.looks.sizes == {"64 x 64, 8 bit, grey": 12}
    assert inspection.looks.rejected == {"truncated": 1}


def test_it_is_checked(config, monkeypatch):
    register(monkeypatch)
    slices = find_to_check(Path(config.run.data), False, config.ingest).slices
    looks = look_at_all(slices, "", config.ingest, lambda done: None)
    of_name = {path.name: look for (path, _), look in zip(slices, looks, strict=True)}
    assert of_name["P2_1.pgm"].measures == measure(disc(5))
    assert of_name["cut.pgm"].reason == "truncated"


def test_it_is_predicted_from(config, monkeypatch):
    register(monkeypatch)
    read = {
        source.path.name: read_slice(source, config.ingest)
        for source in find_slices([config.run.data], "", config.ingest)
    }
    assert len(read) == 13
    assert read["cut.pgm"] == (b"", "truncated")
    data, reason = read["P2_1.pgm"]
    assert reason == ""
    np.testing.assert_array_equal(decode_grey(data), disc(5))


def test_it_is_read_in_a_zip_too(config, monkeypatch, tmp_path):
    register(monkeypatch)
    archive = shutil.make_archive(str(tmp_path / "study"), "zip", config.run.data)
    assert len(find_slices([archive], "", config.ingest)) == 13
