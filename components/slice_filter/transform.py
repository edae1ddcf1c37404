"""SliceFilter in Beam: one decode a slice, in one pass over the records."""

import os
from collections.abc import Iterable, Iterator

import apache_beam as beam
import tensorflow as tf
from apache_beam.transforms.window import GlobalWindows
from tfx.dsl.io import fileio

from components.imaging import windows
from components.imaging.content import SliceMeasures
from components.imaging.content_hu import measure_encoded
from components.imaging.decode import UndecodableImage
from components.slice_filter import contact_sheet, training_statistics
from components.slice_filter.account import account as account_of
from components.slice_filter.account import dropped_csv, sweep_csv
from components.slice_filter.params import FilterParams
from components.slice_filter.rules import Reason
from components.slice_filter.tally import Tally
from schemas import accounts, features
from schemas.records import SliceRecord

TALLY = "tally"
KEPT = "kept"
SWEEP_FILE, SHEET_FILE = "sweep.csv", "contact_sheet.png"


@beam.typehints.with_input_types(bytes)
class FilterSlices(beam.DoFn):
    """Passes on the records that are kept, with their measures; a tally of all comes out beside."""

    def __init__(self, split: str, params: FilterParams) -> None:
        self._split = split
        self._params = params

    def start_bundle(self) -> None:
        """Counts each bundle by itself, so that nothing is counted twice when one is tried again."""
        self._tally = Tally(self._params)

    def process(self, serialized: bytes) -> Iterator[bytes]:
        """Decides on one serialized `tf.train.Example` of a SliceRecord."""
        record = SliceRecord.from_example(tf.train.Example.FromString(serialized))
        try:
            measures, grey = measure_encoded(record.image, windows.parse(record.windows))
        except UndecodableImage as error:
            self._tally.add_unreadable(self._split, record.hemorrhage, str(error), record.slice_id)
            return
        reason = self._tally.add(
            self._split, record.hemorrhage, record.slice_id, measures, grey, record.windows
        )
        if reason is Reason.KEEP:
            yield with_measures(serialized, measures)

    def finish_bundle(self) -> Iterator[beam.pvalue.TaggedOutput]:
        """Hands over the bundle's tally."""
        yield beam.pvalue.TaggedOutput(TALLY, GlobalWindows.windowed_value(self._tally))


def with_measures(serialized: bytes, measures: SliceMeasures) -> bytes:
    """Adds the measures to a serialized `tf.train.Example` without touching what is in it.

    Source: Protocol Buffers, Encoding, "Last One Wins": concatenated messages parse as their merger.
    """
    values = {name: getattr(measures, name) for name in (*features.MEASURES, *features.HU_MEASURES)}
    columns = {
        name: tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
        for name, value in values.items()
        if value is not None
    }
    added = tf.train.Example(features=tf.train.Features(feature=columns))
    return serialized + added.SerializeToString(deterministic=True)  # the same bytes by each worker


def filter_split(
    pipeline: beam.Pipeline, split: str, source: str, target: str, params: FilterParams
) -> beam.PCollection:
    """Filters one split from TFRecords to uncompressed TFRecords.

    Args:
      pipeline: To add to.
      split: Its name.
      source: File pattern.
      target: Beginning of the paths of the files to write.
      params: The filter's.
    Returns:
      The tallies of the split's bundles.
    """
    sorted_out = (
        pipeline
        | f"Read[{split}]" >> beam.io.ReadFromTFRecord(source)
        | f"Filter[{split}]" >> beam.ParDo(FilterSlices(split, params)).with_outputs(TALLY, main=KEPT)
    )
    _ = sorted_out[KEPT] | f"Write[{split}]" >> beam.io.WriteToTFRecord(target)
    return sorted_out[TALLY]


def write_account(
    tallies: Iterable[beam.PCollection],
    folder: str,
    baseline_file: str,
    splits: list[str],
    params: FilterParams,
    warnings: list[str],
    labels_of: str = "",
) -> None:
    """Adds up the tallies and writes the account's four files into a folder, and the baseline.

    Args:
      tallies: Of parts of the slices, a collection a split.
      folder: URI of the report.
      baseline_file: Path of the statistics of the training split.
      splits: Names, in the order of the account.
      params: The filter's.
      warnings: Further ones, for the account.
      labels_of: What a label is of, where it is not of one slice.
    """

    def add_up(parts: Iterable[Tally]) -> Tally:
        return Tally.total(params, parts)

    _ = (
        tuple(tallies)
        | "Together" >> beam.Flatten()
        | "AddUp" >> beam.CombineGlobally(add_up)
        | "WriteAccount" >> beam.Map(_write_files, folder, baseline_file, splits, warnings, labels_of)
    )


def _write_files(
    tally: Tally, folder: str, baseline_file: str, splits: list[str], warnings: list[str], labels_of: str
) -> None:
    account = account_of(tally, splits, warnings, labels_of)
    fileio.makedirs(folder)
    for name, content in (
        (accounts.FILTER_FILE, account.to_json().encode()),
        (accounts.DROPPED_FILE, dropped_csv(tally.left_out).encode()),
        (SWEEP_FILE, sweep_csv(account.sweep).encode()),
        (SHEET_FILE, contact_sheet.draw(tally.kept, tally.dropped, tally.params)),
    ):
        _write(os.path.join(folder, name), content)  # noqa: PTH118 - a URI, not a path
    if len(tally.profile):
        baseline = training_statistics.statistics(tally.profile, tally.params.min_brain_share)
        _write(baseline_file, baseline.SerializeToString())


def _write(uri: str, content: bytes) -> None:
    with fileio.open(uri, "wb") as file:
        file.write(content)
