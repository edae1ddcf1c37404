"""Records of few slices, picked out of all; and files of records without some of them."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tfx.dsl.io import fileio

from components.imaging.decode import Grey
from components.leakage.transform import seen
from schemas import features
from schemas.records import SliceRecord


def pictures(
    patterns: Collection[str], slice_ids: Collection[bytes], look: Callable[[Grey], npt.NDArray[np.uint8]]
) -> dict[bytes, npt.NDArray[np.uint8]]:
    """Looks at some slices, reading all records up to the last of them.

    Args:
      patterns: Of files of TFRecords.
      slice_ids: Of the slices.
      look: What to make of a slice.
    Returns:
      What it made, by slice.
    """
    wanted = set(slice_ids)
    looks = {}
    for pattern in patterns:
        for serialized in _records(sorted(fileio.glob(pattern))) if wanted else ():
            example = tf.train.Example.FromString(serialized)
            name = _slice_id(example)
            if name in wanted:
                looks[name] = look(seen(SliceRecord.from_example(example)))
                wanted.remove(name)
    return looks


def copy_split(source: str, target: str) -> None:
    """Copies the files of a split as they are; on one disk by links, which take no room.

    Args:
      source: Its folder.
      target: The folder to make.
    """
    fileio.makedirs(target)
    for name in fileio.listdir(source):
        _link_or_copy(os.path.join(source, name), os.path.join(target, name))  # noqa: PTH118 - URIs


def copy_without(source: str, target: str, slice_ids: Collection[bytes]) -> None:
    """Copies the files of a split without the records of some slices.

    Args:
      source: Its folder, of uncompressed TFRecords.
      target: The folder to make.
      slice_ids: Of the slices to leave out.
    """
    left_out = set(slice_ids)
    fileio.makedirs(target)
    for name in fileio.listdir(source):
        with tf.io.TFRecordWriter(os.path.join(target, name)) as writer:  # noqa: PTH118 - URIs
            for serialized in _records([os.path.join(source, name)]):  # noqa: PTH118
                if _slice_id(tf.train.Example.FromString(serialized)) not in left_out:
                    writer.write(serialized)


def _records(files: list[str]) -> Iterator[bytes]:
    return iter(tf.data.TFRecordDataset(files).as_numpy_iterator()) if files else iter(())


def _slice_id(example: tf.train.Example) -> bytes:
    columns: Mapping[str, tf.train.Feature] = example.features.feature
    (name,) = columns[features.SLICE_ID].bytes_list.value
    return bytes(name)


def _link_or_copy(source: str, target: str) -> None:
    if "://" not in source and "://" not in target:
        try:
            os.link(source, target)
        except OSError:  # another disk, or a file system that knows no links
            pass
        else:
            return
    fileio.copy(source, target)
