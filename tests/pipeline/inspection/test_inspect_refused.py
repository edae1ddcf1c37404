"""Folders that a run would refuse: `ichor inspect` says so in the same words, and what there is."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from pipeline.cli import main

pytestmark = pytest.mark.numpy


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "slices").mkdir()
    return tmp_path / "slices"


def draw(folder: Path, *names: str, side: int = 40) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (side, side), 90).save(folder / name)


def refusal_of_a_run(folder: Path, capsys, *arguments: str) -> str:
    """Returns what `ichor run` says, which checks the folder before it imports anything."""
    assert main(["run", "--data", str(folder), *arguments]) == 1
    return capsys.readouterr().err.strip().removeprefix("ichor: ")


def test_one_class_only(folder, inspected, capsys):
    draw(folder, "normal/1.png", "normal/2.png")
    status, page = inspected(folder)
    assert status == 1
    said = f"data folder {folder}: all 2 slices are normal; a model needs slices of both classes"
    assert page.entry("refused") == said == refusal_of_a_run(folder, capsys)
    assert page.entry("source") == "images, PNG or JPEG; labels cannot be used"
    assert page.entry("rows x columns") == "40 x 40, 8 bit, grey (2)"
    assert page.entry("slice filter") == "drops 2 (100.00%): 2 blank"


def test_no_labels_at_all(folder, inspected, capsys):
    draw(folder, "0173/1.png", "0174/2.png")
    status, page = inspected(folder)
    assert status == 1
    assert page.entry("refused") == refusal_of_a_run(folder, capsys)
    assert page.entry("refused").startswith(f"data folder {folder}: no table 'labels.csv', and no image in")
    assert page.entry("looked at").startswith("all 2 slices, ")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("file,hemorrhage\n1.png,0\n2.png,x\n", "labels.csv row 3 (2.png): hemorrhage must be 0 or 1, got"),
        ("file,label\n1.png,0\n", "labels.csv: no column 'hemorrhage'; expected file, hemorrhage"),
        ("file,hemorrhage\n3.png,0\n", "labels.csv row 2: no such file below {d}: '3.png'; add the files"),
        ("", "labels.csv: is empty; expected a header with the columns file, hemorrhage"),
        ("file,hemorrhage\n1.png,0,4\n", "labels.csv row 2: expected 2 cells, got 3"),
        ("\x00\xff", "labels.csv: is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_broken_table(folder, inspected, capsys, table, said):
    draw(folder, "1.png", "2.png")
    (folder / "labels.csv").write_bytes(table.encode("latin-1"))
    status, page = inspected(folder)
    assert status == 1
    assert page.entry("refused") == refusal_of_a_run(folder, capsys)
    assert page.entry("refused").startswith(said.format(d=folder))
    assert page.entry("rows x columns") == "40 x 40, 8 bit, grey (2)"


def test_labels_that_cannot_be_used_give_no_numbers(folder, facts):
    assert facts(folder)["looks"]["hemorrhages"] is None
    draw(folder, "1.png", "2.png")
    report = facts(folder)
    assert (report["looks"]["slices"], report["looks"]["hemorrhages"], report["classes"]) == (2, None, {})
    assert (report["split"], report["expected"], report["patients"]) == (None, None, None)


def test_an_empty_folder_and_one_of_other_files(folder, inspected, capsys):
    status, page = inspected(folder)
    assert (status, page.entry("folder")) == (1, f"{folder}: 0 files, 0 bytes")
    assert page.entry("refused").endswith(
        "no images; expected .png, .jpg or .jpeg files, or DICOM files, it is empty"
    )
    (folder / "notes.txt").write_text("none")
    (folder / "1.2.840.7").write_text("none")
    status, page = inspected(folder)
    assert (status, page.entry("files")) == (1, "1 no ending (4 bytes); 1 .txt (4 bytes)")
    assert page.entry("refused") == refusal_of_a_run(folder, capsys)
    assert not page.entries("looked at")


def test_no_folder_is_reported_in_one_line(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "nowhere")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        f"ichor: data folder {tmp_path / 'nowhere'}: no such folder; give the one that holds the slices\n"
    )


def test_too_few_patients_whatever_the_key(folder, inspected, key, capsys):
    draw(folder, *(f"normal/n{number}_1.png" for number in range(9)), "hemorrhage/h1_1.png")
    pattern = ("--set", "ingest.patient_pattern=(?P<patient>[hn][0-9]+)_")
    status, page = inspected(folder, *pattern)
    assert status == 1
    assert page.entries("refused")[0].startswith("split by patient, seed 0: ")
    assert page.entries("refused")[0].endswith(
        "3 splits need 3 patients of each class at least: add patients"
    )
    pattern = (*pattern, "--set", f"ingest.key_file={key}")
    status, page = inspected(folder, *pattern)
    assert status == 1
    assert page.entries("refused")[0] == refusal_of_a_run(folder, capsys, *pattern)


def test_a_seed_that_leaves_a_split_without_a_class(png, inspected, key, capsys):
    arguments = ("--set", f"ingest.key_file={key}", "--set", "ingest.seed=0")
    status, page = inspected(png[0], *arguments)
    assert status == 1
    assert page.entry("refused") == refusal_of_a_run(png[0], capsys, *arguments)
    assert page.entry("refused").endswith(
        "set ingest.seed to 1, which gives every split both classes, or add patients"
    )


def test_a_key_that_others_may_read(png, inspected, key, capsys):
    key.chmod(0o644)
    arguments = ("--set", f"ingest.key_file={key}")
    status, page = inspected(png[0], *arguments)
    assert status == 1
    assert page.entry("refused") == refusal_of_a_run(png[0], capsys, *arguments)
    assert page.entry("refused").endswith(f"could be named; chmod 600 {key}")
    assert page.entry("slices").startswith("160: ")


def test_results_among_the_data(png, inspected, capsys, tmp_path):
    folder = Path(shutil.copytree(png[0], tmp_path / "copy"))
    arguments = ("--output", str(folder / "results"))
    status, page = inspected(folder, *arguments)
    assert status == 1
    assert page.entry("refused") == refusal_of_a_run(folder, capsys, *arguments)
    assert page.entry("refused") == (
        f"run.output: {folder / 'results'} lies in the data folder; write outside of it"
    )


def test_too_many_hemorrhages_that_the_slice_filter_would_drop(png, inspected, tmp_path):
    folder = Path(shutil.copytree(png[0], tmp_path / "copy"))
    (folder / "labels.csv").unlink()
    blank = sorted((folder / "hemorrhage").iterdir())[:3]
    for path in blank:
        Image.new("L", (96, 96)).save(path)
    status, page = inspected(folder)
    assert status == 1
    assert page.entry("slice filter").endswith("; 3 of 32 hemorrhages")
    assert page.entry("refused").startswith(
        "SliceFilter would drop 3 of 32 hemorrhage slices (9.4%: 3 blank); "
        "filter.max_lost_hemorrhage_share allows 1.0%. Look at the contact sheet, then export the slices "
    )
    status, page = inspected(folder, "--set", "filter.enabled=false")
    assert status == 0
    assert page.entry("slice filter").startswith("is off (filter.enabled); would drop 34 (21.25%)")
