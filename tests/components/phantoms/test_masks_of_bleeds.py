"""Masks on disk: the same bleeds as the series knows, under the names of their slices."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components.phantoms.dataset import write_dataset
from components.phantoms.params import PhantomFolderParams
from components.phantoms.series import make_series

pytestmark = pytest.mark.numpy


def params(form: str) -> PhantomFolderParams:
    return PhantomFolderParams(
        patients=2, seed=11, side=64, slices_per_series=10, hemorrhage_share=0.5, format=form
    )


@pytest.mark.parametrize("form", ["png", "dicom"])
def test_each_hemorrhage_slice_has_a_mask_of_its_bleed_and_no_other_slice_has_one(form: str, tmp_path: Path):
    write_dataset(tmp_path / "data", params(form), masks=tmp_path / "masks")
    with (tmp_path / "data" / "labels.csv").open() as table:
        bleeding = sum(row["hemorrhage"] == "1" for row in csv.DictReader(table))
    written = {path.relative_to(tmp_path / "masks") for path in (tmp_path / "masks").rglob("*.png")}
    assert len(written) == bleeding > 0
    series = make_series(1, params(form))
    for index in range(10):
        name = f"hemorrhage/p001_s{index:02d}.png" if form == "png" else f"p001/S0002/IM{index + 1:04d}.png"
        if series.bleed[index].any():
            assert (tmp_path / "data" / name.removesuffix(".png" * (form == "dicom"))).is_file()
            mask = np.asarray(Image.open(tmp_path / "masks" / name))
            np.testing.assert_array_equal(mask, np.where(series.bleed[index], 255, 0))
        else:
            assert Path(name) not in written


def test_masks_among_the_data_or_in_a_full_folder_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"lies in the data.s folder .*; name a folder outside of it"):
        write_dataset(tmp_path / "data", params("png"), masks=tmp_path / "data" / "masks")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").touch()
    with pytest.raises(FileExistsError, match="is not an empty folder; nothing was written"):
        write_dataset(tmp_path / "data", params("png"), masks=tmp_path / "full")
    assert not (tmp_path / "data").exists()
