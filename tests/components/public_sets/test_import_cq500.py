from collections.abc import Callable
from pathlib import Path

import pytest

from components.ingest.params import IngestParams
from components.ingest.plan import plan

pytestmark = pytest.mark.numpy

FINDINGS = (
    "ICH", "IPH", "IVH", "SDH", "EDH", "SAH", "BleedLocation-Left", "BleedLocation-Right", "ChronicBleed",
    "Fracture", "CalvarialFracture", "OtherFracture", "MassEffect", "MidlineShift",
)  # fmt: skip
HEADER = ",".join(
    ["name", "Category", *(f"R{reader}:{finding}" for reader in (1, 2, 3) for finding in FINDINGS)]
)
# What each of three readers saw, and what the majority of them saw, by hand.
READS = {
    0: ((), (), ()),
    1: (("ICH", "IPH"), ("ICH", "IPH", "IVH", "MidlineShift"), ("ICH", "SDH", "MidlineShift")),
    2: (("ICH", "EDH", "Fracture"), ("ICH", "SAH", "Fracture"), ()),
    3: (("ICH", "SAH"), (), ()),
    4: (("ICH", "SDH", "EDH"), ("ICH", "SDH", "EDH"), ("ICH", "SDH", "EDH")),
}
MAJORITY = {  # hemorrhage, subtype, agreement, fracture, mass effect, midline shift, chronic bleed
    0: ("0", "none", "3 of 3 readers", "0", "0", "0", "0"),
    1: ("1", "intraparenchymal", "3 of 3 readers", "0", "0", "1", "0"),
    2: ("1", "none", "2 of 3 readers", "1", "0", "0", "0"),
    3: ("0", "none", "2 of 3 readers", "0", "0", "0", "0"),
    4: ("1", "epidural+subdural", "3 of 3 readers", "0", "0", "0", "0"),
}


def _row(scan: int, reads: tuple[tuple[str, ...], ...]) -> str:
    cells = [str(int(finding in seen)) for seen in reads for finding in FINDINGS]
    return ",".join([f"CQ500-CT-{scan}", "B1" if scan < 3 else "B2", *cells])


def _folder(scan: int) -> str:
    return f"CQ500CT{scan} CQ500CT{scan}/Unknown Study"


@pytest.fixture
def cq500(tmp_path: Path, write_ct: Callable[..., Path]) -> Path:
    src = tmp_path / "cq500"
    src.mkdir()
    (src / "reads.csv").write_text("\n".join([HEADER, *(_row(*item) for item in READS.items())]) + "\n")
    for scan in READS:
        for number, series in enumerate(("CT Plain", "CT PLAIN THIN"), start=1):
            for place in range(2):
                path = src / _folder(scan) / series / f"CT{place:06d}.dcm"
                uid = f"1.{scan + 1}.{number}.{place + 1}"
                write_ct(path, uid, f"patient {scan}", f"1.{scan + 1}", place, number)
    return src


def _edit(src: Path, change: Callable[[str], str]) -> None:
    (src / "reads.csv").write_text(change((src / "reads.csv").read_text()))


def _cells(rows: list[dict[str, str]]) -> dict[int, tuple[str, ...]]:
    names = (
        "hemorrhage", "subtype", "agreement", "fracture", "mass_effect", "midline_shift", "chronic_bleed",
    )  # fmt: skip
    return {int(row["patient"].removeprefix("CQ500-CT-")): tuple(row[name] for name in names) for row in rows}


def test_the_majority_of_three_readers_labels_a_scan_and_its_study_is_the_key(cq500, import_set, snapshot):
    before = snapshot(cq500)
    done = import_set("cq500", cq500)
    assert (done.status, done.error) == (0, "")
    assert _cells(done.rows) == MAJORITY
    assert [(row["StudyInstanceUID"], row["batch"]) for row in done.rows] == [
        ("1.1", "B1"), ("1.2", "B1"), ("1.3", "B1"), ("1.4", "B2"), ("1.5", "B2"),
    ]  # fmt: skip
    assert len(done.links()) == 20
    assert done.links()[f"{_folder(3)}/CT Plain/CT000001.dcm"] == cq500 / _folder(3) / "CT Plain/CT000001.dcm"
    assert done.left_out == []
    assert snapshot(cq500) == before


def test_ingest_gives_every_slice_of_a_scan_its_label_and_the_scan_as_patient(
    cq500, import_set, ingest: IngestParams
):
    planned = plan(import_set("cq500", cq500).out, ingest)
    # One series of each study is read, so two slices of each of five scans.
    labels = sorted((each.patient, each.hemorrhage) for each in planned.slices)
    assert labels == sorted(
        (f"CQ500-CT-{scan}", int(row[0])) for scan, row in MAJORITY.items() for _ in range(2)
    )


def test_the_summary_says_that_labels_are_of_scans_and_noisy_for_slices(cq500, import_set):
    said = import_set("cq500", cq500).said.splitlines()
    assert said[1] == "  5 scans of 5 patients, 20 files: 3 hemorrhage, 2 normal"
    assert said[2] == "  1 epidural, 1 intraparenchymal, 1 subdural"
    (noisy,) = (line for line in said if "labels are of scans" in line)
    assert "each slice gets its scan's" in noisy
    assert "terms: CC BY-NC-SA 4.0" in said


def _empty_cell(text: str) -> str:
    return text.replace("CQ500-CT-2,B1,1,", "CQ500-CT-2,B1,,")


