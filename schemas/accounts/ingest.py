"""SliceExampleGen's account, `ingest.json`."""

from collections.abc import Mapping
from typing import ClassVar

from schemas.accounts.account import Account, Part

__all__ = ["IngestAccount", "SplitCounts"]


class SplitCounts(Part):
    """Slices of a split, of each class, and the patients that they are of."""

    slices: int
    hemorrhage: int
    normal: int
    patients: int


class IngestAccount(Account):
    """What a data folder held and what of it was read; no name of a file or a patient.

    Attributes:
      source: "image" or "dicom".
      form: "table" or "folders".
      found: Slices that the folder has.
      read: Slices that became records.
      rejected: How many ought to be slices and could not be read, by reason, the commonest first.
      not_to_be_read: How many files are no slices, such as localizers, by reason.
      unlisted: Images in the folder that the table does not name.
      left_out: How many images lie in no class's folder or in both, by why.
      other_files: Files that are neither images nor the table.
      patients_from: "column", "pattern", "header" (of DICOM) or "none".
      splits: What each split got.
      slicing_columns: Columns of the table that became attributes.
      columns_left_out: Why, by name of those that did not.
      warnings: What everyone who reads a result of this data has to know.
      seed: Of the split.
      buckets: Of the split's hash, by split.
      key_fingerprint: Of the key that ids are hashed with.
    """

    END: ClassVar[str] = ""

    source: str
    form: str
    found: int
    read: int
    rejected: Mapping[str, int]
    not_to_be_read: Mapping[str, int]
    unlisted: int
    left_out: Mapping[str, int]
    other_files: int
    patients_from: str
    splits: Mapping[str, SplitCounts]
    slicing_columns: tuple[str, ...]
    columns_left_out: Mapping[str, str]
    warnings: tuple[str, ...]
    seed: int
    buckets: Mapping[str, int]
    key_fingerprint: str
