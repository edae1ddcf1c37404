"""What two runs on the same slices came to, and whether it is the same."""

import collections
import dataclasses
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
import tfx.v1  # noqa: F401 - before anything that imports tensorflow_data_validation
from google.protobuf.message import Message
from tensorflow_metadata.proto.v0 import statistics_pb2

import tensorflow_data_validation as tfdv  # isort: skip
import tensorflow_model_analysis as tfma  # isort: skip
from schemas import accounts, features

CLOSE = 1e-9  # relative: sums of 64-bit floats in another order
RECORDS = (
    ("SliceExampleGen", "examples"),
    ("SliceFilter", "filtered_examples"),
    ("LeakageGate", "checked_examples"),
)
FILES = (
    ("SliceExampleGen", "report", accounts.INGEST_FILE),
    ("SliceFilter", "report", accounts.FILTER_FILE),
    ("SliceFilter", "report", accounts.DROPPED_FILE),
    ("SliceFilter", "report", "sweep.csv"),
    ("LeakageGate", "report", accounts.LEAKAGE_FILE),
    ("LeakageGate", "report", accounts.LEAKING_SLICES_FILE),
)


@dataclasses.dataclass(frozen=True)
class Compared:
    """One thing of two runs.

    Attributes:
      what: The node and what of it.
      how: How equal it is: "same bytes", "same values"; or "DIFFERENT" and where.
      size: What was compared, in words.
    """

    what: str
    how: str
    size: str

    @property
    def same(self) -> bool:
        """Whether nothing differs that means anything."""
        return not self.how.startswith("DIFFERENT")


def latest(artifacts: Path, node: str, key: str) -> Path:
    """Returns the folder of a node's last output of that name."""
    return max((artifacts / node / key).iterdir(), key=lambda folder: int(folder.name))


def records(folder: Path, split: str) -> collections.Counter[str]:
    """Returns how often each record stands in a split, by a hash of its bytes."""
    files = sorted(str(path) for path in (folder / f"Split-{split}").iterdir())
    serialized = tf.data.TFRecordDataset(files).as_numpy_iterator()
    return collections.Counter(hashlib.sha256(record).hexdigest() for record in serialized)


def compare_data(first: Path, second: Path) -> Iterator[Compared]:
    """Compares what the data nodes of two runs wrote; each is the artifacts' folder of its run."""
    for node, key in RECORDS:
        if (first / node).is_dir():
            yield _same_records(node, key, first, second)
    for node, key, name in FILES:
        if (first / node).is_dir():
            yield _same_files(f"{node} {name}", [latest(run, node, key) / name for run in (first, second)])
    for node, key, name, read in (
        ("SliceFilter", "filtered_examples", features.BASELINE_FILE, _read_statistics),
        *(
            ("StatisticsGen", "statistics", f"Split-{split}/FeatureStats.pb", tfdv.load_stats_binary)
            for split in features.SPLITS
        ),
    ):
        if (first / node).is_dir():
            yield _same_statistics(
                node, name, [latest(run, node, key) / name for run in (first, second)], read
            )


def compare_transform(first: Path, second: Path) -> Compared:
    """Compares the files of two transform graphs."""
    folders = [latest(run, "Transform", "transform_graph") for run in (first, second)]
    digests = [
        {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "fingerprint.pb"  # holds a number drawn for each SavedModel
        }
        for folder in folders
    ]
    differing = sorted(
        name for name in digests[0].keys() | digests[1].keys() if digests[0].get(name) != digests[1].get(name)
    )
    how = f"DIFFERENT: {', '.join(differing)}" if differing else "same bytes"
    return Compared("Transform graph", how, f"{len(digests[0])} files")


def compare_evaluations(node: str, first: Path, second: Path) -> Compared:
    """Compares two evaluations by TFMA of the same model."""
    results = [tfma.load_eval_result(str(folder)).slicing_metrics for folder in (first, second)]
    values = [dict(_numbers(dict(result))) for result in results]
    return Compared(f"{node} metrics", _how_equal(values[0], values[1]), f"{len(values[0])} numbers")


def _same_records(node: str, key: str, first: Path, second: Path) -> Compared:
    differing, number = [], 0
    for split in features.SPLITS:
        counts = [records(latest(run, node, key), split) for run in (first, second)]
        number += counts[0].total()
        if counts[0] != counts[1]:
            lost, more = counts[0] - counts[1], counts[1] - counts[0]
            differing.append(f"{split} lost {lost.total()}, has {more.total()} others")
    how = f"DIFFERENT: {'; '.join(differing)}" if differing else "same bytes"
    return Compared(f"{node} records", how, f"{number} records")


def _same_files(what: str, files: list[Path]) -> Compared:
    contents = [file.read_bytes() for file in files]
    how = "same bytes" if contents[0] == contents[1] else "DIFFERENT"
    return Compared(what, how, f"{len(contents[0])} bytes")


def _same_statistics(node: str, name: str, files: list[Path], read: Callable[[str], Message]) -> Compared:
    what = f"{node} {name}"
    if files[0].read_bytes() == files[1].read_bytes():
        return Compared(what, "same bytes", f"{files[0].stat().st_size} bytes")
    values = [dict(_numbers(_fields(read(str(file))))) for file in files]
    return Compared(what, _how_equal(values[0], values[1]), f"{len(values[0])} numbers")


def _read_statistics(path: str) -> Message:
    return statistics_pb2.DatasetFeatureStatisticsList.FromString(Path(path).read_bytes())


def _fields(message: Message) -> dict[str, Any]:
    """Returns a message as a tree; features by their name, since engines merge them in any order."""
    tree: dict[str, Any] = {}
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            tree[field.name] = list(value) if field.label == field.LABEL_REPEATED else value
        elif field.label != field.LABEL_REPEATED:
            tree[field.name] = _fields(value)
        elif field.name == "features":
            tree[field.name] = {"/".join(item.path.step): _fields(item) for item in value}
        else:
            tree[field.name] = [_fields(item) for item in value]
    return tree


def _numbers(tree: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from _numbers(value, f"{place}/{name}")
    elif isinstance(tree, list | tuple):
        for index, value in enumerate(tree):
            yield from _numbers(value, f"{place}/{index}")
    else:
        yield place, tree


def _how_equal(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    differing = [name for name in sorted(first.keys() | second.keys()) if not _close(first, second, name)]
    if differing:
        name = differing[0]
        return f"DIFFERENT: {len(differing)}, first {name}: {first.get(name)!r}, {second.get(name)!r}"
    return "same bytes" if dict(first) == dict(second) else f"same values to {CLOSE:g}"


def _close(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> bool:
    if name not in first or name not in second:
        return False
    values = first[name], second[name]
    if all(isinstance(value, float) for value in values):
        return math.isclose(*values, rel_tol=CLOSE) or all(map(math.isnan, values))
    return values[0] == values[1]
