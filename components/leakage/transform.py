"""LeakageGate in Beam: a print of each slice, put together in one file."""

from collections.abc import Iterator, Mapping

import apache_beam as beam
import tensorflow as tf
from tfx.dsl.io import fileio

from components.imaging.content import HEAD_FLOOR
from components.imaging.decode import Grey, UndecodableImage, decode_seen
from components.leakage.prints import Prints, from_bytes, print_of
from schemas import features
from schemas.records import SliceRecord


@beam.typehints.with_input_types(bytes)
@beam.typehints.with_output_types(bytes)
class PrintSlices(beam.DoFn):
    """Makes prints of slices; as many as a bundle has come out in one piece."""

    def __init__(self, split: int) -> None:
        self._split = split

    def start_bundle(self) -> None:
        """Starts a bundle's piece."""
        self._prints: list[bytes] = []

    def process(self, serialized: bytes) -> None:
        """Adds one serialized `tf.train.Example` of a SliceRecord."""
        record = SliceRecord.from_example(tf.train.Example.FromString(serialized))
        self._prints.append(slice_print(record, self._split).tobytes())

    def finish_bundle(self) -> Iterator[beam.utils.windowed_value.WindowedValue]:
        """Hands over the piece."""
        if self._prints:
            yield beam.transforms.window.GlobalWindows.windowed_value(b"".join(self._prints))


def slice_print(record: SliceRecord, split: int) -> Prints:
    """Returns the print of a record's slice.

    Args:
      record: As SliceFilter leaves it.
      split: The split's place among the splits.
    Raises:
      UndecodableImage: It does not decode.
    """
    return print_of(
        record.image,
        seen(record),
        record.measures.get(features.HEAD_SHARE, 1.0) >= HEAD_FLOOR,
        slice_id=record.slice_id,
        patient_id=record.patient_id,
        split=split,
        label=record.hemorrhage,
    )


def seen(record: SliceRecord) -> Grey:
    """Returns a record's slice in grey; of windows of HU the first, the brain window.

    Raises:
      UndecodableImage: It does not decode.
    """
    try:
        return decode_seen(record.image, record.channels if record.windows else 0)
    except UndecodableImage as error:
        raise UndecodableImage(
            f"slice {record.slice_id}: {error}; LeakageGate reads what SliceFilter keeps, which decodes"
        ) from error


def write_prints(pipeline: beam.Pipeline, sources: Mapping[str, str], file: str) -> None:
    """Writes the prints of all slices behind each other.

    Args:
      pipeline: To add to.
      sources: File pattern of TFRecords by split, the training split first.
      file: To write.
    """
    pieces = [
        pipeline
        | f"Read[{split}]" >> beam.io.ReadFromTFRecord(pattern)
        | f"Print[{split}]" >> beam.ParDo(PrintSlices(place))
        for place, (split, pattern) in enumerate(sources.items())
    ]
    _ = (
        tuple(pieces)
        | "Together" >> beam.Flatten()
        | "PutTogether" >> beam.CombineGlobally(b"".join)
        | "WritePrints" >> beam.Map(_write, file)
    )


def read_prints(file: str) -> Prints:
    """Returns what `write_prints` wrote, by split and slice."""
    with fileio.open(file, "rb") as written:
        return from_bytes(written.read())


def _write(content: bytes, file: str) -> None:
    with fileio.open(file, "wb") as written:
        written.write(content)
