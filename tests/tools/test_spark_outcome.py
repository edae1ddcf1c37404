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


def told(one: Path, other: Path) -> dict[str, str]:
    return {found.what: found.how for found in outcome.compare_data(one, other)}


def test_the_same_records_in_another_order_are_the_same(tmp_path: Path):
    one = artifacts(tmp_path / "one", [b"a", b"b"])
    other = artifacts(tmp_path / "other", [b"b", b"a"])
    assert told(one, other) == {
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
def test_a_record_that_is_lost_doubled_or_changed_is_told(tmp_path: Path, records: list[bytes], how: str):
    one = artifacts(tmp_path / "one", [b"a", b"b"])
    other = artifacts(tmp_path / "other", records)
    assert told(one, other)["SliceExampleGen records"] == how
    found = list(outcome.compare_data(one, other))
    assert [what.same for what in found] == [False, True]


def test_an_account_that_differs_is_told(tmp_path: Path):
    one, other = artifacts(tmp_path / "one", [b"a"]), artifacts(tmp_path / "other", [b"a"], b"[]")
    assert told(one, other)["SliceExampleGen ingest.json"] == "DIFFERENT"


def test_the_last_execution_of_a_node_counts(tmp_path: Path):
    one = artifacts(tmp_path / "one", [b"a"], number=9)
    artifacts(tmp_path / "one", [b"z"], number=10)
    other = artifacts(tmp_path / "other", [b"z"])
    assert told(one, other)["SliceExampleGen records"] == "same bytes"
