"""Files of a step's container."""

import atexit
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from components import fingerprint
from components.ingest.driver import PARAMS_KEY
from components.ingest.params import IngestParams

PACKAGE = "package://"  # before the path of a file that ships with ichor, wherever it is installed
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def in_package(path: str) -> str:
    """Returns where a file of the package lies here; any other path as it is."""
    if path.startswith(PACKAGE):
        return str(fingerprint.ROOT / path.removeprefix(PACKAGE))
    return path


def write_whole(path: Path, text: str) -> None:
    """Writes a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)


def private_key(properties: dict[str, Any]) -> dict[str, Any]:
    """Gives the ingest a copy of the patients' key that it alone may read.

    Kubernetes mounts a secret with mode 0644 by default, and KFP has no setting for the mode. The
    copy goes with this process.

    Args:
      properties: Of a node; those without a key are returned as they are.
    """
    if PARAMS_KEY not in properties or "key_file" not in properties[PARAMS_KEY]:
        return properties
    params = IngestParams.from_json(properties[PARAMS_KEY])
    mounted = Path(params.key_file)
    if not mounted.is_file() or not mounted.stat().st_mode & OTHERS:
        return properties
    folder = tempfile.mkdtemp(prefix="ichor-key-")  # mode 0700
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder) / mounted.name
    copy.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    copy.write_bytes(mounted.read_bytes())
    return {**properties, PARAMS_KEY: params.model_copy(update={"key_file": os.fspath(copy)}).to_json()}
