"""The rows of a shard on their way to whoever writes it: in a file, which only its job can read.

They do not go through Beam's own graph: a graph of a million rows is more than an engine takes, and would
reach each worker with each stage. And since rows name files, which may name patients, what lies on a disk is
sealed; the key is drawn for each job and goes with its graph.
"""

import dataclasses
import json
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tfx.dsl.io import fileio

KEY_BYTES = 32
NONCE_BYTES = 12  # as NIST SP 800-38D recommends for GCM


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
      uri: Path of the file.
      key: KEY_BYTES drawn at random.
    """
    plain = json.dumps([dataclasses.astuple(row) for row in rows]).encode("ascii")
    nonce = secrets.token_bytes(NONCE_BYTES)
    with fileio.open(uri, "wb") as file:
        file.write(nonce + AESGCM(key).encrypt(nonce, plain, uri.encode()))


def read_rows(uri: str, key: bytes) -> tuple[HashedSlice, ...]:
    """Returns what `write_rows` wrote.

    Raises:
      DamagedRows: The file was changed, or is of another job.
    """
    with fileio.open(uri, "rb") as file:
        content = file.read()
    try:
        plain = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], uri.encode())
    except (InvalidTag, ValueError):  # the latter of a file that is shorter than a nonce may be
        raise DamagedRows(
            f"{uri}: expected the rows that this run wrote, got {len(content)} bytes of something else; run "
            "again, and let no two runs write to the same output folder"
        ) from None
    rows = (HashedSlice(*row) for row in json.loads(plain))
    return tuple(dataclasses.replace(row, attributes=tuple(row.attributes)) for row in rows)