def _bleed_of_no_kind_but_a_subtype(text: str) -> str:
    return text.replace(_row(2, READS[2]), _row(2, (("EDH",), ("EDH",), ())))


def _second_row(text: str) -> str:
    return text + _row(2, READS[4]).replace(",B2,", ",B1,") + "\n"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_empty_cell, "without two of three readers who agree"),
        (_bleed_of_no_kind_but_a_subtype, "with subtypes that do not fit the label of any hemorrhage"),
        (_second_row, "labelled differently by several rows"),
        (lambda text: text + "\n" + _row(9, READS[0]) + "\n", "labelled, without a file"),
    ],
)
def test_a_scan_whose_reads_cannot_be_used_is_left_out_and_no_other(cq500, import_set, change, reason):
    _edit(cq500, change)
    done = import_set("cq500", cq500)
    scan = 9 if reason == "labelled, without a file" else 2
    assert done.left_out == [("scan", reason, f"CQ500-CT-{scan}")]
    assert _cells(done.rows) == {other: row for other, row in MAJORITY.items() if other != scan}
    assert not [path for path in done.links() if path.startswith(f"CQ500CT{scan} ")]


def test_two_readers_who_agree_are_a_majority_whatever_the_third_says(cq500, import_set):
    # Readers 1 and 2 say the same in every finding; the third one's cells are empty.
    row = _row(4, READS[4]).split(",")
    _edit(cq500, lambda text: text.replace(",".join(row), ",".join([*row[:30], *[""] * 14])))
    done = import_set("cq500", cq500)
    expected = ("1", "epidural+subdural", "2 of 3 readers", "0", "0", "0", "0")
    assert _cells(done.rows) == {**MAJORITY, 4: expected}


def test_a_row_that_repeats_another_is_counted_and_its_scan_stays(cq500, import_set):
    _edit(cq500, lambda text: text + _row(2, READS[2]) + "\n")
    done = import_set("cq500", cq500)
    assert done.left_out == [("row", "repeating an earlier row with the same label", "CQ500-CT-2")]
    assert done.details() == ["row 7"]
    assert _cells(done.rows) == MAJORITY


def test_scans_that_share_a_study_are_left_out_both(cq500, import_set, write_ct):
    for path in sorted((cq500 / _folder(2)).rglob("*.dcm")):
        write_ct(path, "1.99", "somebody", "1.2")
    done = import_set("cq500", cq500)
    shared = "sharing a UID with another label or patient"
    assert done.left_out == [("scan", shared, "CQ500-CT-1"), ("scan", shared, "CQ500-CT-2")]
    assert set(_cells(done.rows)) == {0, 3, 4}


def test_files_without_label_or_header_and_other_files_are_listed(cq500, import_set, write_ct):
    write_ct(cq500 / _folder(8) / "CT Plain" / "CT000000.dcm", "1.8.1", "x", "1.8")
    (cq500 / _folder(0) / "CT Plain" / "CT000000.dcm").write_text("cut")
    (cq500 / "qct01.zip").write_bytes(b"PK")
    done = import_set("cq500", cq500)
    assert sorted(done.left_out) == [
        ("file", "not part of the set", "qct01.zip"),
        ("file", "with a DICOM header that cannot be read", f"{_folder(0)}/CT Plain/CT000000.dcm"),
        ("file", "without a label in the table", f"{_folder(8)}/CT Plain/CT000000.dcm"),
    ]
    assert _cells(done.rows) == MAJORITY
    assert len(done.links()) == 19


@pytest.mark.parametrize(
    "form", ["CQ500CT{0}_CQ500CT{0}", "CQ500-CT-{0}/CQ500CT{0} CQ500CT{0}", "qct01/CQ500-CT-{0}"]
)
def test_a_scan_is_known_by_its_folder_however_archives_were_unpacked(cq500, import_set, form):
    for scan in READS:
        folder = cq500 / form.format(scan)
        folder.parent.mkdir(parents=True, exist_ok=True)
        (cq500 / f"CQ500CT{scan} CQ500CT{scan}").rename(folder)
    assert _cells(import_set("cq500", cq500).rows) == MAJORITY


def test_archives_that_were_not_unpacked_are_an_error_that_says_so(tmp_path, import_set):
    src = tmp_path / "packed"
    src.mkdir()
    (src / "reads.csv").write_text(f"{HEADER}\n{_row(0, READS[0])}\n")
    (src / "CQ500-CT-0.zip").write_bytes(b"PK")
    done = import_set("cq500", src)
    assert done.status == 1
    assert "no .dcm file of a scan that reads.csv names lies below it" in done.error
    assert "unpack the archives first" in done.error


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CQ500-CT-1,", "CT 1,", "reads.csv row 3: name must be like CQ500-CT-0, got 'CT 1'"),
        ("CQ500-CT-1,B1,1,", "CQ500-CT-1,B1,2,", "reads.csv row 3: R1:ICH must be 0 or 1, got '2'"),
        ("CQ500-CT-1,B1,1,", "CQ500-CT-1,B1,", "reads.csv row 3: expected 44 cells, got 43"),
        ("R2:EDH", "R2:EDA", "expected one column 'R2:EDH' in its first row, found none"),
    ],
)
def test_a_malformed_table_is_an_error_that_says_where(cq500, import_set, old, new, message):
    _edit(cq500, lambda text: text.replace(old, new, 1))
    done = import_set("cq500", cq500)
    assert done.status == 1
    assert message in done.error
