"""What `ichor inspect` prints of a folder of images, beside what is known of the phantoms in it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.ingest.plan import check
from components.phantoms.regions import Stage
from pipeline.inspection import folder as inspection
from pipeline.settings.loading import load

pytestmark = pytest.mark.numpy

HEAVY = ("tensorflow", "tfx", "apache_beam", "keras", "ml_metadata", "pydantic")


@pytest.fixture
def copy(png, tmp_path) -> Path:
    """A folder of phantoms that may be changed."""
    return Path(shutil.copytree(png[0], tmp_path / "copy"))


def test_a_sound_folder_is_described_as_its_phantoms_are_and_a_run_can_start(png, key, inspected):
    folder, made = png
    status, page = inspected(folder, "--set", f"ingest.key_file={key}", "--set", "ingest.seed=1")
    assert status == 0
    assert page.entry("folder").startswith(f"{folder}: 161 files, ")
    assert re.fullmatch(r"160 \.png \([\d.]+ kB\); 1 \.csv \([\d.]+ kB\)", page.entry("files"))
    assert page.entry("source") == "images, PNG or JPEG; labels from labels.csv"
    assert made.hemorrhage == 32
    assert page.entry("slices") == "160: 32 hemorrhage (20.0%), 128 normal (80.0%)"
    assert made.bleeding_patients == 11
    assert page.entry("patients") == "20, 11 with a hemorrhage, by the table's column patient; 8 slices each"
    assert page.entry("attributes") == "subtype, age, sex"
    assert re.fullmatch(r"all 160 slices, [\d.]+ ms each", page.entry("looked at"))
    assert page.entry("rejected") == "none; up to 5.0% are left out, more stop a run"
    assert page.entry("rows x columns") == "96 x 96, 8 bit, grey (160)"
    assert made.stages[Stage.BLANK] == 31
    assert page.entry("slice filter") == "drops 31 (19.38%): 31 blank; 0 of 32 hemorrhages"
    assert page.entry("split") == f"by patients, seed 1, key {key}"
    assert page.entry("contact sheet").startswith("--contact-sheet FILE.png writes one")
    assert page.entry("verdict") == "a run can start"


def test_the_split_is_that_of_a_run_under_the_same_key(png, key, inspected, facts):
    folder, made = png
    settings = [f"ingest.key_file={key}", "ingest.seed=1"]
    arguments = [word for setting in settings for word in ("--set", setting)]
    parts = facts(folder, *arguments)["split"]["parts"]
    assert list(parts) == ["train", "val", "test"]
    for name, known in (("slices", made.slices), ("hemorrhage", 32), ("normal", 128), ("patients", 20)):
        assert sum(part[name] for part in parts.values()) == known
    assert all(part["slices"] == 8 * part["patients"] for part in parts.values())
    check(folder, load(assignments=settings, read_file=False).config.ingest)
    _, page = inspected(folder, *arguments)
    val = parts["val"]
    assert page.entry("  val") == (
        f"{val['slices']} slices, {val['hemorrhage']} hemorrhage, {val['normal']} normal, of "
        f"{val['patients']} patients"
    )


def test_without_a_key_none_is_made_and_the_split_is_said_to_depend_on_it(png, tmp_path, inspected, facts):
    folder, _ = png
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    status, page = inspected(folder)
    assert status == 0
    own = tmp_path / "home" / ".config" / "ichor" / "patient.key"
    assert page.entry("split") == (
        "train 67%, val 17%, test 17% of the patients; which, depends on a key that the first run makes "
        f"({own})"
    )
    assert not (tmp_path / "home").exists()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert not list(Path.cwd().iterdir())
    split = facts(folder)["split"]
    assert (split["key_exists"], split["parts"], split["keys_tried"]) == (False, {}, 50)


def test_nothing_heavy_is_imported(png, tmp_path):
    code = (
        f"import sys; from pipeline.cli import main; status = main(['inspect', {str(png[0])!r}])\n"
        f"print(status, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    root = str(Path(inspection.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.splitlines()[-1] == "0 ['pydantic']"  # which shows that the list is looked for


def test_files_that_would_be_rejected_are_counted_and_the_first_are_named(copy, inspected):
    shown = sorted((copy / "normal").iterdir())
    shown[0].write_bytes(shown[0].read_bytes()[:300])
    shown[1].write_bytes(b"")
    shown[2].write_text("GIF89a")
    status, page = inspected(copy)
    assert status == 0
    assert page.entry("rejected") == (
        "3 (1.88%): 1 truncated; 1 empty; 1 not_an_image; up to 5.0% are left out, more stop a run"
    )
    assert f"  such as       normal/{shown[1].name}: empty\n" in page
    assert (
        f"  such as       normal/{shown[2].name}: not_an_image, begins like neither a PNG nor a JPEG" in page
    )


def test_too_many_such_files_stop_a_run(copy, inspected):
    for path in sorted((copy / "normal").iterdir())[:10]:
        path.write_bytes(b"")
    status, page = inspected(copy)
    assert status == 1
    assert page.entry("refused") == (
        "10 of 160 files cannot be read, 6.2%, and 5.0% are allowed (seen: 10 empty); repair or remove them, "
        "or raise ingest.max_rejected_share"
    )
    assert "verdict" not in page
    assert page.count(": empty") == 5


def test_of_a_large_folder_the_same_slices_are_looked_at_each_time_unless_all_are_selected(
    png, facts, inspected, monkeypatch
):
    monkeypatch.setitem(inspection.MOST_LOOKED_AT, "image", 40)
    _, page = inspected(png[0])
    assert page.entry("looked at").startswith("40 of 160 slices, chosen at random (--all looks at each), ")
    once, again = facts(png[0])["looks"], facts(png[0])["looks"]
    assert (once["slices"], once["of"]) == (40, 160)
    assert once["would_drop"] == again["would_drop"]
    assert 0 < once["would_drop"]["blank"] < 31
    assert facts(png[0], "--all")["looks"]["slices"] == 160


def test_from_a_part_the_share_of_rejected_files_is_an_estimate(copy, inspected, monkeypatch):
    monkeypatch.setitem(inspection.MOST_LOOKED_AT, "image", 40)
    for path in (copy / "normal").iterdir():
        path.write_bytes(b"")
    status, page = inspected(copy)
    assert status == 1
    (number,) = re.findall(r"refused +about (\d+) of 160 files cannot be read", page)
    assert abs(int(number) - 128) < 30


def test_where_patients_are_not_known_the_groups_are_split(copy, key, inspected, monkeypatch):
    (copy / "labels.csv").unlink()
    arguments = ("--set", f"ingest.key_file={key}", "--set", "ingest.test_buckets=0")
    _, page = inspected(copy, *arguments)
    assert page.entry("patients") == "not known"
    assert page.entry("split") == f"by groups of slices that look alike, seed 0, key {key}"
    assert re.search(r"  val +\d+ slices, \d+ hemorrhage, \d+ normal, of \d+ groups", page)
    assert "patients are not known: slices that look alike are kept in one split" in page.entry("warning")
    monkeypatch.setitem(inspection.MOST_LOOKED_AT, "image", 40)
    _, page = inspected(copy, *arguments)
    assert page.entry("split") == (
        "train 80%, val 20% of the groups of slices that look alike, which a run finds when it has read all "
        "slices; --all does so too"
    )


def test_json_says_the_same_and_names_no_patient(png, key, facts):
    report = facts(png[0], "--set", f"ingest.key_file={key}", "--set", "ingest.seed=1")
    assert report["classes"] == {"hemorrhage": 32, "normal": 128}
    assert report["patients"] == {
        "known_from": "column", "number": 20, "with_hemorrhage": 11,
        "slices_each": {"least": 8, "median": 8.0, "most": 8},
    }  # fmt: skip
    assert report["looks"]["would_drop"] == {"blank": 31}
    assert (report["refusals"], report["source"], report["form"]) == ([], "image", "table")
    assert not re.search(r"p0\d\d", json.dumps(report))


def test_columns_that_become_no_attribute_are_listed_with_the_reason(copy, inspected):
    rows = (copy / "labels.csv").read_text().splitlines()
    rows = [f"{rows[0]},note", *(f"{row},remark {number}" for number, row in enumerate(rows[1:]))]
    (copy / "labels.csv").write_text("\n".join(rows))
    _, page = inspected(copy)
    assert page.entry("attributes") == "subtype, age, sex"
    assert page.entry("no attribute").startswith("note: it has 160 values, more than 12, and is no number")


def test_a_file_name_cannot_act_on_the_terminal(copy, inspected):
    (copy / "labels.csv").unlink()
    (copy / "normal" / "red\x1b[31m.png").write_bytes(b"")
    _, page = inspected(copy)
    assert r"normal/red\x1b[31m.png: empty" in page
    assert "\x1b" not in page
