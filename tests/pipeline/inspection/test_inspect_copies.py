"""`ichor inspect` foresees what LeakageGate would stop a run for, where it is equal pixel for pixel."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.numpy

MIDDLE = "*_s04.png"  # a slice through the brain of each patient


@pytest.fixture
def folder(png, tmp_path) -> Path:
    return Path(shutil.copytree(png[0], tmp_path / "copy"))


@pytest.fixture
def settings(key) -> tuple[str, ...]:
    """A key, so that splits are known, and a seed that gives each both classes."""
    return ("--set", f"ingest.key_file={key}", "--set", "ingest.seed=1")


def give_all_patients_one_picture(folder: Path) -> int:
    """Puts one picture in the place of each middle slice without a hemorrhage; returns how many."""
    first, *others = sorted((folder / "normal").glob(MIDDLE))
    for path in others:
        with Image.open(first) as image:
            image.save(path, compress_level=1)  # other bytes, the same pixels
    return 1 + len(others)


def give_a_picture_both_labels(folder: Path) -> None:
    bleeding = sorted((folder / "hemorrhage").glob(MIDDLE))[0]
    normal = sorted((folder / "normal").glob(f"{bleeding.name.split('_')[0]}_*"))[0]
    shutil.copy(bleeding, normal)


def test_a_picture_in_two_splits_is_refused_as_the_run_would(folder, inspected, settings):
    number = give_all_patients_one_picture(folder)
    status, page = inspected(folder, *settings)
    assert status == 1
    said = re.fullmatch(
        r"LeakageGate: 1 picture is in two splits \(slices: (\d+) train, (\d+) val, (\d+) test\); "
        "remove copies, or give them one patient",
        page.entry("refused"),
    )
    assert said, page.entry("refused")
    assert sum(map(int, said.groups())) == number


def test_a_picture_with_both_labels_is_refused_whatever_the_split(folder, inspected, settings):
    give_a_picture_both_labels(folder)
    status, page = inspected(folder, *settings)
    assert status == 1
    assert re.fullmatch(
        r"LeakageGate: 1 picture has both labels \(slices: 2 (train|val|test)\); correct the labels",
        page.entry("refused"),
    )
    status, page = inspected(folder)
    assert status == 1
    assert page.entry("refused") == (
        "LeakageGate: 1 picture has both labels (slices: 2 looked at); correct the labels"
    )


@pytest.mark.parametrize(
    ("action", "way"),
    [
        ("drop", "leaves the copies to train on out"),
        ("warn", "goes on with a warning; metrics may be flattered"),
    ],
)
def test_a_gate_that_does_not_stop_makes_it_a_warning(folder, inspected, settings, action, way):
    give_a_picture_both_labels(folder)
    status, page = inspected(folder, *settings, "--set", f"leakage.action={action}")
    assert status == 0
    (warning,) = [text for text in page.entries("warning") if "both labels" in text]
    assert re.fullmatch(
        rf"1 picture has both labels \(slices: 2 \w+\); leakage\.action = {action} {re.escape(way)}", warning
    )


def test_without_a_key_a_picture_of_two_patients_is_doubtful(folder, inspected):
    give_all_patients_one_picture(folder)
    status, page = inspected(folder)
    assert status == 0
    assert (
        "pictures that two patients have, pixel for pixel: 1; where the two fall into two splits, "
        "LeakageGate finds them (leakage.action = fail); remove copies, or give them one patient"
    ) in page.entries("warning")


def test_slices_that_the_filter_drops_or_that_show_nothing_are_no_copies(folder, inspected, settings):
    for path in (folder / "normal").glob(MIDDLE):
        Image.new("L", (96, 96), 0).save(path)
    for filtered in ("true", "false"):
        status, _ = inspected(folder, *settings, "--set", f"filter.enabled={filtered}")
        assert status == 0
