"""A format that is registered goes into records."""

import numpy as np
import pytest
from ingested import Ingested
from toy_format import disc, register, write_folder, write_pgm

from components.imaging.decode import decode_grey

pytestmark = pytest.mark.tfx


def test_slices_of_a_registered_format_become_records(data_dir, tmp_path, params, fixed_key, monkeypatch):
    register(monkeypatch)
    write_folder(data_dir, patients=24)
    write_pgm(data_dir / "normal" / "P0_small.pgm", disc(1)[:8])
    changes = {"patient_pattern": r"(?P<patient>P\d+)_", "key_file": str(fixed_key)}
    done = Ingested(data_dir, tmp_path / "out", params.model_copy(update=changes))
    records = [record for split in done.splits for record in done.records(split)]
    assert len(records) == 48
    assert {(record.image_format, record.height, record.width, record.windows) for record in records} == {
        ("png", 64, 64, "")
    }
    shown = {decode_grey(record.image).tobytes() for record in records}
    assert shown == {disc(number).tobytes() for number in range(48)}
    assert done.summary["rejected"] == {"bad_dimensions": 1}
    np.testing.assert_equal(sum(record.hemorrhage for record in records), 24)


def test_slices_without_patients_are_grouped_whatever_their_format(
    data_dir, tmp_path, params, fixed_key, monkeypatch
):
    register(monkeypatch)
    write_folder(data_dir, patients=24)
    done = Ingested(data_dir, tmp_path / "out", params.model_copy(update={"key_file": str(fixed_key)}))
    assert sum(split["slices"] for split in done.summary["splits"].values()) == 48
