"""Records and what a model says of them, as the table that `schemas.scores` describes."""

import logging
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import tensorflow as tf

from components.served_model import BATCH, ServedModel
from schemas import features
from schemas.scores import ScoreTable

__all__ = ["patients_of", "score_slices"]

ASKED_AT_ONCE = 4 * BATCH  # slices
TOLD_EVERY = 5000  # slices; a line a minute or so

log = logging.getLogger("ichor.scores")


def score_slices(
    model: ServedModel,
    split: str,
    patterns: Sequence[str],
    baseline: ServedModel | None = None,
    patients: Collection[str] | None = None,
) -> ScoreTable:
    """Scores the records of a split.

    Args:
      model: Scores the slices.
      split: Its name.
      patterns: Of its files of uncompressed TFRecords.
      baseline: Scores the same slices, if there is one.
      patients: Those whose slices are to be scored; all by default.
    Returns:
      A row a slice, in the order of the slices' ids, however the records are spread over files.
    Raises:
      ValueError: There is no slice, or the model cannot read one.
    """
    rows: list[tuple] = []
    for records in _batches(patterns, patients):
        answers = model.score_records([serialized for serialized, _ in records])
        of_baseline = baseline.score_records([serialized for serialized, _ in records]) if baseline else None
        for asked_model, said in (("the model", answers), ("the latest blessed model", of_baseline)):
            if said and (bad := [error for error in said.error if error]):
                raise ValueError(f"split {split}: {asked_model} cannot score {len(bad)} records: {bad[0]}")
        for place, (_, example) in enumerate(records):
            baseline_score = of_baseline.probability[place] if of_baseline else np.nan
            rows.append((*_columns(example), answers.probability[place], baseline_score))
        if len(rows) // TOLD_EVERY > (len(rows) - len(records)) // TOLD_EVERY:
            log.info("%s: %d slices scored", split, len(rows))
    if not rows:
        raise ValueError(f"split {split}: there is no slice to score in {list(patterns)}")
    rows.sort(key=lambda row: row[0])
    slice_id, patient_id, hemorrhage, slice_index, attributes, probability, earlier = zip(*rows, strict=True)
    return ScoreTable(
        split=np.full(len(rows), split),
        slice_id=np.array(slice_id),
        patient_id=np.array(patient_id),
        hemorrhage=np.array(hemorrhage, np.int8),
        probability=np.array(probability, np.float32),
        baseline_probability=np.array(earlier, np.float32),
        slice_index=np.array(slice_index, np.int64),
        attributes=list(attributes),
    )


def patients_of(patterns: Sequence[str]) -> list[str]:
    """Returns the patient of each record, in the order of the files."""
    column = {features.PATIENT_ID: tf.io.FixedLenFeature([], tf.string)}
    records = tf.data.TFRecordDataset(_files(patterns)).batch(ASKED_AT_ONCE)
    parsed = records.map(lambda some: tf.io.parse_example(some, column)[features.PATIENT_ID])
    return [patient.decode() for some in parsed.as_numpy_iterator() for patient in some]


def _files(patterns: Sequence[str]) -> list[str]:
    return sorted(file for pattern in patterns for file in tf.io.gfile.glob(pattern))


def _batches(
    patterns: Sequence[str], patients: Collection[str] | None
) -> Iterator[list[tuple[bytes, tf.train.Example]]]:
    batch = []
    for serialized in tf.data.TFRecordDataset(_files(patterns)).as_numpy_iterator():
        example = tf.train.Example.FromString(serialized)
        if patients is None or _text(example, features.PATIENT_ID) in patients:
            batch.append((serialized, example))
        if len(batch) == ASKED_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _columns(example: tf.train.Example) -> tuple[str, str, int, int, tuple[str, ...]]:
    columns = example.features.feature
    index = columns[features.SLICE_INDEX].int64_list.value if features.SLICE_INDEX in columns else ()
    attributes = columns[features.ATTRIBUTES].bytes_list.value if features.ATTRIBUTES in columns else ()
    return (
        _text(example, features.SLICE_ID),
        _text(example, features.PATIENT_ID),
        int(columns[features.LABEL].int64_list.value[0]),
        index[0] if index else -1,
        tuple(text.decode() for text in attributes),
    )


def _text(example: tf.train.Example, name: str) -> str:
    return example.features.feature[name].bytes_list.value[0].decode()
