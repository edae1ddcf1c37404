"""The contact sheet of `ichor inspect`, and what it prints while it works."""

import io
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components.imaging.sheet import GAP, LINE, THUMBNAIL, TITLE, WARNING
from pipeline.cli import main

pytestmark = pytest.mark.numpy

ROW = THUMBNAIL + 3 * LINE + GAP


@pytest.fixture
def sheet(tmp_path) -> Path:
    return tmp_path / "sheet.png"


def tile(picture: Path, part: int, place: int, rows: int = 3) -> np.ndarray:
    """Returns a thumbnail of a sheet whose parts have so many rows each: uint8 (side, side, 3)."""
    pixels = np.asarray(Image.open(picture))
    top = GAP + part * (TITLE + rows * ROW) + TITLE + place // 8 * ROW
    left = GAP + place % 8 * (THUMBNAIL + GAP)
    return pixels[top : top + THUMBNAIL, left : left + THUMBNAIL]


def is_framed(picture: np.ndarray) -> bool:
    edges = ((0,), (-1,), (slice(None), 0), (slice(None), -1))
    return all((picture[edge] == WARNING).all() for edge in edges)


def test_it_shows_slices_at_random_by_class_and_frames_those_that_would_be_dropped(png, sheet, inspected):
    status, page = inspected(png[0], "--contact-sheet", str(sheet))
    assert (status, page.entry("contact sheet")) == (
        0, f"{sheet}; it shows slices: treat it as patient data",
    )  # fmt: skip
    with Image.open(sheet) as picture:
        assert picture.size == (GAP + 8 * (THUMBNAIL + GAP), GAP + 3 * (TITLE + 3 * ROW))
    hemorrhages, normal, dropped = (
        [is_framed(tile(sheet, part, place)) for place in range(24)] for part in range(3)
    )
    assert not any(hemorrhages)  # no blank slice shows a bleed
    assert 0 < sum(normal) < 24
    assert all(dropped)  # 24 of 31


def test_it_is_the_same_each_time_and_names_neither_file_nor_patient(png, sheet, tmp_path, inspected):
    inspected(png[0], "--contact-sheet", str(sheet))
    once = sheet.read_bytes()
    renamed = Path(shutil.copytree(png[0], tmp_path / "copy"))
    for path in renamed.glob("*/*.png"):
        path.rename(path.with_name(f"JOHN-DOE-{path.name}"))
    text = (renamed / "labels.csv").read_text()
    text = re.sub(r"/(p\d+_s\d+\.png),(\d),p", r"/JOHN-DOE-\1,\2,JOHN-DOE-p", text)
    assert text.count("JOHN-DOE-p") == 320
    (renamed / "labels.csv").write_text(text)
    inspected(renamed, "--contact-sheet", str(sheet))
    assert sheet.read_bytes() == once


def test_the_split_stands_below_a_slice_where_it_is_known(png, sheet, key, inspected):
    inspected(png[0], "--contact-sheet", str(sheet))
    without = np.asarray(Image.open(sheet))
    inspected(png[0], "--contact-sheet", str(sheet), "--set", f"ingest.key_file={key}")
    differ = np.asarray(Image.open(sheet)) != without
    lines = differ[GAP + TITLE + THUMBNAIL :][: 3 * LINE].any(axis=(1, 2))
    assert lines[LINE : 2 * LINE].any()  # the line of class and split
    assert not lines[:LINE].any()
    assert not lines[2 * LINE :].any()


def test_of_dicom_it_shows_the_brain_window(dicom, png, tmp_path, inspected):
    for name, folder in (("dicom", dicom[0]), ("png", png[0])):
        inspected(folder, "--contact-sheet", str(tmp_path / f"{name}.png"))
    shown = {
        name: sorted(tile(tmp_path / f"{name}.png", 0, place).mean() for place in range(24))
        for name in ("dicom", "png")
    }
    assert np.mean(shown["dicom"]) == pytest.approx(np.mean(shown["png"]), rel=0.15)


def test_without_labels_there_is_one_part_and_the_dropped(png, sheet, inspected, tmp_path):
    folder = Path(shutil.copytree(png[0] / "normal", tmp_path / "copy"))
    status, _ = inspected(folder, "--contact-sheet", str(sheet))
    assert status == 1
    assert Image.open(sheet).height == GAP + 2 * (TITLE + 3 * ROW)


def test_none_is_written_where_no_slice_can_be_shown(tmp_path, sheet, inspected):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "1.png").write_bytes(b"")
    status, page = inspected(tmp_path / "copy", "--contact-sheet", str(sheet))
    assert (status, page.entry("contact sheet")) == (1, "not written: no slice can be shown")
    assert not sheet.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sheet.jpg", "--contact-sheet sheet.jpg: expected the name of a .png file"),
        ("no/sheet.png", "--contact-sheet no/sheet.png: no such folder {here}/no; make it first"),
        (
            "{data}/sheet.png",
            "--contact-sheet {data}/sheet.png: lies in the data folder, and a run would take it for a slice; "
            "write outside of it",
        ),
    ],
)
def test_a_sheet_that_cannot_be_written_there_is_refused_before_any_work(png, capsys, name, said):
    names = {"here": Path.cwd(), "data": png[0]}
    assert main(["inspect", str(png[0]), "--contact-sheet", name.format(**names)]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"ichor: {said.format(**names)}\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is_and_no_line_of_that_stays(png, capsys, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["inspect", str(png[0])]) == 0
    lines = terminal.getvalue().split("\r\x1b[K")
    assert "looked at 100 of 160 slices" in lines
    assert lines[-1] == ""
    assert "\n" not in terminal.getvalue()
    assert "looked at 100" not in capsys.readouterr().out
