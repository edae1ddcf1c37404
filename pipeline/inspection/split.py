"""The split that a run would make, found out without making a key."""

import dataclasses
import functools
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from components.ingest import identity, splits
from components.ingest.groups import assign_groups
from components.ingest.params import IngestParams
from components.ingest.plan import Plan
from components.slices.errors import DataError
from pipeline.inspection.findings import Part, Split
from pipeline.inspection.slices import Candidate

KEYS_TRIED = 50
MOST_TRIALS = 50_000  # patients, times keys: half a second


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A split, the slices with theirs, and why a run would refuse it, if so."""

    split: Split
    slices: list[Candidate]
    refusals: tuple[str, ...]


def split(
    data_dir: Path, plan: Plan, slices: Sequence[Candidate], params: IngestParams, may_group: bool
) -> Outcome:
    """Finds out which slice falls into which split.

    Args:
      data_dir: Folder of the files.
      plan: What a run would read.
      slices: The same, in the same order.
      params: Buckets, seed, key.
      may_group: Whether slices whose patients are not known are read and grouped, as a run does.
    """
    grouped = plan.patients_from == "none"
    path = identity.key_path(params)
    exists = path.exists()
    buckets = splits.buckets(params)
    shares = {name: size / sum(buckets.values()) for name, size in buckets.items()}
    known = Split(params.seed, shares, str(path), exists, {}, grouped, 0, 0)
    if grouped and not may_group:
        return Outcome(known, list(slices), ())
    owners = _owners(data_dir, plan, params)
    labels = [(owner, row.hemorrhage) for owner, row in zip(owners, plan.slices, strict=True)]
    if not exists:
        tried, lacking, refusals = _try_keys(labels, params)
        known = dataclasses.replace(known, keys_tried=tried, keys_lacking=lacking)
        return Outcome(known, list(slices), refusals)
    try:
        key = identity.load_key(path)
    except DataError as error:
        return Outcome(known, list(slices), (str(error),))
    split_with = functools.cache(functools.partial(splits.split_with, key, params))
    placed = [
        dataclasses.replace(candidate, split=split_with(owner, params.seed))
        for candidate, owner in zip(slices, owners, strict=True)
    ]
    counts, refusals = _checked(labels, split_with, params)
    parts = {
        name: Part(each.slices, each.hemorrhage, each.normal, len(each.patients))
        for name, each in counts.items()
    }
    return Outcome(dataclasses.replace(known, parts=parts), placed, refusals)


def _owners(data_dir: Path, plan: Plan, params: IngestParams) -> list[str]:
    if plan.patients_from != "none":
        return [row.patient for row in plan.slices]
    groups = assign_groups(data_dir, [row.path for row in plan.slices], params)
    return [groups[row.path] for row in plan.slices]


def _checked(
    labels: Iterable[tuple[str, int]], split_with: Callable[[str, int], str], params: IngestParams
) -> tuple[dict[str, splits.SplitCount], tuple[str, ...]]:
    """Returns what each split gets, and why a run would refuse that, if so."""
    rows = ((split_with(patient, params.seed), label, patient) for patient, label in labels)
    counts = splits.count(rows, params)
    try:
        splits.require_both_classes(counts, labels, split_with, params)
    except DataError as error:
        return counts, (str(error),)
    return counts, ()


def _try_keys(labels: Iterable[tuple[str, int]], params: IngestParams) -> tuple[int, int, tuple[str, ...]]:
    """Returns how many random keys were tried, how many of them a run would refuse, and why, if all."""
    classes = sorted(set(labels))
    draw = random.Random(params.seed)
    tries = max(1, min(KEYS_TRIED, MOST_TRIALS // len(classes)))
    refusals = []
    for _ in range(tries):
        key = draw.randbytes(identity.KEY_BYTES)
        split_with = functools.cache(functools.partial(splits.split_with, key, params))
        refusals.append(_checked(classes, split_with, params)[1])
    lacking = sum(map(bool, refusals))
    return tries, lacking, refusals[-1] if lacking == tries else ()
