"""The table of a training: a row an epoch, and which of them is exported."""

import csv
import dataclasses
import io
from collections.abc import Sequence

__all__ = ["BEFORE_TRAINING", "HISTORY_FILE", "Row", "best_epoch", "from_csv", "to_csv"]

HISTORY_FILE = "history.csv"  # in Trainer's model_run
BEFORE_TRAINING = 0  # the epoch of the row that is measured before the first step


@dataclasses.dataclass(frozen=True)
class Row:
    """One epoch.

    Attributes:
      epoch: From 1; 0 is the untrained model.
      loss: Binary cross-entropy on the training slices; of epoch 0 on a sample of them.
      binary_accuracy: Share of training slices on the right side of 0.5.
      val_loss: Binary cross-entropy on the validation slices.
      val_binary_accuracy: Share of validation slices on the right side of 0.5.
      timestamp: End of the epoch, ISO 8601, UTC.
      runtime: Of the epoch with its validation, seconds.
    """

    epoch: int
    loss: float
    binary_accuracy: float
    val_loss: float
    val_binary_accuracy: float
    timestamp: str
    runtime: float


COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


def best_epoch(rows: Sequence[Row]) -> int:
    """Returns the trained epoch with the lowest validation loss, the first of equal ones; 0 if none is."""
    trained = [row for row in rows if row.epoch > BEFORE_TRAINING]
    return min(trained, key=lambda row: row.val_loss).epoch if trained else BEFORE_TRAINING


def to_csv(rows: Sequence[Row]) -> str:
    """Returns the table as CSV with a header."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(dataclasses.asdict(row) for row in rows)
    return text.getvalue()


def from_csv(text: str) -> list[Row]:
    """Reads what `to_csv` wrote."""
    return [
        Row(
            epoch=int(row.pop("epoch")),
            timestamp=row.pop("timestamp"),
            **{name: float(value) for name, value in row.items()},
        )
        for row in csv.DictReader(io.StringIO(text))
    ]
