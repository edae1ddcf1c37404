"""What an inspection finds out; as JSON it is these fields. No patient is named in them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Kind:
    """Files of one ending."""

    files: int
    bytes: int


@dataclasses.dataclass(frozen=True)
class Spread:
    """Smallest, middle and largest of some numbers."""

    least: int
    median: float
    most: int


@dataclasses.dataclass(frozen=True)
class Patients:
    """Whose the slices are.

    Attributes:
      known_from: "column", "pattern", "header" (of DICOM) or "none".
      number: Patients; 0 where they are not known.
      with_hemorrhage: Those with at least one hemorrhage slice.
      slices_each: None where they are not known.
    """

    known_from: str
    number: int
    with_hemorrhage: int
    slices_each: Spread | None


@dataclasses.dataclass(frozen=True)
class Series:
    """What the headers of the CT slices say.

    Attributes:
      studies: How many there are.
      found: Series of axial CT slices, read or not.
      read: Those of them that slices are read from.
      a_study: Series found in each study.
      slices_each: Slices of each series that is read.
      thickness, kernels, manufacturers: How many series that are read have which; "" where a header does
        not say.
      with_contrast: Series that are read and name a contrast agent.
      windows: Of HU, a channel each.
    """

    studies: int
    found: int
    read: int
    a_study: Spread
    slices_each: Spread
    thickness: dict[str, int]
    kernels: dict[str, int]
    manufacturers: dict[str, int]
    with_contrast: int
    windows: str


@dataclasses.dataclass(frozen=True)
class Example:
    """A file that would be rejected."""

    file: str
    reason: str
    detail: str


@dataclasses.dataclass(frozen=True)
class Looks:
    """What the contents of slices show.

    Attributes:
      slices: How many were looked at.
      of: Of how many.
      rejected: Slices that cannot be read, by reason.
      examples: The first few of those, and of the files whose header cannot be read.
      sizes: Slices by rows, columns, depth and colour, as words.
      not_square: Slices of unequal sides.
      would_drop: What the slice filter drops, or would if it were switched on, by reason.
      hemorrhages: Slices with a hemorrhage that can be decoded; None where labels are not known.
      hemorrhages_lost: Those of them that it drops.
      even: Slices of one grey value.
      bright: Median over the slices with a brain of the 99th percentile of grey, 0..1; None without such.
      mean_bytes: Of a slice in a record.
      milliseconds: To read and measure one, here.
    """

    slices: int
    of: int
    rejected: dict[str, int]
    examples: tuple[Example, ...]
    sizes: dict[str, int]
    not_square: int
    would_drop: dict[str, int]
    hemorrhages: int | None
    hemorrhages_lost: int | None
    even: int
    bright: float | None
    mean_bytes: float
    milliseconds: float


@dataclasses.dataclass(frozen=True)
class Part:
    """One split."""

    slices: int
    hemorrhage: int
    normal: int
    patients: int


@dataclasses.dataclass(frozen=True)
class Split:
    """The split that a run would make.

    Attributes:
      seed: `ingest.seed`.
      shares: Expected share of the patients, by split.
      key_file: Where the key is, or will be.
      key_exists: Whether it is there.
      parts: By split; empty where it depends on a key that is not there, or on slices not looked at.
      grouped: Whether groups of slices that look alike stand for patients.
      keys_tried: Random keys that were tried instead.
      keys_lacking: Those of them that left a split without a class.
    """

    seed: int
    shares: dict[str, float]
    key_file: str
    key_exists: bool
    parts: dict[str, Part]
    grouped: bool
    keys_tried: int
    keys_lacking: int


@dataclasses.dataclass(frozen=True)
class Expected:
    """What a run would take here; rough.

    Attributes:
      cores: Processor cores that this process may use.
      gpu: Whether an NVIDIA GPU was seen; the time is that of the processor all the same.
      data_seconds: Reading, filtering, statistics.
      training_seconds: All epochs, on an otherwise idle machine.
      rest_seconds: Start, evaluation, export.
      times_slower: How much longer all of it may take.
      kept_bytes: What stays in the output folder.
      most_bytes: What it holds at most while it trains.
      free_bytes: On the output's file system.
    """

    cores: int
    gpu: bool
    data_seconds: float
    training_seconds: float
    rest_seconds: float
    times_slower: float
    kept_bytes: int
    most_bytes: int
    free_bytes: int


@dataclasses.dataclass(frozen=True)
class Inspection:
    """All of it.

    Attributes:
      folder: That was looked at.
      files: By ending.
      source: "image" or "dicom".
      form: "table" or "folders"; "" where labels cannot be used.
      classes: Slices by class; empty where labels cannot be used.
      patients: None where labels cannot be used.
      columns: Of the table or the header that become attributes.
      columns_left_out: Why others do not.
      not_slices: DICOM files that are no slice to learn from, by reason.
      unreadable_headers: DICOM files that cannot be read, by reason.
      series: None for images.
      looks: At some slices, or all.
      split: None where labels cannot be used.
      expected: None where labels cannot be used or no slice can be read.
      refusals: Why a run would stop, as it would say; empty where it would go through.
      warnings: What looks wrong.
    """

    folder: str
    files: dict[str, Kind]
    source: str
    form: str
    classes: dict[str, int]
    patients: Patients | None
    columns: tuple[str, ...]
    columns_left_out: dict[str, str]
    not_slices: dict[str, int]
    unreadable_headers: dict[str, int]
    series: Series | None
    looks: Looks
    split: Split | None
    expected: Expected | None
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]
