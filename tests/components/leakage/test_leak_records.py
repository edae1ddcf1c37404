"""Records of TFRecords that are on no local disk."""

import numpy as np
import pytest
import tensorflow as tf

from components.leakage.records import copy_split, copy_without, pictures
from schemas.records import SliceRecord

pytestmark = pytest.mark.tfx


def test_records_on_no_local_disk_are_looked_at_copied_and_left_out(made):
    source = "ram://filtered/Split-train"
    tf.io.gfile.makedirs(source)
    for number, part in enumerate((made.CLEAN["train"][:6], made.CLEAN["train"][6:])):
        with tf.io.TFRecordWriter(f"{source}/data_tfrecord-0000{number}-of-00002") as writer:
            for one in part:
                writer.write(one.to_example().SerializeToString())

    def names(folder: str) -> list[str]:
        files = sorted(tf.io.gfile.glob(f"{folder}/*"))
        examples = map(tf.train.Example.FromString, tf.data.TFRecordDataset(files).as_numpy_iterator())
        return [SliceRecord.from_example(example).slice_id for example in examples]

    everything = names(source)
    copy_split(source, "ram://copied/Split-train")
    copy_without(source, "ram://fewer/Split-train", [b"p0s1", b"p2s3"])
    assert names("ram://copied/Split-train") == everything
    assert names("ram://fewer/Split-train") == [name for name in everything if name not in {"p0s1", "p2s3"}]
    shapes = pictures([f"{source}/*"], [b"p1s0"], lambda grey: np.array(grey.shape, np.uint8))
    assert {name: shape.tolist() for name, shape in shapes.items()} == {b"p1s0": [made.SIDE, made.SIDE]}
