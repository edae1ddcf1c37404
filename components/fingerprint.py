"""A fingerprint of source files, so that TFX's cache sees a change of code."""

import hashlib
from pathlib import Path

SUFFIXES = {".py", ".pbtxt", ".html", ".css", ".js"}
ROOT = Path(__file__).resolve().parent.parent


def of_sources(*rooms: str) -> str:
    """Returns a SHA-256 over the sources of rooms: Python, schemas and pages of the project.

    Args:
      rooms: Folders or files below the project's root, such as "components/ingest".
    Returns:
      Sixteen hexadecimal digits; equal if and only if names and contents are.
    Raises:
      FileNotFoundError: A room does not exist.
    """
    digest = hashlib.sha256()
    for room in sorted(rooms):
        path = ROOT / room
        if not path.exists():
            raise FileNotFoundError(f"no such source room: {room}")
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.suffix in SUFFIXES:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
