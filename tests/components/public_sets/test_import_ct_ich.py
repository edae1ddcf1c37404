import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from components.ingest.params import IngestParams
from components.ingest.plan import plan

pytestmark = pytest.mark.numpy

SUBTYPES = ("Intraventricular", "Intraparenchymal", "Subarachnoid", "Epidural", "Subdural")
COLUMNS = ("PatientNumber", "SliceNumber", *SUBTYPES, "No_Hemorrhage", "Fracture_Yes_No")
FIRST_PATIENT = 49

Slice = dict[str, str]


@pytest.fixture
def known(heads: Path) -> list[Slice]:
    """The phantoms' own table with the numbers that their patients and slices get here."""
    with (heads / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["number"] = str(FIRST_PATIENT + int(row["patient"].removeprefix("p")))
        row["place"] = str(int(row["slice"]) + 1)
    return rows


def _save(heads: Path, row: Slice, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(heads / row["file"]) as image:
        image.save(path)


def _bits(row: Slice) -> dict[str, str]:
    shown = row["subtype"].split("+")
    return {name: str(int(name.lower() in shown)) for name in SUBTYPES}


@pytest.fixture
def published(tmp_path: Path, heads: Path, known: list[Slice]) -> Path:
    """Version 1.0.0, with its byte order mark, its line breaks in column names, masks and bone window."""
    src = tmp_path / "ct-ich-1.0.0"
    lines = [",".join(COLUMNS)]
    for row in known:
        folder = src / "Patients_CT" / f"{int(row['number']):03d}"
        for window in ("brain", "bone"):
            _save(heads, row, folder / window / f"{row['place']}.jpg")
        if row["hemorrhage"] == "1":
            _save(heads, row, folder / "brain" / f"{row['place']}_HGE_Seg.jpg")
        none = str(1 - int(row["hemorrhage"]))
        fracture = str(int(row["place"] == "2"))
        lines.append(",".join([row["number"], row["place"], *_bits(row).values(), none, fracture]))
    (src / "hemorrhage_diagnosis.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    people = {row["number"]: (row["age"], row["sex"].title()) for row in known}
    (src / "patient_demographics.csv").write_text(
        '"Patient\nNumber","Age\n(years)",Gender,"Hemorrhage type",,Fracture\n,,,Subdural,Epidural,\n'
        + "".join(f"{number},{age},{sex},,,1\n" for number, (age, sex) in people.items()),
        encoding="utf-8-sig",
    )
    return src


def _expected(known: list[Slice], fracture: Callable[[Slice], str]) -> list[tuple[str, ...]]:
    return [
        (row["hemorrhage"], f"{int(row['number']):03d}", row["place"], row["subtype"], fracture(row),
         row["age"], row["sex"])
        for row in known
    ]  # fmt: skip


def _cells(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    names = ("hemorrhage", "patient", "slice", "subtype", "fracture", "age", "sex")
    return [tuple(row[name] for name in names) for row in rows]


def test_the_published_layout_gives_label_patient_place_subtypes_fracture_age_and_sex(
    published, known, import_set, snapshot
):
    before = snapshot(published)
    done = import_set("ct-ich", published)
    assert (done.status, done.error) == (0, "")
    assert _cells(done.rows) == _expected(known, lambda row: str(int(row["place"] == "2")))
    assert {row["file"] for row in done.rows} == set(done.links())
    assert done.links()["Patients_CT/049/brain/3.jpg"] == published / "Patients_CT/049/brain/3.jpg"
    assert snapshot(published) == before


def test_masks_and_bone_windows_are_no_slices(published, known, import_set):
    done = import_set("ct-ich", published)
    masks = sum(row["hemorrhage"] == "1" for row in known)
    assert f"  {len(known)} files: in another window" in done.said.splitlines()
    assert f"  {masks} files: mask of a hemorrhage, no slice" in done.said.splitlines()
    assert not [path for path in done.links() if "Seg" in path or "bone" in path]


def test_ingest_reads_the_folder_with_the_labels_of_the_phantoms(
    published, known, import_set, ingest: IngestParams
):
    planned = plan(import_set("ct-ich", published).out, ingest)
    assert (planned.source, planned.form, planned.patients_from) == ("image", "table", "column")
    assert planned.unlisted == 0
    assert planned.warnings == ()
    assert [(each.patient, each.slice_index, each.hemorrhage) for each in planned.slices] == [
        (f"{int(row['number']):03d}", int(row["place"]), int(row["hemorrhage"])) for row in known
    ]
    assert {"subtype", "age", "sex", "fracture"} >= set(planned.columns)
    assert "sex" in planned.columns


def test_without_a_table_of_patients_age_and_sex_stay_empty(published, known, import_set):
    (published / "patient_demographics.csv").unlink()
    done = import_set("ct-ich", published)
    assert len(done.rows) == len(known)
    assert {(row["age"], row["sex"]) for row in done.rows} == {("", "")}


def _flat(src: Path, heads: Path, known: list[Slice]) -> Path:
    names = [f"{int(row['number']):03d}_{int(row['place']):02d}.jpg" for row in known]
    lines = ["file,patient,slice,hemorrhage,intraventricular,intraparenchymal,subarachnoid,epidural,subdural,"
             "fracture,age,sex"]  # fmt: skip
    for name, row in zip(names, known, strict=True):
        _save(heads, row, src / "images" / name)
        bits = ",".join(_bits(row).values())
        lines.append(f"{name},{name[:3]},{row['place']},{row['hemorrhage']},{bits},0,{row['age']},"
                     f"{row['sex'].title()}")  # fmt: skip
    (src / "labels.csv").write_text("\n".join(lines) + "\n")
    return src


def test_the_flat_layout_gives_the_same(tmp_path, heads, known, import_set, ingest: IngestParams):
    src = _flat(tmp_path / "flat", heads, known)
    done = import_set("ct-ich", src)
    assert _cells(done.rows) == _expected(known, lambda _: "0")
    assert done.links()["images/049_01.jpg"] == src / "images/049_01.jpg"
    assert done.left_out == []
    assert len(plan(done.out, ingest).slices) == len(known)


def test_two_files_of_one_name_in_the_flat_layout_are_an_error(tmp_path, heads, known, import_set):
    src = _flat(tmp_path / "flat", heads, known)
    _save(heads, known[0], src / "more" / "049_01.jpg")
    done = import_set("ct-ich", src)
    assert "'images/049_01.jpg' and 'more/049_01.jpg' have the same name" in done.error


def _first(known: list[Slice], hemorrhage: str) -> Slice:
    return next(row for row in known if row["hemorrhage"] == hemorrhage)


def _line(row: Slice, bits: dict[str, str], none: str) -> str:
    return ",".join([row["number"], row["place"], *bits.values(), none, str(int(row["place"] == "2"))])


def _edit(src: Path, old: str, new: str) -> None:
    table = src / "hemorrhage_diagnosis.csv"
    text = table.read_text(encoding="utf-8-sig")
    assert old in text
    table.write_text(text.replace(old, new, 1), encoding="utf-8-sig")


@pytest.mark.parametrize("hemorrhage", ["0", "1"])
def test_a_slice_that_is_both_without_and_with_a_hemorrhage_is_left_out(
    published, known, import_set, hemorrhage
):
    row = _first(known, hemorrhage)
    _edit(published, _line(row, _bits(row), str(1 - int(hemorrhage))), _line(row, _bits(row), hemorrhage))
    done = import_set("ct-ich", published)
    name = f"patient {row['number']} slice {row['place']}"
    reason = "with subtypes that do not fit the label of any hemorrhage"
    assert ("slice", reason, name) in done.left_out
    assert len(done.rows) == len(known) - 1


def test_a_slice_with_a_mask_and_without_a_hemorrhage_is_left_out(published, known, import_set, heads):
    row = _first(known, "0")
    _save(heads, row, published / f"Patients_CT/{int(row['number']):03d}/brain/{row['place']}_HGE_Seg.jpg")
    done = import_set("ct-ich", published)
    name = f"patient {row['number']} slice {row['place']}"
    assert ("slice", "labelled as no hemorrhage, with a mask of one", name) in done.left_out
    assert len(done.rows) == len(known) - 1


def test_repeated_and_contradicting_rows_and_rows_and_files_without_the_other(published, known, import_set):
    repeated, contradicted, gone = _first(known, "0"), _first(known, "1"), known[-1]
    line = _line(repeated, _bits(repeated), "1")
    _edit(published, line, f"{line}\n{line}")
    line = _line(contradicted, _bits(contradicted), "0")
    _edit(published, line, f"{line}\n{_line(contradicted, dict.fromkeys(SUBTYPES, '0'), '1')}")
    file = published / f"Patients_CT/{int(gone['number']):03d}/brain/{gone['place']}.jpg"
    file.rename(file.with_name("77.jpg"))
    done = import_set("ct-ich", published)
    names = [f"patient {row['number']} slice {row['place']}" for row in (repeated, contradicted, gone)]
    left_out = [
        line
        for line in done.left_out
        if line[1] not in ("in another window", "mask of a hemorrhage, no slice")
    ]
    assert left_out == [
        ("file", "without a label in the table", file.with_name("77.jpg").relative_to(published).as_posix()),
        ("row", "labelled differently by several rows", names[1]),
        ("row", "repeating an earlier row with the same label", names[0]),
        ("slice", "labelled differently by several rows", names[1]),
        ("slice", "labelled, without a file", names[2]),
    ]
    assert len(done.rows) == len(known) - 2


def test_volumes_of_version_1_3_1_are_refused_with_the_reason(tmp_path, import_set):
    src = tmp_path / "ct-ich-1.3.1"
    (src / "ct_scans").mkdir(parents=True)
    (src / "ct_scans" / "049.nii").write_bytes(b"n+1")
    (src / "hemorrhage_diagnosis_raw_ct.csv").write_text(",".join(COLUMNS) + "\n")
    done = import_set("ct-ich", src)
    assert done.status == 1
    assert "these volumes are not read, and their table does not fit the JPEG files of 1.0.0" in done.error


def test_the_table_of_the_volumes_is_never_used_for_the_jpeg_files(published, import_set):
    (published / "hemorrhage_diagnosis.csv").rename(published / "hemorrhage_diagnosis_raw_ct.csv")
    done = import_set("ct-ich", published)
    assert done.status == 1
    assert "their table does not fit the JPEG files of 1.0.0" in done.error


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n49,1,", "\nforty-nine,1,", "row 2: PatientNumber must be a whole number, got 'forty-nine'"),
        ("\n49,1,", "\n49,one,", "row 2: SliceNumber must be a whole number, got 'one'"),
        ("\n49,1,0", "\n49,1,-", "row 2: intraventricular must be 0 or 1, got '-'"),
        ("No_Hemorrhage", "Normal", "expected one column 'No_Hemorrhage' in its first row, found none"),
    ],
)
def test_a_malformed_row_of_the_diagnosis_is_an_error_that_says_which(
    published, import_set, old, new, message
):
    _edit(published, old, new)
    done = import_set("ct-ich", published)
    assert done.status == 1
    assert message in done.error


def test_a_patient_with_two_ages_is_an_error(published, import_set):
    people = published / "patient_demographics.csv"
    people.write_text(people.read_text(encoding="utf-8-sig") + "49,1,Male,,,\n", encoding="utf-8")
    assert "patient 49 has another age or sex above" in import_set("ct-ich", published).error
