"""Transformed slices, kept as 8-bit pixels in memory or on disk.

Beam names and orders the shards of a split at random, so slices are put in the order of their
ids: a training goes by their places, and the same data must give the same training.
"""

import dataclasses
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from schemas import features

__all__ = ["Slices", "Transform", "load"]

Transform = Callable[[Mapping[str, tf.Tensor]], Mapping[str, tf.Tensor]]

DECODED_AT_ONCE = 16  # slices; enough to spread over cores, few enough to stay small in memory
BYTES_A_MEGABYTE = 10**6

log = logging.getLogger("ichor.trainer")


@dataclasses.dataclass(frozen=True)
class Slices:
    """One split, ready to be trained on.

    Attributes:
      pixels: uint8, (n, side, side, channels), 0..255.
      targets: float32, (n,), 0 or 1.
    """

    pixels: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.targets)


def load(
    patterns: Mapping[str, Sequence[str]],
    transform: Transform,
    image_shape: tuple[int, int, int],
    cache_megabytes: int,
    cache_dir: Path,
) -> dict[str, Slices]:
    """Runs the transform graph once over raw records and keeps what comes out.

    Args:
      patterns: File patterns of uncompressed TFRecords of `SliceRecord`, by split.
      transform: Raw columns to transformed columns, the saved graph of Transform.
      image_shape: Of one transformed slice: side, side, channels.
      cache_megabytes: All splits together stay in memory up to this many megabytes.
      cache_dir: Local folder for what does not; files are left there.
    Returns:
      Slices by split, in the order of `features.SLICE_ID`, however the records are spread over files.
    Raises:
      ValueError: A split has no records.
    """
    files = {split: matching_files(split, texts) for split, texts in patterns.items()}
    places = {split: _places(paths) for split, paths in files.items()}
    for split, of_split in places.items():
        if not of_split.size:
            raise ValueError(
                f"trainer: split {split} holds no slice in {files[split]}; add patients to the data or "
                "change the shares of the split (ingest.train_buckets, ingest.val_buckets)"
            )
    size = sum(of_split.size for of_split in places.values()) * int(np.prod(image_shape))
    in_memory = size <= cache_megabytes * BYTES_A_MEGABYTE
    loaded = {}
    for split, paths in files.items():
        shape = (places[split].size, *image_shape)
        pixels = np.empty(shape, np.uint8) if in_memory else _on_disk(cache_dir / f"{split}.u8", shape)
        targets = np.empty(places[split].size, np.float32)
        _fill(pixels, targets, places[split], _transformed(paths, transform))
        loaded[split] = Slices(pixels, targets)
        log.info(
            "%s: %d slices, %d with a hemorrhage, %.1f MB of pixels %s",
            split, len(targets), int(targets.sum()), pixels.nbytes / BYTES_A_MEGABYTE,
            "in memory" if in_memory else "on disk",
        )  # fmt: skip
    return loaded


def windows_of(patterns: Sequence[str], split: str) -> str:
    """Returns the windows of HU that the channels of a split's slices show, "" where HU are not known.

    Raises:
      ValueError: There are no records, or not all slices show the same.
    """
    column = {features.WINDOWS: tf.io.FixedLenFeature([], tf.string, default_value="")}
    records = tf.data.TFRecordDataset(matching_files(split, patterns)).batch(DECODED_AT_ONCE)
    parsed = records.map(lambda some: tf.io.parse_example(some, column)[features.WINDOWS])
    shown = {one.decode() for some in parsed.as_numpy_iterator() for one in some}
    if len(shown) > 1:
        raise ValueError(f"trainer: slices of split {split} show different windows of HU: {sorted(shown)}")
    return shown.pop() if shown else ""


def matching_files(split: str, patterns: Sequence[str]) -> list[str]:
    """Returns the files that patterns match, sorted.

    Raises:
      ValueError: There are none.
    """
    files = sorted(file for pattern in patterns for file in tf.io.gfile.glob(pattern))
    if not files:
        raise ValueError(f"trainer: no record file of split {split} matches {list(patterns)}")
    return files


def _places(files: list[str]) -> npt.NDArray[np.int64]:
    """Returns for each record, in the order of the files, its place in the order of the slice ids."""
    column = {features.SLICE_ID: tf.io.FixedLenFeature([], tf.string)}
    records = tf.data.TFRecordDataset(files).batch(DECODED_AT_ONCE)
    parsed = records.map(lambda some: tf.io.parse_example(some, column)[features.SLICE_ID])
    ids = [slice_id for some in parsed.as_numpy_iterator() for slice_id in some]
    places = np.empty(len(ids), np.int64)
    places[np.argsort(np.array(ids, np.bytes_))] = np.arange(len(ids))
    return places


def _on_disk(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return np.memmap(path, np.uint8, mode="w+", shape=shape)


def _transformed(files: list[str], transform: Transform) -> tf.data.Dataset:
    """Batches of (uint8 pixels, targets) in the order of the records."""
    raw = {
        features.IMAGE: tf.io.FixedLenFeature([1], tf.string),
        features.LABEL: tf.io.FixedLenFeature([1], tf.int64),
    }

    def apply(records: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        columns = transform(tf.io.parse_example(records, raw))
        levels = tf.cast(tf.round(columns[features.PIXELS] * features.PIXEL_LEVELS), tf.uint8)
        return levels, columns[features.TARGET][:, 0]

    records = tf.data.TFRecordDataset(files).batch(DECODED_AT_ONCE)
    return records.map(apply, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True).prefetch(1)


def _fill(
    pixels: npt.NDArray[np.uint8],
    targets: npt.NDArray[np.float32],
    places: npt.NDArray[np.int64],
    batches: tf.data.Dataset,
) -> None:
    at = 0
    for some_pixels, some_targets in batches.as_numpy_iterator():
        some_places = places[at : at + len(some_targets)]
        pixels[some_places] = some_pixels
        targets[some_places] = some_targets
        at += len(some_targets)
