"""The rows of a shard on their way to whoever writes it: in a file, which only its job can read.

They do not go through Beam's own graph: a graph of a million rows is more than an engine takes, and would
reach each worker with each stage. And since rows name files, which may name patients, what lies on a disk is
sealed; the key is drawn for each job and goes with its graph.
"""

import dataclasses
import hashlib
import hmac
import json
from collections.abc import Sequence

import numpy as np
from tfx.dsl.io import fileio

KEY_BYTES = 32
_TAG_BYTES = 32


@dataclasses.dataclass(frozen=True)
class HashedSlice:
    """A planned slice that no longer says who the patient is.

    Attributes:
      path: Below the data folder.
      hemorrhage: 0 or 1.
      slice_id: Keyed hash.
      file_id: Keyed hash of the path; that of the slice, but for later frames of a file.
      patient_id: Keyed hash.
      split_key: Keyed hash.
      split: One of `features.SPLITS`.
      slice_index: Place in its series, or None.
      attributes: "column=value" texts.
      frame: Index of the slice in its DICOM file; None in an image file.
    """

    path: str
    hemorrhage: int
    slice_id: str
    file_id: str
    patient_id: str
    split_key: str
    split: str
    slice_index: int | None
    attributes: tuple[str, ...]
    frame: int | None


class DamagedRows(RuntimeError):
    """A file of rows is not what was written for this job."""


def write_rows(rows: Sequence[HashedSlice], uri: str, key: bytes) -> None:
    """Writes rows where a worker can read them.

    Args:
      rows: Of one shard.
      uri: Path of the file, which no other job with this key may have had.
      key: KEY_BYTES drawn at random.
    """
    plain = json.dumps([dataclasses.astuple(row) for row in rows]).encode("ascii")
    sealed = _sealed(plain, uri, key)
    with fileio.open(uri, "wb") as file:
        file.write(sealed + _tag(sealed, uri, key))


def read_rows(uri: str, key: bytes) -> tuple[HashedSlice, ...]:
    """Returns what `write_rows` wrote.

    Raises:
      DamagedRows: The file was changed, or is of another job.
    """
    with fileio.open(uri, "rb") as file:
        content = file.read()
    sealed, tag = content[:-_TAG_BYTES], content[-_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(sealed, uri, key)):
        raise DamagedRows(
            f"{uri}: expected the rows that this run wrote, got {len(content)} bytes of something else; run "
            "again, and let no two runs write to the same output folder"
        )
    rows = json.loads(_sealed(sealed, uri, key))
    names = [field.name for field in dataclasses.fields(HashedSlice)]
    return tuple(
        HashedSlice(
            **dict(zip(names, row, strict=True)) | {"attributes": tuple(row[names.index("attributes")])}
        )
        for row in rows
    )


def _sealed(content: bytes, uri: str, key: bytes) -> bytes:
    """Adds a stream of bits that key and file decide; the same again takes it away.

    Source: NIST FIPS 202, SHAKE256 as a function of any output length.
    """
    stream = hashlib.shake_256(b"stream" + key + uri.encode()).digest(len(content))
    return (np.frombuffer(content, np.uint8) ^ np.frombuffer(stream, np.uint8)).tobytes()


def _tag(sealed: bytes, uri: str, key: bytes) -> bytes:
    return hmac.digest(key, b"tag" + uri.encode() + b"\0" + sealed, "sha256")
