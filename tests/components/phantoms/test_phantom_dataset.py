import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from components.phantoms.regions import Stage
from components.phantoms.series import make_series

pytestmark = pytest.mark.numpy


def _params(patients: int) -> PhantomFolderParams:
    return PhantomFolderParams(
        patients=patients, seed=11, side=64, slices_per_series=10, hemorrhage_share=0.5, format="png"
    )


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("phantoms") / "three"
    write_dataset(out, _params(3))
    return out


def test_two_writes_give_the_same_bytes(written, tmp_path):
    write_dataset(tmp_path / "again", _params(3))
    assert _hashes(tmp_path / "again") == _hashes(written)


def test_more_patients_leave_the_files_of_the_others_as_they_are(written, tmp_path):
    write_dataset(tmp_path / "four", _params(4))
    before, after = _hashes(written), _hashes(tmp_path / "four")
    del before["labels.csv"]
    assert before.items() <= after.items()
    assert len(after) == 41
    assert _rows(tmp_path / "four")[:30] == _rows(written)


def test_the_table_names_every_file_once_in_the_folder_of_its_class(written):
    rows = _rows(written)
    assert list(rows[0]) == ["file", "hemorrhage", "patient", "slice", "subtype", "age", "sex"]
    images = {str(file.relative_to(written)) for file in written.rglob("*.png")}
    assert {row["file"] for row in rows} == images
    assert len(rows) == len(images) == 30
    for row in rows:
        folder = {"1": "hemorrhage", "0": "normal"}[row["hemorrhage"]]
        assert row["file"] == f"{folder}/{row['patient']}_s{int(row['slice']):02d}.png"


def test_the_table_agrees_with_the_masks(written):
    rows = iter(_rows(written))
    for patient in range(3):
        series = make_series(patient, _params(3))
        for mask, kinds in zip(series.bleed, series.kinds, strict=True):
            row = next(rows)
            assert row["hemorrhage"] == str(int(mask.any()))
            assert row["subtype"] == ("+".join(sorted(kinds)) if kinds else "none")
            assert (int(row["age"]), row["sex"]) == (series.age, series.sex)


def test_a_file_is_the_slice_in_the_brain_window(written):
    hu = make_series(0, _params(3)).hu[5]
    grey = np.asarray(Image.open(written / "normal" / "p000_s05.png"))
    assert grey.dtype == np.uint8
    assert grey.shape == (64, 64)
    inside = (hu > 1) & (hu < 79)
    np.testing.assert_allclose(grey[inside], hu[inside] / 80 * 255, atol=0.51)
    assert (grey[hu < 0] == 0).all()
    assert (grey[hu > 80] == 255).all()


def test_the_summary_counts_what_is_on_disk(tmp_path):
    seen = []
    summary = write_dataset(
        tmp_path / "data", _params(2), progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 2), (2, 2)]
    assert summary.patients == 2
    assert summary.bleeding_patients == 1
    assert summary.slices == 20
    assert summary.hemorrhage == len(list((tmp_path / "data" / "hemorrhage").iterdir())) > 0
    assert summary.normal == len(list((tmp_path / "data" / "normal").iterdir())) > 0
    assert sum(summary.stages.values()) == 20
    assert summary.stages[Stage.BLANK] >= 2
    for kind, count in summary.kinds.items():
        assert count == sum(kind in row["subtype"].split("+") for row in _rows(tmp_path / "data"))


def test_an_empty_folder_is_written_into(tmp_path):
    write_dataset(tmp_path, _params(2))
    assert len(_rows(tmp_path)) == 20


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="not an empty folder; nothing was written"):
        write_dataset(tmp_path, _params(2))
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(FileExistsError, match="data is there already"):
        write_dataset(tmp_path / "data", _params(2))
