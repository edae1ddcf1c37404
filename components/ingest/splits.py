"""Which split a patient falls into, and whether every split gets both classes."""

import bisect
import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping

from components.ingest import identity
from components.ingest.params import IngestParams
from components.slices.errors import DataError
from schemas import features as f

__all__ = ["SplitCount", "buckets", "count", "require_both_classes", "split_with"]

SEEDS_TRIED = 200  # enough to find one that works if one in forty does; under a second
# tf.train.Feature{bytes_list{value}} around 32 characters: two length-delimited fields 1, then the text's.
FEATURE_PREFIX = b"\x0a\x22\x0a\x20"


@dataclasses.dataclass
class SplitCount:
    """What one split got: slices of each class, and the patients that they are of."""

    hemorrhage: int = 0
    normal: int = 0
    patients: set[str] = dataclasses.field(default_factory=set)

    @property
    def slices(self) -> int:
        """Slices of both classes."""
        return self.hemorrhage + self.normal


def buckets(params: IngestParams) -> dict[str, int]:
    """Returns the hash buckets of each split; a split without buckets is left out."""
    sizes = (params.train_buckets, params.val_buckets, params.test_buckets)
    return {name: size for name, size in zip(f.SPLITS, sizes, strict=True) if size}


def split_of(split_key: str, params: IngestParams) -> str:
    """Returns the split that TFX puts a split key of 32 characters into.

    Source: tfx.components.example_gen.base_example_gen_executor, `_PartitionFn`: SHA-256 of the
      serialized feature, modulo the sum of the buckets.
    """
    sizes = buckets(params)
    ends = list(itertools.accumulate(sizes.values()))
    bucket = int(hashlib.sha256(FEATURE_PREFIX + split_key.encode()).hexdigest(), 16) % ends[-1]
    return list(sizes)[bisect.bisect(ends, bucket)]


def split_with(key: bytes, params: IngestParams, patient: str, seed: int) -> str:
    """Returns the split of a patient under a seed."""
    return split_of(identity.split_key(key, patient, seed), params)


def count(rows: Iterable[tuple[str, int, str]], params: IngestParams) -> dict[str, SplitCount]:
    """Counts rows of (split, hemorrhage, patient) by split; a split without any counts nothing."""
    counts = {name: SplitCount() for name in buckets(params)}
    for split, hemorrhage, patient in rows:
        counts[split].patients.add(patient)
        counts[split].hemorrhage += hemorrhage
        counts[split].normal += 1 - hemorrhage
    return counts


def require_both_classes(
    counts: Mapping[str, SplitCount],
    labels: Iterable[tuple[str, int]],
    split_with: Callable[[str, int], str],
    params: IngestParams,
) -> None:
    """Refuses a split that lacks a class, and says the way out.

    Args:
      counts: Of each split.
      labels: (patient, hemorrhage) of every slice.
      split_with: The split of a patient under a seed.
      params: Buckets and the seed that made `counts`.
    Raises:
      DataError: A split lacks a class.
    """
    lacking = [
        f"{name} has no {kind} slice"
        for name, split in counts.items()
        for kind, number in (("hemorrhage", split.hemorrhage), ("normal", split.normal))
        if not number
    ]
    if not lacking:
        return
    classes: dict[str, set[int]] = {}
    for patient, hemorrhage in labels:
        classes.setdefault(patient, set()).add(hemorrhage)
    with_hemorrhage = sum(1 in labels for labels in classes.values())
    with_normal = sum(0 in labels for labels in classes.values())
    found = (
        f"split by patient, seed {params.seed}: {', '.join(lacking)} ({len(classes)} patients, "
        f"{with_hemorrhage} with hemorrhage slices, {with_normal} with normal slices)"
    )
    fewest = min(with_hemorrhage, with_normal)
    if fewest < len(counts):
        without_test = params.test_buckets and fewest == len(counts) - 1
        raise DataError(
            f"{found}; {len(counts)} splits need {len(counts)} patients of each class at least: "
            "add patients" + (", or set ingest.test_buckets to 0" if without_test else "")
        )
    seed = next((seed for seed in range(SEEDS_TRIED) if _works(seed, classes, split_with, counts)), None)
    if seed is None:
        raise DataError(
            f"{found}; none of the seeds below {SEEDS_TRIED} does better: "
            "add patients, or change ingest.train_buckets, val_buckets and test_buckets"
        )
    raise DataError(
        f"{found}; set ingest.seed to {seed}, which gives every split both classes, or add patients"
    )


def _works(
    seed: int,
    classes: Mapping[str, set[int]],
    split_with: Callable[[str, int], str],
    names: Iterable[str],
) -> bool:
    got: dict[str, set[int]] = {name: set() for name in names}
    for patient, labels in classes.items():
        got[split_with(patient, seed)] |= labels
    return all(len(labels) == len((0, 1)) for labels in got.values())
