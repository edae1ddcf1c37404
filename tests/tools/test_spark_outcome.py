"""What the proof on Spark takes for the same, and what not."""

from pathlib import Path

import pytest
import tensorflow as tf

from tools.spark import outcome

pytestmark = pytest.mark.tfx

SPLITS = ("train", "val", "test")


def artifacts(folder: Path, train: list[bytes], report: bytes = b"{}", number: int = 1) -> Path:
    """Writes what SliceExampleGen would have; the train split in as many files as it has records."""
    for split in SPLITS:
        into = folder / f"SliceExampleGen/examples/{number}/Split-{split}"
        into.mkdir(parents=True)
        for at, record in enumerate(train if split == "train" else [b"same"]):
            with tf.io.TFRecordWriter(str(into / f"data_tfrecord-{at}")) as writer:
                writer.write(record)
    (folder / f"SliceExampleGen/report/{number}").mkdir(parents=True)
    (folder / f"SliceExampleGen/report/{number}/ingest.json").write_bytes(report)
    return folder


def how_equal(first: Path, second: Path) -> dict[str, str]:
    return {comparison.what: comparison.how for comparison in outcome.compare_data(first, second)}


def test_the_same_records_in_another_order_are_the_same(tmp_path: Path):
    first = artifacts(tmp_path / "one", [b"a", b"b"])
    other = artifacts(tmp_path / "other", [b"b", b"a"])
    assert how_equal(first, other) == {
        "SliceExampleGen records": "same bytes",
        "SliceExampleGen ingest.json": "same bytes",
    }


@pytest.mark.parametrize(
    ("records", "how"),
    [
        ([b"a"], "DIFFERENT: train lost 1, has 0 others"),
        ([b"a", b"b", b"b"], "DIFFERENT: train lost 0, has 1 others"),
        ([b"a", b"c"], "DIFFERENT: train lost 1, has 1 others"),
    ],
    ids=["lost", "doubled", "changed"],
)
def test_a_record_that_is_lost_doubled_or_changed_is_reported(tmp_path: Path, records: list[bytes], how: str):
    first = artifacts(tmp_path / "one", [b"a", b"b"])
    other = artifacts(tmp_path / "other", records)
    assert how_equal(first, other)["SliceExampleGen records"] == how
    comparisons = list(outcome.compare_data(first, other))
    assert [what.same for what in comparisons] == [False, True]


def test_an_account_that_differs_is_reported(tmp_path: Path):
    first, other = artifacts(tmp_path / "one", [b"a"]), artifacts(tmp_path / "other", [b"a"], b"[]")
    assert how_equal(first, other)["SliceExampleGen ingest.json"] == "DIFFERENT"


def test_the_last_execution_of_a_node_counts(tmp_path: Path):
    first = artifacts(tmp_path / "one", [b"a"], number=9)
    artifacts(tmp_path / "one", [b"z"], number=10)
    other = artifacts(tmp_path / "other", [b"z"])
    assert how_equal(first, other)["SliceExampleGen records"] == "same bytes"
