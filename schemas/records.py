"""One slice as a Python object and as a `tf.train.Example`, checked in both directions."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from schemas import features as f


@dataclasses.dataclass(frozen=True)
class SliceRecord:
    """One slice of one patient; what SliceExampleGen writes and SliceFilter adds to.

    Attributes:
      image: The file's own bytes without metadata, encoded as `image_format` says.
      image_format: One of `features.IMAGE_FORMATS`.
      height: Pixels.
      width: Pixels.
      channels: 1 to 4.
      bit_depth: 8 or 16.
      hemorrhage: 0 or 1.
      slice_id: Keyed hash, hexadecimal.
      patient_id: Keyed hash, hexadecimal.
      split_key: Keyed hash, hexadecimal.
      slice_index: Place in its series, or None where it is not known.
      attributes: "column=value" texts to slice metrics by.
      windows: Of HU that the channels show, as `features.WINDOWS_EXAMPLE`; "" where HU are not known.
      measures: Value by name for all of `features.MEASURES`, and `features.HU_MEASURES` where HU are known;
        empty before SliceFilter.
    """

    image: bytes
    image_format: str
    height: int
    width: int
    channels: int
    bit_depth: int
    hemorrhage: int
    slice_id: str
    patient_id: str
    split_key: str
    slice_index: int | None = None
    attributes: tuple[str, ...] = ()
    windows: str = ""
    measures: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Checks the record.

        Raises:
          ValueError: A field does not keep to the contract; the message names the field.
        """
        if not self.image:
            raise ValueError(f"slice {self.slice_id}: {f.IMAGE} is empty")
        if self.image_format not in f.IMAGE_FORMATS:
            raise ValueError(
                f"slice {self.slice_id}: {f.IMAGE_FORMAT} must be one of {f.IMAGE_FORMATS}, "
                f"got {self.image_format!r}"
            )
        if self.hemorrhage not in (0, 1):
            raise ValueError(f"slice {self.slice_id}: {f.LABEL} must be 0 or 1, got {self.hemorrhage!r}")
        if self.bit_depth not in (8, 16):
            raise ValueError(f"slice {self.slice_id}: {f.BIT_DEPTH} must be 8 or 16, got {self.bit_depth!r}")
        if not 1 <= self.channels <= 4:
            raise ValueError(f"slice {self.slice_id}: {f.CHANNELS} must be 1 to 4, got {self.channels!r}")
        for name, size in ((f.HEIGHT, self.height), (f.WIDTH, self.width)):
            if size < 1:
                raise ValueError(f"slice {self.slice_id}: {name} must be at least 1, got {size!r}")
        for name, text in (
            (f.SLICE_ID, self.slice_id),
            (f.PATIENT_ID, self.patient_id),
            (f.SPLIT_KEY, self.split_key),
        ):
            if not text:
                raise ValueError(f"slice {self.slice_id}: {name} is empty")
        if self.windows and len(self.windows.split()) != self.channels:
            raise ValueError(
                f"slice {self.slice_id}: {f.WINDOWS} must name one window a channel, got {self.windows!r} "
                f"for {self.channels}"
            )
        if self.measures and set(self.measures) - set(f.HU_MEASURES) != set(f.MEASURES):
            raise ValueError(
                f"slice {self.slice_id}: measures must be {sorted(f.MEASURES)}, got {sorted(self.measures)}"
            )

    def to_example(self) -> tf.train.Example:
        """Returns the record as a `tf.train.Example`; absent optional columns are left out."""
        columns = {
            f.IMAGE: _bytes(self.image),
            f.IMAGE_FORMAT: _bytes(self.image_format.encode()),
            f.HEIGHT: _int(self.height),
            f.WIDTH: _int(self.width),
            f.CHANNELS: _int(self.channels),
            f.BIT_DEPTH: _int(self.bit_depth),
            f.LABEL: _int(self.hemorrhage),
            f.SLICE_ID: _bytes(self.slice_id.encode()),
            f.PATIENT_ID: _bytes(self.patient_id.encode()),
            f.SPLIT_KEY: _bytes(self.split_key.encode()),
        }
        if self.slice_index is not None:
            columns[f.SLICE_INDEX] = _int(self.slice_index)
        if self.attributes:
            columns[f.ATTRIBUTES] = _bytes(*(text.encode() for text in self.attributes))
        if self.windows:
            columns[f.WINDOWS] = _bytes(self.windows.encode())
        for name, value in self.measures.items():
            columns[name] = tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
        return tf.train.Example(features=tf.train.Features(feature=columns))

    @classmethod
    def from_example(cls, example: tf.train.Example) -> "SliceRecord":
        """Reads what `to_example` made.

        Raises:
          ValueError: A required column is missing, or the record does not keep to the contract.
        """
        columns = example.features.feature
        index = columns[f.SLICE_INDEX].int64_list.value if f.SLICE_INDEX in columns else ()
        attributes = columns[f.ATTRIBUTES].bytes_list.value if f.ATTRIBUTES in columns else ()
        return cls(
            image=_one(columns, f.IMAGE, "bytes_list"),
            image_format=_one(columns, f.IMAGE_FORMAT, "bytes_list").decode(),
            height=_one(columns, f.HEIGHT, "int64_list"),
            width=_one(columns, f.WIDTH, "int64_list"),
            channels=_one(columns, f.CHANNELS, "int64_list"),
            bit_depth=_one(columns, f.BIT_DEPTH, "int64_list"),
            hemorrhage=_one(columns, f.LABEL, "int64_list"),
            slice_id=_one(columns, f.SLICE_ID, "bytes_list").decode(),
            patient_id=_one(columns, f.PATIENT_ID, "bytes_list").decode(),
            split_key=_one(columns, f.SPLIT_KEY, "bytes_list").decode(),
            slice_index=index[0] if index else None,
            attributes=tuple(text.decode() for text in attributes),
            windows=_one(columns, f.WINDOWS, "bytes_list").decode() if f.WINDOWS in columns else "",
            measures={
                name: columns[name].float_list.value[0]
                for name in (*f.MEASURES, *f.HU_MEASURES)
                if name in columns and columns[name].float_list.value
            },
        )


def _bytes(*values: bytes) -> tf.train.Feature:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def _int(value: int) -> tf.train.Feature:
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def _one(columns: Mapping[str, tf.train.Feature], name: str, kind: str) -> Any:
    values: Sequence[Any] = getattr(columns[name], kind).value if name in columns else ()
    if len(values) != 1:
        raise ValueError(f"column {name}: expected one value in {kind}, got {len(values)}")
    return values[0]
