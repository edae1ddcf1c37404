from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from components.ingest.params import IngestParams
from components.ingest.plan import plan

pytestmark = pytest.mark.numpy

LABELS = ("epidural", "intraparenchymal", "intraventricular", "subarachnoid", "subdural", "any")
# Slice, patient, study, what it shows; a patient has one study but for ID_p2.
SLICES = (
    ("ID_000000001", "ID_p1", "ID_s1", ()),
    ("ID_000000002", "ID_p1", "ID_s1", ("epidural", "subdural")),
    ("ID_000000003", "ID_p2", "ID_s2", ("subarachnoid",)),
    ("ID_000000004", "ID_p2", "ID_s3", ()),
    ("ID_00000000a", "ID_p3", "ID_s4", ()),
)
TABLE = [
    ("ID_000000001", "0", "ID_p1", "none"),
    ("ID_000000002", "1", "ID_p1", "epidural+subdural"),
    ("ID_000000003", "1", "ID_p2", "subarachnoid"),
    ("ID_000000004", "0", "ID_p2", "none"),
    ("ID_00000000a", "0", "ID_p3", "none"),
]


@pytest.fixture
def rsna(tmp_path: Path, write_ct: Callable[..., Path]) -> Path:
    src = tmp_path / "rsna"
    lines = ["ID,Label"]
    for place, (name, patient, study, shown) in enumerate(SLICES):
        write_ct(src / "stage_2_train" / f"{name}.dcm", name, patient, study, place)
        positive = {*shown, "any"} if shown else set()
        lines += [f"{name}_{label},{int(label in positive)}" for label in LABELS]
    (src / "stage_2_train.csv").write_text("\n".join(lines) + "\n")
    return src


def _edit(src: Path, change: Callable[[str], str]) -> None:
    table = src / "stage_2_train.csv"
    table.write_text(change(table.read_text()))


def _cells(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [(row["SOPInstanceUID"], row["hemorrhage"], row["patient"], row["subtype"]) for row in rows]


def test_each_slice_gets_its_label_its_subtypes_and_the_patient_of_its_header(rsna, import_set, snapshot):
    before = snapshot(rsna)
    done = import_set("rsna-2019", rsna)
    assert (done.status, done.error) == (0, "")
    assert _cells(done.rows) == TABLE
    assert done.links() == {
        f"stage_2_train/{name}.dcm": rsna / "stage_2_train" / f"{name}.dcm" for name, *_ in SLICES
    }
    assert done.left_out == []
    assert snapshot(rsna) == before


def test_ingest_reads_the_folder_with_the_same_labels_and_patients(rsna, import_set, ingest: IngestParams):
    done = import_set("rsna-2019", rsna)
    planned = plan(done.out, ingest.model_copy(update={"slicing_columns": ("subtype",)}))
    assert (planned.source, planned.patients_from) == ("dicom", "column")
    assert [(each.path, each.hemorrhage, each.patient) for each in planned.slices] == [
        (f"stage_2_train/{name}.dcm", int(bool(shown)), patient) for name, patient, _, shown in SLICES
    ]
    assert planned.slices[1].attributes == ("subtype=epidural", "subtype=subdural")


def test_the_summary_counts_slices_patients_scans_and_subtypes_and_says_source_terms_and_next(
    rsna, import_set
):
    done = import_set("rsna-2019", rsna)
    assert done.said.splitlines() == [
        f"rsna-2019: {rsna} -> {done.out}",
        "  5 slices of 3 patients in 4 scans: 2 hemorrhage, 3 normal",
        "  1 epidural, 1 subarachnoid, 1 subdural",
        "labels.csv and left_out.csv name files and patients as the set does: keep them with it",
        "source: RSNA 2019 Brain CT Hemorrhage Challenge, doi:10.1148/ryai.2020190211",
        "terms: non-commercial use, research and education; identify nobody; cite it",
        f"next: ichor run --data {done.out} --output {done.out}-results",
    ]
    assert (done.out / "import.txt").read_text().splitlines() == done.said.splitlines()[:-1]


def test_rows_that_repeat_others_are_counted_and_their_slices_stay(rsna, import_set):
    _edit(rsna, lambda text: text + "".join(f"ID_000000003_{label},{int(label in ('subarachnoid', 'any'))}\n"
                                            for label in LABELS))  # fmt: skip
    done = import_set("rsna-2019", rsna)
    assert _cells(done.rows) == TABLE
    assert "  6 rows: repeating an earlier row with the same label" in done.said.splitlines()
    assert sorted(done.details()) == [f"row {number}" for number in range(32, 38)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ID_000000003_epidural,0", "ID_000000003_epidural,1\nID_000000003_epidural,0",
         "labelled differently by several rows"),
        ("ID_000000003_any,1", "ID_000000003_any,0",
         "with subtypes that do not fit the label of any hemorrhage"),
        ("ID_000000003_subarachnoid,1", "ID_000000003_subarachnoid,0",
         "with subtypes that do not fit the label of any hemorrhage"),
        ("ID_000000003_subdural,0\n", "", "with some labels missing"),
    ],
)  # fmt: skip
def test_a_slice_whose_labels_cannot_be_trusted_is_left_out_and_no_other(rsna, import_set, old, new, reason):
    _edit(rsna, lambda text: text.replace(old, new))
    done = import_set("rsna-2019", rsna)
    assert _cells(done.rows) == [row for row in TABLE if row[0] != "ID_000000003"]
    assert ("slice", reason, "ID_000000003") in done.left_out
    assert f"  1 slice: {reason}" in done.said.splitlines()
    assert "stage_2_train/ID_000000003.dcm" not in done.links()


