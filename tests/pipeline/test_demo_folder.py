"""The demo leaves a user's own data and settings alone."""

import pytest

import pipeline.commands.demo
from pipeline.cli import main
from pipeline.settings.presets import PRESETS

pytestmark = pytest.mark.numpy


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Works in an empty folder; runs are noted down instead of carried out, phantoms are few."""
    monkeypatch.chdir(tmp_path)
    noted = []
    monkeypatch.setattr(pipeline.commands.demo, "run_on_terminal", lambda config: noted.append(config) or 0)
    few = {"phantoms.patients": 2, "phantoms.side": 64, "phantoms.slices_per_series": 6}
    monkeypatch.setitem(PRESETS, "demo", {**PRESETS["demo"], **few})
    return noted


def test_the_demo_reads_no_settings_file_and_touches_no_other_data(runs, tmp_path):
    mine = tmp_path / "slices" / "hemorrhage" / "a.png"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    (tmp_path / "ichor.toml").write_text('[run]\ndata = "slices"\n')
    assert main(["demo"]) == 0
    assert mine.read_bytes() == b"mine"
    assert runs[0].run.data == "demo/phantoms"
    assert (tmp_path / "demo" / "phantoms" / "labels.csv").is_file()
    assert (tmp_path / "demo" / "phantoms.key").stat().st_mode & 0o777 == 0o600


def test_what_an_interrupted_demo_left_is_made_anew(runs, tmp_path):
    left = tmp_path / "demo" / "phantoms.unfinished" / "normal" / "p000_s00.png"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert main(["demo"]) == 0
    assert not left.exists()
    assert (tmp_path / "demo" / "phantoms" / "labels.csv").is_file()


def test_phantoms_once_made_are_kept(runs, tmp_path):
    assert main(["demo"]) == 0
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "demo" / "phantoms").rglob("*")}
    assert main(["demo"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "demo" / "phantoms").rglob("*")} == made
