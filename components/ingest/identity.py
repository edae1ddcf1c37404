"""Keyed hashes: who a patient or a slice is cannot be seen from a record without the key."""

import hmac
import logging
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from components.ingest.params import IngestParams
from components.slices.errors import DataError
from components.slices.source import Source

__all__ = ["KEY_BYTES", "key_path", "load_key", "locate"]

log = logging.getLogger("ichor.ingest")

OWN_KEY_FILE = Path("~/.config/ichor/patient.key")
KEY_BYTES = 32  # of SHA-256's output; a longer key adds nothing
HASH_BYTES = 16  # 128 bits: no two of a billion slices share a hash


def key_path(params: IngestParams) -> Path:
    """Returns where the key is kept."""
    return Path(params.key_file or OWN_KEY_FILE).expanduser()


def load_key(path: Path) -> bytes:
    """Reads the secret key, or makes it where there is none.

    Args:
      path: Of the key's file. On Kubernetes: a mounted secret with `defaultMode: 0400`.
    Returns:
      The file's contents, at least `KEY_BYTES` bytes.
    Raises:
      DataError: The file cannot be read or made, others may read it, or it is too short.
    """
    try:
        if not path.exists():
            _make_key(path)
        mode = path.stat().st_mode
        key = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"key file {path}: cannot be read or made ({error.strerror}); set ingest.key_file to one that can"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DataError(
            f"key file {path}: others may read it (mode {stat.S_IMODE(mode):04o}), so that hashed patients "
            f"could be named; chmod 600 {path}"
        )
    if len(key) < KEY_BYTES:
        raise DataError(
            f"key file {path}: expected at least {KEY_BYTES} bytes, got {len(key)}; "
            "delete it to have a new one made (all patient ids change with it)"
        )
    return key


def keyed_hash(key: bytes, kind: str, text: str) -> str:
    """Hashes a text so that only who has the key can tell or test what it was.

    Args:
      key: Of `load_key`.
      kind: What the text is; equal texts of two kinds hash differently.
      text: A patient, a path or any other.
    Returns:
      32 hexadecimal digits.
    Source: HMAC-SHA256 (RFC 2104), cut to 128 bits.
    """
    message = f"{kind}\0{text}".encode("utf-8", "surrogateescape")
    return hmac.digest(key, message, "sha256")[:HASH_BYTES].hex()


def slice_id(key: bytes, path: str) -> str:
    """Returns the hash of a slice's path below the data folder."""
    return keyed_hash(key, "slice", path)


def patient_id(key: bytes, patient: str) -> str:
    """Returns the hash of a patient."""
    return keyed_hash(key, "patient", patient)


def split_key(key: bytes, patient: str, seed: int) -> str:
    """Returns what a patient's split is a function of: the patient and the seed, nothing else."""
    return keyed_hash(key, "split", f"{seed}/{patient}")


def key_fingerprint(key: bytes) -> str:
    """Returns eight hexadecimal digits that change with the key and do not tell it."""
    return keyed_hash(key, "fingerprint", "")[:8]


def locate(data_dir: Path, params: IngestParams, slice_ids: Iterable[str]) -> dict[str, str]:
    """Finds the files of slices, which only who has the key can do.

    Args:
      data_dir: The folder that the slices were read from.
      params: Those they were read with.
      slice_ids: Hashes, as records and reports have them.
    Returns:
      Path below the folder by slice_id, of those that are found; of a later frame with its index.
    Raises:
      DataError: The folder or the key cannot be used.
    """
    path = key_path(params)
    if not path.exists():
        raise DataError(f"key file {path}: no such file; set ingest.key_file to the one that the run used")
    key = load_key(path)
    source = Source(data_dir, params)
    path_of = {slice_id(key, path): path for path in (*source.listing.files, *source.listing.unlisted)}
    wanted = list(slice_ids)
    if not path_of.keys() >= set(wanted):
        path_of |= {slice_id(key, name): name for name in source.later_frames()}
    return {one: path_of[one] for one in wanted if one in path_of}


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES).hex().encode())
    log.warning("made a new key for patient ids, %s: keep it, other ids and splits come from another", path)