def test_a_contradiction_is_listed_with_its_row(rsna, import_set):
    _edit(rsna, lambda text: text + "ID_00000000a_subdural,1\n")
    done = import_set("rsna-2019", rsna)
    assert ("row", "labelled differently by several rows", "ID_00000000a_subdural") in done.left_out
    assert "row 32" in done.details()


def _other_uid(folder: Path, write_ct: Callable[..., Path]) -> None:
    write_ct(folder / "ID_000000003.dcm", "ID_00000000f", "ID_p2", "ID_s2")


def _nobody(folder: Path, write_ct: Callable[..., Path]) -> None:
    write_ct(folder / "ID_000000003.dcm", "ID_000000003", "", "ID_s2")


def _cut(folder: Path, _: object) -> None:
    path = folder / "ID_000000003.dcm"
    path.write_bytes(path.read_bytes()[:140])


def _no_dicom(folder: Path, _: object) -> None:
    (folder / "ID_000000003.dcm").write_text("<html>log in</html>" * 20)


def _gone(folder: Path, _: object) -> None:
    (folder / "ID_000000003.dcm").unlink()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_other_uid, "named otherwise than the SOPInstanceUID in the header"),
        (_nobody, "without a patient"),
        (_cut, "with a DICOM header that cannot be read"),
        (_no_dicom, "with a DICOM header that cannot be read"),
        (_gone, "labelled, without a file"),
    ],
)
def test_a_slice_whose_file_cannot_be_trusted_is_left_out_and_no_other(
    rsna, import_set, write_ct, change, reason
):
    change(rsna / "stage_2_train", write_ct)
    done = import_set("rsna-2019", rsna)
    assert _cells(done.rows) == [row for row in TABLE if row[0] != "ID_000000003"]
    assert done.left_out == [("slice", reason, "ID_000000003")]


def test_a_header_that_is_long_before_it_says_whose_it_is_is_read_to_that_place(rsna, import_set):
    path = rsna / "stage_2_train" / "ID_000000003.dcm"
    dataset = dcmread(path)
    reference = Dataset()
    reference.ReferencedSOPInstanceUID = "2.25.1"
    dataset.ReferencedImageSequence = [reference] * 500  # (0008,1140) comes before PatientID
    dataset.save_as(path)
    assert path.read_bytes().index(b"ID_p2") > 10_000
    assert _cells(import_set("rsna-2019", rsna).rows) == TABLE


def test_files_that_no_row_names_are_listed_and_not_linked(rsna, import_set, write_ct):
    write_ct(rsna / "stage_2_train" / "ID_0000000ff.dcm", "ID_0000000ff", "ID_p9", "ID_s9")
    (rsna / "stage_2_train" / "notes.txt").write_text("mine")
    done = import_set("rsna-2019", rsna)
    assert done.left_out == [
        ("file", "not part of the set", "stage_2_train/notes.txt"),
        ("file", "without a label in the table", "stage_2_train/ID_0000000ff.dcm"),
    ]
    assert _cells(done.rows) == TABLE
    assert len(done.links()) == len(TABLE)


def test_the_folder_name_of_the_earlier_archive_is_known(rsna, import_set):
    (rsna / "stage_2_train").rename(rsna / "stage_2_train_images")
    done = import_set("rsna-2019", rsna)
    assert _cells(done.rows) == TABLE
    assert "stage_2_train_images/ID_000000001.dcm" in done.links()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ID_000000002_epidural,1", "ID_000000002_epidral,1", "row 8: ID must be like ID_12cadc6af_epidural"),
        ("ID_000000002_epidural,1", "ID_000000002_epidural,yes", "row 8: Label must be 0 or 1, got 'yes'"),
        ("ID_000000002_epidural,1", "ID_000000002_epidural,1,1", "row 8: expected 2 cells, got 3"),
        ("ID,Label", "Image,Label", "expected one column 'ID' in its first row, found none"),
        ("ID,Label", "ID,Label,Label", "expected one column 'Label' in its first row, found 2"),
    ],
)
def test_a_malformed_row_is_an_error_that_says_which(rsna, import_set, old, new, message):
    _edit(rsna, lambda text: text.replace(old, new, 1))
    done = import_set("rsna-2019", rsna)
    assert done.status == 1
    assert message in done.error
    assert "stage_2_train.csv" in done.error
    assert not done.out.exists()


def test_a_table_that_is_no_text_is_an_error(rsna, import_set):
    (rsna / "stage_2_train.csv").write_bytes(b"ID,Label\nID_000000001_any,\xff\n")
    done = import_set("rsna-2019", rsna)
    assert done.status == 1
    assert "stage_2_train.csv near row 1: is not UTF-8 text; get the table anew" in done.error


def test_a_set_of_which_nothing_is_left_says_why_and_writes_nothing(rsna, import_set):
    for path in (rsna / "stage_2_train").iterdir():
        path.unlink()
    done = import_set("rsna-2019", rsna)
    assert done.status == 1
    assert f"{rsna}: nothing of rsna-2019 can be used: 5 slices: labelled, without a file" in done.error
    assert not done.out.exists()
