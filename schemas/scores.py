"""The scores of one model, slice by slice: the table that all evaluation is made from."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import features

__all__ = ["SCORES_FILE", "ScoreTable", "joined", "read_scores", "write_scores"]

SCORES_FILE = "scores.parquet"  # in SliceScorer's artifact
SPLIT = "split"
BASELINE_PROBABILITY = "baseline_probability"


@dataclasses.dataclass(frozen=True)
class ScoreTable:
    """What a model says of slices; all of one length n, rows of a split in the order of their ids.

    Attributes:
      split: str, (n,), of `features.SPLITS`.
      slice_id: str, (n,), keyed hash.
      patient_id: str, (n,), keyed hash.
      hemorrhage: int8, (n,), the label, 0 or 1.
      probability: float32, (n,), what the model's signature answers, 0..1.
      baseline_probability: float32, (n,), the same of the latest blessed model; NaN where it was not asked.
      slice_index: int64, (n,), place in the series; -1 where it is not known.
      attributes: n tuples of "column=value", to slice metrics by.
    """

    split: npt.NDArray[np.str_]
    slice_id: npt.NDArray[np.str_]
    patient_id: npt.NDArray[np.str_]
    hemorrhage: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float32]
    baseline_probability: npt.NDArray[np.float32]
    slice_index: npt.NDArray[np.int64]
    attributes: list[tuple[str, ...]]

    def __post_init__(self) -> None:
        """Checks the table.

        Raises:
          ValueError: Columns differ in length, or a label or a probability is none.
        """
        lengths = {field.name: len(getattr(self, field.name)) for field in dataclasses.fields(self)}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"scores: columns differ in length: {lengths}")
        if not np.isin(self.hemorrhage, (0, 1)).all():
            raise ValueError(f"scores: {features.LABEL} must be 0 or 1, got {np.unique(self.hemorrhage)}")
        if not ((self.probability >= 0) & (self.probability <= 1)).all():
            raise ValueError(f"scores: {features.PROBABILITY} must be within 0..1 and not NaN")

    def __len__(self) -> int:
        return len(self.slice_id)

    def where(self, mask: npt.NDArray[np.bool_]) -> "ScoreTable":
        """Returns the rows that a mask, bool (n,), picks."""
        arrays = {
            field.name: getattr(self, field.name)[mask]
            for field in dataclasses.fields(self)
            if field.name != features.ATTRIBUTES
        }
        kept = [self.attributes[row] for row in np.flatnonzero(mask)]
        return ScoreTable(**arrays, attributes=kept)

    def of_split(self, split: str) -> "ScoreTable":
        """Returns the rows of one split."""
        return self.where(self.split == split)


def joined(tables: Sequence[ScoreTable]) -> ScoreTable:
    """Returns the rows of several tables as one."""
    arrays = {
        field.name: np.concatenate([getattr(table, field.name) for table in tables])
        for field in dataclasses.fields(ScoreTable)
        if field.name != features.ATTRIBUTES
    }
    return ScoreTable(**arrays, attributes=[row for table in tables for row in table.attributes])


def write_scores(table: ScoreTable, path: Path) -> None:
    """Writes a table as Parquet, which pandas, Arrow and DuckDB read."""
    columns = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    columns[features.ATTRIBUTES] = pa.array([list(row) for row in table.attributes], pa.list_(pa.string()))
    pq.write_table(pa.table(columns), path, compression="zstd")


def read_scores(path: Path) -> ScoreTable:
    """Reads what `write_scores` wrote.

    Raises:
      OSError: There is no such file, or it is no Parquet file.
      ValueError: The file does not keep to the contract.
    """
    table = pq.read_table(path)
    missing = {field.name for field in dataclasses.fields(ScoreTable)} - set(table.column_names)
    if missing:
        raise ValueError(f"{path.name}: has no column {', '.join(sorted(missing))}")

    def texts(name: str) -> npt.NDArray[np.str_]:
        return np.array(table[name].to_pylist(), dtype=np.str_)

    return ScoreTable(
        split=texts(SPLIT),
        slice_id=texts(features.SLICE_ID),
        patient_id=texts(features.PATIENT_ID),
        hemorrhage=table[features.LABEL].to_numpy().astype(np.int8),
        probability=table[features.PROBABILITY].to_numpy().astype(np.float32),
        baseline_probability=table[BASELINE_PROBABILITY].to_numpy().astype(np.float32),
        slice_index=table[features.SLICE_INDEX].to_numpy().astype(np.int64),
        attributes=[tuple(row) for row in table[features.ATTRIBUTES].to_pylist()],
    )
