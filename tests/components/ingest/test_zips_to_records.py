"""Slices in a zip archive go into the same records as those of a folder, but for the names of files."""

import dataclasses
import shutil

import pytest
from ingested import Ingested

pytestmark = pytest.mark.tfx


def test_records_of_zips_are_those_of_their_folders(data_dir, tmp_path, params, fixed_key, draw):
    for patient in range(24):
        draw(data_dir / "hemorrhage" / f"P{patient}_1.png", 2 * patient)
        draw(data_dir / "normal" / f"P{patient}_2.png", 2 * patient + 1)
    changes = {"patient_pattern": r"(?P<patient>P\d+)_", "key_file": str(fixed_key)}
    params = params.model_copy(update=changes)
    plain = Ingested(data_dir, tmp_path / "plain", params)
    for kind in ("hemorrhage", "normal"):
        archive = shutil.make_archive(str(tmp_path / kind), "zip", data_dir / kind)
        shutil.rmtree(data_dir / kind)
        (data_dir / kind).mkdir()
        shutil.move(archive, data_dir / kind)
    (data_dir / "normal" / "broken.zip").write_bytes(b"no archive")
    zipped = Ingested(data_dir, tmp_path / "zipped", params)

    def but_for_names(done: Ingested, split: str) -> list[str]:
        return sorted(repr(dataclasses.replace(record, slice_id="x")) for record in done.records(split))

    for split in plain.splits:
        assert but_for_names(zipped, split) == but_for_names(plain, split)
    assert [row["reason"] for row in zipped.rejections()] == ["corrupt"]
