"""What `ichor inspect` warns of, in phantoms that were made wrong on purpose."""

import csv
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.numpy

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(png, tmp_path) -> Path:
    return Path(shutil.copytree(png[0], tmp_path / "copy"))


@pytest.fixture
def warnings(inspected, key) -> Callable[..., list[str]]:
    """Returns the warnings of a folder whose split has both classes and whose gate warns of nothing."""

    def call(folder: Path, *settings: str) -> list[str]:
        plain = (f"ingest.key_file={key}", "ingest.seed=1", "gate.min_binary_accuracy=1")
        _, page = inspected(folder, *(word for setting in (*plain, *settings) for word in ("--set", setting)))
        return page.entries("warning")

    return call


def rewrite(folder: Path, change: Callable[[dict[str, str], int], None]) -> None:
    """Changes each row of a folder's label table."""
    with (folder / "labels.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    for number, row in enumerate(rows):
        change(row, number)
    with (folder / "labels.csv").open("w", newline="") as table:
        writer = csv.DictWriter(table, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def redraw(paths: list[Path], change: Callable[[Image.Image], Image.Image]) -> None:
    for path in paths:
        change(Image.open(path)).save(path)


def images(folder: Path, below: str = "*") -> list[Path]:
    return sorted(folder.glob(f"{below}/*.png"))


def test_nothing_is_wrong_with_the_phantoms_as_they_are(folder, warnings):
    assert warnings(folder) == []


def test_a_prevalence_that_looks_like_labels_the_wrong_way_round(folder, warnings):
    rewrite(folder, lambda row, number: row.update(hemorrhage=str(1 - int(row["hemorrhage"]))))
    assert (
        "80.0% of the slices show a hemorrhage (12.7% in CT-ICH, docs/data.md): if that is not meant, look "
        "at labels and names of folders"
    ) in warnings(folder)


def test_a_patient_a_file(folder, warnings):
    rewrite(folder, lambda row, number: row.update(patient=f"X{number}"))
    assert (
        "each of the 160 slices is of a patient of its own: if a patient has several, the patient column or "
        "ingest.patient_pattern names slices, and one patient falls into several splits"
    ) in warnings(folder)


def test_a_gate_that_a_model_passes_which_learnt_nothing(folder, warnings, facts, inspected):
    (of_val,) = warnings(folder, "gate.min_binary_accuracy=0.8")
    assert of_val.startswith(
        "calling every slice normal is right on 91.7% of val, and gate.min_binary_accuracy"
    )
    assert of_val.endswith(" is 0.8: a model that learnt nothing passes; set it above 0.917")
    _, page = inspected(folder)
    assert page.entries("warning")[0] == (
        "calling every slice normal is right on 80.0% of the slices, and gate.min_binary_accuracy is 0.8: a "
        "model that learnt nothing passes; set it above 0.800"
    )


def test_few_patients_before_there_is_a_key(folder, inspected, facts):
    _, page = inspected(folder)
    split = facts(folder)["split"]
    assert 0 < split["keys_lacking"] < split["keys_tried"] == 50
    assert page.entries("warning")[-1] == (
        f"few patients: of 50 keys tried, {split['keys_lacking']} leave a split without a class; the run "
        "would stop then and name an ingest.seed that works"
    )


def test_mixed_sizes_and_slices_that_are_not_square(folder, warnings):
    redraw(images(folder)[:5], lambda image: image.resize((96, 80)))
    assert warnings(folder) == [
        "slices are of 2 sizes or kinds; each is resized to 224 x 224 pixels",
        "5 of 160 slices are not square: resizing to a square stretches them",
    ]


def test_mixed_kinds_are_reported_by_size_depth_and_colour(folder, inspected):
    redraw(images(folder)[:5], lambda image: image.convert("RGB"))
    redraw(
        images(folder)[5:8], lambda image: image.convert("I").point(lambda grey: grey * 257).convert("I;16")
    )
    _, page = inspected(folder)
    assert page.entry("rows x columns") == (
        "96 x 96, 8 bit, grey (152); 96 x 96, 8 bit, colour (5); 96 x 96, 16 bit, grey (3)"
    )


def test_slices_exported_without_a_window(folder, warnings):
    redraw(images(folder, "normal")[:40], lambda image: image.point(lambda grey: grey // 30))
    (warning,) = warnings(folder)
    number, rest = warning.split(" ", 1)
    assert 20 <= int(number) <= 40  # blank ones stay blank
    assert rest == (
        "of 160 slices are nearly black but not empty (dark): most likely exported without a window; export "
        "them in a brain window (centre 40, width 80 HU)"
    )


def test_slices_exported_in_too_wide_a_window(folder, warnings):
    redraw(images(folder), lambda image: image.point(lambda grey: grey // 2))
    assert (
        "hardly any white: in half of the slices 99% of the pixels do not pass 50% of full grey, and a brain "
        "window shows bone white; export in one (centre 40, width 80 HU)"
    ) in warnings(folder)


def test_black_slices(folder, warnings):
    redraw(images(folder, "normal")[:80], lambda image: Image.new("L", image.size))
    texts = warnings(folder)
    assert [text.split(" ", 1)[1] for text in texts] == [
        "of 160 slices show no head (blank)",
        "of 160 slices are of one even grey: black, or empty",
    ]
    assert all(80 <= int(text.split(" ")[0]) <= 80 + 31 for text in texts)


def test_a_disk_that_would_be_full(folder, warnings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(2**40, 2**40, 10**8))
    (warning,) = warnings(folder)
    assert warning == "a run needs 0.5 GB, and 0.1 GB are free: set run.output to another disk"


def test_what_a_run_warns_of_is_reported_before_it(folder, warnings):
    Image.new("L", (96, 96)).save(folder / "more.png")
    assert warnings(folder) == ["images that the label table does not name were not read: 1"]
