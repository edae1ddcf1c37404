from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.scores import ScoreTable, read_scores, write_scores

pytestmark = pytest.mark.numpy


def table(**changed: object) -> ScoreTable:
    columns = {
        "split": np.array(["val", "val", "test"]),
        "slice_id": np.array(["a", "b", "c"]),
        "patient_id": np.array(["p", "p", "q"]),
        "hemorrhage": np.array([0, 1, 1], np.int8),
        "probability": np.array([0.1, 0.9, 0.5], np.float32),
        "baseline_probability": np.array([0.2, 0.8, np.nan], np.float32),
        "slice_index": np.array([0, 1, -1]),
        "attributes": [("sex=female", "subtype=a=b"), (), ("sex=male",)],
    }
    return ScoreTable(**(columns | changed))


def test_a_table_comes_back_as_it_was_written(tmp_path: Path):
    written = table()
    write_scores(written, tmp_path / "scores.parquet")
    read = read_scores(tmp_path / "scores.parquet")
    for name in ("split", "slice_id", "patient_id", "hemorrhage", "probability", "slice_index"):
        assert getattr(read, name).tolist() == getattr(written, name).tolist()
    np.testing.assert_array_equal(read.baseline_probability, written.baseline_probability)
    assert read.attributes == written.attributes


def test_pandas_reads_the_table(tmp_path: Path):
    write_scores(table(), tmp_path / "scores.parquet")
    frame = pd.read_parquet(tmp_path / "scores.parquet")
    assert frame[frame.split == "val"].probability.tolist() == pytest.approx([0.1, 0.9])


def test_rows_are_picked_by_split():
    test = table().of_split("test")
    assert (len(test), test.slice_id.tolist(), list(test.attributes)) == (1, ["c"], [("sex=male",)])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"slice_id": np.array(["a"])}, "scores: columns differ in length"),
        ({"hemorrhage": np.array([0, 1, 2], np.int8)}, "scores: hemorrhage must be 0 or 1"),
        ({"probability": np.array([0, 1, np.nan], np.float32)}, "scores: probability must be within 0..1"),
    ],
)
def test_a_table_that_breaks_the_contract_is_refused(changed: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        table(**changed)


def test_a_file_without_a_column_is_refused(tmp_path: Path):
    pq.write_table(pa.table({"split": ["val"]}), tmp_path / "scores.parquet")
    with pytest.raises(ValueError, match=r"scores.parquet: has no column attributes, baseline_probability"):
        read_scores(tmp_path / "scores.parquet")
