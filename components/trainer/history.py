"""What happened in each epoch: on the terminal, as a table and in TensorBoard."""

import csv
import dataclasses
import io
import logging
import math
from collections.abc import Sequence

import tensorflow as tf

TABLE = "history.csv"
BEFORE_TRAINING = 0  # the epoch of the row that is measured before the first step

log = logging.getLogger("ichor.trainer")


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
# Written as TensorBoard's scalar plug-in reads it; `tf.summary.scalar` needs TensorBoard installed.
SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
)
METRICS = ("loss", "binary_accuracy")


def best_epoch(rows: Sequence[Row]) -> int:
    """Returns the trained epoch with the lowest validation loss, the first of equal ones; 0 if none is."""
    trained = [row for row in rows if row.epoch > BEFORE_TRAINING]
    return min(trained, key=lambda row: row.val_loss).epoch if trained else BEFORE_TRAINING


class History:
    """Rows of one training, written down as they come."""

    def __init__(self, folder: str, last_epoch: int, rows: Sequence[Row] = ()):
        """Opens the records.

        Args:
          folder: Where the table and TensorBoard's files go; may be remote.
          last_epoch: The highest epoch that the training can reach.
          rows: What an earlier, killed process recorded.
        """
        tf.io.gfile.makedirs(folder)
        self.rows: list[Row] = []
        self._table = f"{folder}/{TABLE}"
        self._last_epoch = last_epoch
        self._writers = {
            prefix: tf.summary.create_file_writer(f"{folder}/{run}")
            for prefix, run in (("", "train"), ("val_", "validation"))
        }
        for row in rows:
            self._record(row)

    def add(self, row: Row) -> None:
        """Records one more epoch.

        Raises:
          ValueError: The loss is not a number any more.
        """
        self._record(row)
        name = f"epoch {row.epoch}/{self._last_epoch}" if row.epoch else "before training"
        log.info(
            "%s: loss %.4f, binary_accuracy %.4f, val_loss %.4f, val_binary_accuracy %.4f, %s, %.1f s",
            name, row.loss, row.binary_accuracy, row.val_loss, row.val_binary_accuracy,
            row.timestamp, row.runtime,
        )  # fmt: skip
        if not (math.isfinite(row.loss) and math.isfinite(row.val_loss)):
            raise ValueError(
                f"trainer: training diverged in epoch {row.epoch}: loss {row.loss}, validation loss "
                f"{row.val_loss}; a lower trainer.learning_rate helps most often"
            )

    def _record(self, row: Row) -> None:
        self.rows.append(row)
        text = io.StringIO()
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(dataclasses.asdict(each) for each in self.rows)
        with tf.io.gfile.GFile(self._table, "w") as file:
            file.write(text.getvalue())
        for prefix, writer in self._writers.items():
            with writer.as_default(step=row.epoch):
                for metric in METRICS:
                    tf.summary.write(f"epoch_{metric}", getattr(row, prefix + metric), metadata=SCALAR)
            writer.flush()
