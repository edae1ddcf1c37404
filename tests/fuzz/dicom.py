"""Fuzz target: bytes as a DICOM file, from the header to the HU of its frames.

Compressed frames are decoded as ever, by a process of their own, whose code is not looked into.
"""

import itertools
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["components", "pydicom"],
    exclude=["pydicom._dicom_dict", "pydicom._private_dict", "pydicom._uid_dict", "pydicom.sr"],  # tables
):
    from components.ingest.params import IngestParams
    from components.slices.dicom.instances import read_instances
    from components.slices.formats import read_slice
    from components.slices.header import Reason, Rejection

from components.imaging.decode import decode_channels
from pipeline.settings.config import DEFAULTS

PARAMS = IngestParams(**DEFAULTS["ingest"])
MOST_FRAMES = 3  # of a file that are read
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
NUMBERS = itertools.count()


def look_at(data: bytes) -> None:
    """Reads bytes as a file; only what is documented may come out."""
    path = FOLDER / str(next(NUMBERS))  # another name each time: readers keep the last file
    path.write_bytes(data)
    try:
        _look_at(path)
    finally:
        path.unlink()


def _look_at(path: Path) -> None:
    read = read_instances(FOLDER, path.name)
    assert read.instances or list(read.rejections) == [path.name]
    assert all(isinstance(why.reason, Reason) for why in read.rejections.values())
    for instance in read.instances[:MOST_FRAMES]:
        assert instance.sop
        assert instance.series
        assert instance.study
        pixels = read_slice(path, instance.frame, PARAMS)
        if not isinstance(pixels, Rejection):
            header = pixels.header
            shape = decode_channels(pixels.encoded(), header.channels).shape
            assert shape == (header.height, header.width, 3)


if __name__ == "__main__":
    atheris.Setup(sys.argv, look_at)
    atheris.Fuzz()
