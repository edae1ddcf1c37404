"""One slice as a Python object and as a `tf.train.Example`, checked in both directions."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import tensorflow as tf

from schemas import features as f

__all__ = ["SliceRecord"]

INT64_END = 2**63  # whole numbers are stored as int64
MOST_FLOAT = 3.4028234663852886e38  # others as float32


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
    Example:
      >>> record = SliceRecord(
      ...     image=b"png", image_format="png", height=256, width=256, channels=1, bit_depth=8, hemorrhage=1,
      ...     slice_id="a1", patient_id="b2", split_key="c3", attributes=("sex=female",),
      ... )
      >>> record.to_example().features.feature["hemorrhage"].int64_list.value
      [1]
      >>> SliceRecord.from_example(record.to_example()) == record
      True
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
        if not (isinstance(self.image, bytes) and self.image):
            self._refuse(f.IMAGE, "must be bytes, and some", len(self.image))
        if self.image_format not in f.IMAGE_FORMATS:
            self._refuse(f.IMAGE_FORMAT, f"must be one of {f.IMAGE_FORMATS}", self.image_format)
        if self.hemorrhage not in (0, 1):
            self._refuse(f.LABEL, "must be 0 or 1", self.hemorrhage)
        if self.bit_depth not in (8, 16):
            self._refuse(f.BIT_DEPTH, "must be 8 or 16", self.bit_depth)
        if not 1 <= self.channels <= 4:
            self._refuse(f.CHANNELS, "must be 1 to 4", self.channels)
        for name, size in ((f.HEIGHT, self.height), (f.WIDTH, self.width)):
            if not 1 <= size < INT64_END:
                self._refuse(name, "must be at least 1", size)
        if self.slice_index is not None and not -INT64_END <= self.slice_index < INT64_END:
            self._refuse(f.SLICE_INDEX, "must be of 64 bits", self.slice_index)
        for name, text in (
            (f.SLICE_ID, self.slice_id),
            (f.PATIENT_ID, self.patient_id),
            (f.SPLIT_KEY, self.split_key),
            *((f.ATTRIBUTES, text) for text in self.attributes),
        ):
            if not text or not _is_unicode(text):
                self._refuse(name, "must be text, and some", text)
        if self.windows and not _are_windows(self.windows, self.channels):
            self._refuse(
                f.WINDOWS, f"must be centre/width for each of {self.channels} channels", self.windows
            )
        self._check_measures()

    def _check_measures(self) -> None:
        if self.measures and set(self.measures) - set(f.HU_MEASURES) != set(f.MEASURES):
            raise ValueError(
                f"slice {self.slice_id}: measures must be {sorted(f.MEASURES)}, got {sorted(self.measures)}"
            )
        for name, value in self.measures.items():
            if not abs(value) <= MOST_FLOAT:
                self._refuse(name, "must be a finite number of 32 bits", value)

    def _refuse(self, name: str, expected: str, got: object) -> NoReturn:
        raise ValueError(f"slice {self.slice_id!r}: {name} {expected}, got {got!r}")

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
            image_format=_text(columns, f.IMAGE_FORMAT),
            height=_one(columns, f.HEIGHT, "int64_list"),
            width=_one(columns, f.WIDTH, "int64_list"),
            channels=_one(columns, f.CHANNELS, "int64_list"),
            bit_depth=_one(columns, f.BIT_DEPTH, "int64_list"),
            hemorrhage=_one(columns, f.LABEL, "int64_list"),
            slice_id=_text(columns, f.SLICE_ID),
            patient_id=_text(columns, f.PATIENT_ID),
            split_key=_text(columns, f.SPLIT_KEY),
            slice_index=index[0] if index else None,
            attributes=tuple(_decoded(f.ATTRIBUTES, text) for text in attributes),
            windows=_text(columns, f.WINDOWS) if f.WINDOWS in columns else "",
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


def _text(columns: Mapping[str, tf.train.Feature], name: str) -> str:
    return _decoded(name, _one(columns, name, "bytes_list"))


def _decoded(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"column {name}: is not UTF-8 text (byte {error.start})") from None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _are_windows(text: str, channels: int) -> bool:
    """Returns whether a text is of the form of `features.WINDOWS_EXAMPLE`."""
    try:
        windows = [[float(number) for number in window.split("/")] for window in text.split()]
    except ValueError:
        return False
    return len(windows) == channels and all(
        len(window) == len(("centre", "width"))
        and abs(window[0]) <= MOST_FLOAT
        and 0 < window[1] <= MOST_FLOAT
        for window in windows
    )
