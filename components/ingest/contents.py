"""A fingerprint of all that goes into the records, so that TFX's cache sees any change of it."""

import concurrent.futures
import hashlib
import json
from pathlib import Path

from components.ingest.plan import Plan
from components.slices.files import open_regular, size_of

READERS = 4  # threads; hashing frees the interpreter, so that disk and processor overlap
DIGEST_BYTES = 16
MOST_BYTES = 2**31  # of a file; no reader takes more, and a sparse one may say any number


def fingerprint(data_dir: Path, plan: Plan, key: bytes) -> str:
    """Hashes names, labels, patients, attributes and contents; times and folder do not count.

    Args:
      data_dir: Folder of the files.
      plan: Of that folder.
      key: That ids are hashed with; another gives another fingerprint.
    Returns:
      32 hexadecimal digits.
    """
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES, key=key[: hashlib.blake2b.MAX_KEY_SIZE])
    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        paths = dict.fromkeys(row.path for row in plan.slices)  # one path holds all frames of a file
        contents = dict(zip(paths, pool.map(_of_file, map(data_dir.joinpath, paths)), strict=True))
        for row in plan.slices:
            known = [row.name, row.hemorrhage, row.patient, row.slice_index, row.attributes]
            digest.update(json.dumps(known).encode() + contents[row.path])
    return digest.hexdigest()


def _of_file(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            size = size_of(file)
            if size > MOST_BYTES:
                return f"not read: {size}".encode()
            return hashlib.file_digest(file, "blake2b").digest()
    except OSError as error:
        return f"unreadable: {error.errno}".encode()
