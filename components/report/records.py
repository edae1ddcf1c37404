"""The images of a few slices, picked out of all records."""

import dataclasses
from collections.abc import Collection

import tensorflow as tf

from components.imaging.decode import Grey, UndecodableImage, decode_seen
from schemas import features
from schemas.records import SliceRecord

_ID_ONLY = {features.SLICE_ID: tf.io.FixedLenFeature([], tf.string)}


@dataclasses.dataclass(frozen=True)
class Picture:
    """One slice as it was found.

    Attributes:
      encoded: The file's own bytes.
      grey: As a person sees it, uint8 or uint16 (rows, columns); None where it does not decode.
    """

    encoded: bytes
    grey: Grey | None


def fetch(uri: str, slice_ids: Collection[str]) -> dict[str, Picture]:
    """Reads records until all that are wanted were found.

    Args:
      uri: Of an Examples artifact of uncompressed or gzipped TFRecords.
      slice_ids: Of the slices.
    Returns:
      What was found, by slice.
    """
    wanted = {name.encode() for name in slice_ids}
    found: dict[str, Picture] = {}
    for file in sorted(tf.io.gfile.glob(f"{uri.rstrip('/')}/Split-*/*")) if wanted else ():
        records = tf.data.TFRecordDataset(file, compression_type="GZIP" if file.endswith(".gz") else "")
        for serialized in records.as_numpy_iterator():
            name = tf.io.parse_single_example(serialized, _ID_ONLY)[features.SLICE_ID].numpy()
            if name in wanted:
                record = SliceRecord.from_example(tf.train.Example.FromString(serialized))
                found[record.slice_id] = Picture(record.image, _seen(record))
                if len(found) == len(wanted):
                    return found
    return found


def _seen(record: SliceRecord) -> Grey | None:
    try:
        return decode_seen(record.image, len(record.windows.split()))
    except UndecodableImage:
        return None
