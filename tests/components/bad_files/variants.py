"""Sound DICOM files of each kind, small, as starting points for tests that damage them."""

import tempfile
from pathlib import Path

from dicom_variants import LEFT_OUT, VARIANTS


def _made() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        sound = {name: make(Path(folder, name)).files[0] for name, make in VARIANTS.items()}
        others = {name: make(Path(folder, name)) for name, make in LEFT_OUT.items()}
        return {name: path.read_bytes() for name, path in (sound | others).items()}


SOUND = _made()
