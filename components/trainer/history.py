"""What happened in each epoch: on the terminal, as a table and in TensorBoard."""

import contextlib
import logging
import math
from collections.abc import Callable, Iterator, Sequence

import tensorflow as tf

from schemas.history import HISTORY_FILE, Row, to_csv

__all__ = ["History", "heard_by"]

log = logging.getLogger("ichor.trainer")

# Written as TensorBoard's scalar plug-in reads it; `tf.summary.scalar` needs TensorBoard installed.
SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
)
METRICS = ("loss", "binary_accuracy")


_listeners: list[Callable[[Row], None]] = []


@contextlib.contextmanager
def heard_by(listener: Callable[[Row], None]) -> Iterator[None]:
    """Calls a listener with each row of a training that this process does inside the context.

    Rows of an earlier, killed process come again when its training goes on.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


class DivergedError(ValueError):
    """The loss is not a number any more."""


class History:
    """Rows of one training, written down as they come."""

    def __init__(self, folder: str, last_epoch: int, rows: Sequence[Row] = (), aloud: bool = True):
        """Opens the records.

        Args:
          folder: Where the table and TensorBoard's files go; may be remote.
          last_epoch: The highest epoch that the training can reach.
          rows: What an earlier, killed process recorded.
          aloud: Whether each epoch is logged and told to who listens.
        """
        tf.io.gfile.makedirs(folder)
        self.rows: list[Row] = []
        self._table = f"{folder}/{HISTORY_FILE}"
        self._last_epoch = last_epoch
        self._aloud = aloud
        self._writers = {
            prefix: tf.summary.create_file_writer(f"{folder}/{run}")
            for prefix, run in (("", "train"), ("val_", "validation"))
        }
        for row in rows:
            self._record(row)

    def add(self, row: Row) -> None:
        """Records one more epoch.

        Raises:
          DivergedError: The loss is not a number any more.
        """
        self._record(row)
        name = f"epoch {row.epoch}/{self._last_epoch}" if row.epoch else "before training"
        log.log(
            logging.INFO if self._aloud else logging.DEBUG,
            "%s: loss %.4f, binary_accuracy %.4f, val_loss %.4f, val_binary_accuracy %.4f, %s, %.1f s",
            name, row.loss, row.binary_accuracy, row.val_loss, row.val_binary_accuracy,
            row.timestamp, row.runtime,
        )  # fmt: skip
        if not (math.isfinite(row.loss) and math.isfinite(row.val_loss)):
            raise DivergedError(
                f"trainer: training diverged in epoch {row.epoch}: loss {row.loss}, validation loss "
                f"{row.val_loss}; a lower trainer.learning_rate helps most often"
            )

    def _record(self, row: Row) -> None:
        self.rows.append(row)
        with tf.io.gfile.GFile(self._table, "w") as file:
            file.write(to_csv(self.rows))
        for prefix, writer in self._writers.items():
            with writer.as_default(step=row.epoch):
                for metric in METRICS:
                    tf.summary.write(f"epoch_{metric}", getattr(row, prefix + metric), metadata=SCALAR)
            writer.flush()
        for listener in _listeners if self._aloud else ():
            listener(row)
