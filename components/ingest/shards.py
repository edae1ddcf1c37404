"""Slices to TFRecord files: one Beam element is one whole file, so that no image goes through a shuffle."""

import dataclasses
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import apache_beam as beam
import tensorflow as tf
from tfx.dsl.io import fileio

from components.imaging import windows
from components.ingest.params import IngestParams
from components.ingest.rows import HashedSlice, read_rows
from components.slices.formats import read_slice
from components.slices.header import Rejection
from components.slices.reading import Pixels
from schemas.records import SliceRecord

SLICES_PER_SHARD = 1000  # where Beam may choose: 50 to 200 MB a file, as tf.data reads them best


@dataclasses.dataclass(frozen=True)
class Shard:
    """The slices of one file, and where it lies.

    Attributes:
      records: Path of the TFRecord file.
      rejections: Path of the list of slices that could not be read.
      rows: Path of the file with the slices' rows, from which a worker has them.
      slices: In the order of the records.
    """

    records: str
    rejections: str
    rows: str
    slices: tuple[HashedSlice, ...]


def deal(
    slices: Sequence[HashedSlice], split_uris: Mapping[str, str], rejections_uri: str, shards: int
) -> list[Shard]:
    """Deals each split's slices to its files.

    They are ordered by file_id, which mixes patients and is the same on every run.

    Args:
      slices: Of all splits.
      split_uris: Folder of each split.
      rejections_uri: Folder for the rows, and for the lists of what could not be read.
      shards: Files a split; 0 for one in `SLICES_PER_SHARD` slices.
    """
    dealt = []
    for split, uri in split_uris.items():
        rows = sorted((row for row in slices if row.split == split), key=_order)
        number = min(shards or -(-len(rows) // SLICES_PER_SHARD), len(rows))
        for index in range(number):
            name = f"{index:05d}-of-{number:05d}"
            start, end = (len(rows) * at // number for at in (index, index + 1))
            dealt.append(
                Shard(
                    records=f"{uri}/data_tfrecord-{name}",
                    rejections=f"{rejections_uri}/{split}-{name}.json",
                    rows=f"{rejections_uri}/{split}-{name}.rows",
                    slices=tuple(rows[start:end]),
                )
            )
    return dealt


def _order(row: HashedSlice) -> tuple[str, int]:
    """Mixes files, and keeps the frames of one together, which is opened once for all of them."""
    return row.file_id, row.frame or 0


class WriteShard(beam.DoFn):
    """Reads and checks the files of one shard and writes their records; yields nothing."""

    def __init__(self, data_dir: str, params: IngestParams, key: bytes) -> None:
        self._data_dir = data_dir
        self._key = key
        self._params_json = params.to_json()

    def setup(self) -> None:
        """Reads the parameters, once a worker."""
        self._params = IngestParams.from_json(self._params_json)

    def process(self, shard: Shard) -> Iterator[None]:
        """Writes one shard, elsewhere until it is whole: Beam may try a shard again, or twice at once."""
        rejected = []
        partial = f"{shard.rejections}.{uuid.uuid4()}"
        with tf.io.TFRecordWriter(partial) as writer:
            for row in read_rows(shard.rows, self._key):
                pixels = read_slice(Path(self._data_dir, row.path), row.frame, self._params)
                if isinstance(pixels, Rejection):
                    rejected.append((row.slice_id, pixels.reason, pixels.detail))
                else:
                    writer.write(_record(row, pixels))
        with fileio.open(shard.rejections, "w") as file:
            file.write(json.dumps(rejected))
        fileio.rename(partial, shard.records, overwrite=True)
        yield from ()


def read_rejections(shards: Sequence[Shard]) -> dict[str, Rejection]:
    """Returns what `WriteShard` could not read, by slice_id."""
    rejections = {}
    for shard in shards:
        with fileio.open(shard.rejections) as file:
            rejections.update({name: Rejection(reason, detail) for name, reason, detail in json.load(file)})
    return rejections


def _record(row: HashedSlice, pixels: Pixels) -> bytes:
    header = pixels.header
    record = SliceRecord(
        image=pixels.encoded(),
        image_format=header.image_format,
        height=header.height,
        width=header.width,
        channels=header.channels,
        bit_depth=header.bit_depth,
        hemorrhage=row.hemorrhage,
        slice_id=row.slice_id,
        patient_id=row.patient_id,
        split_key=row.split_key,
        slice_index=row.slice_index,
        attributes=row.attributes,
        windows=windows.spell(pixels.windows),
    )
    return record.to_example().SerializeToString(deterministic=True)
