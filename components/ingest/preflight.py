"""What can be refused before TFX is even started."""

import functools
from pathlib import Path

from components.ingest import identity, splits
from components.ingest.params import IngestParams
from components.ingest.plan import plan


def check(data_dir: Path, params: IngestParams) -> None:
    """Plans an ingest and its split, reads no image, and writes nothing but a missing key.

    Args:
      data_dir: The folder of slices.
      params: How to read and split it.
    Raises:
      DataError: The folder cannot be used as it is, or a split would lack a class.
    """
    found = plan(data_dir, params)
    if any(not row.patient for row in found.slices):
        return  # groups of images that look alike are known only after the images are read
    key = identity.load_key(identity.key_path(params))
    split_with = functools.partial(splits.split_with, key, params)
    labels = [(row.patient, row.hemorrhage) for row in found.slices]
    rows = ((split_with(patient, params.seed), label, patient) for patient, label in labels)
    splits.require_both_classes(splits.count(rows, params), labels, split_with, params)
