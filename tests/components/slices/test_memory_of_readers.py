"""Readers take little memory whatever a header claims, each in a process of its own that is measured."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bad_files import DICOMS, IMAGES
from dicom_variants import enhanced

from components.ingest.params import IngestParams
from components.slices.header import Reason

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[3]
MEGABYTE = 2**20
# A deflated data set may take 128 MB, twice while it grows; a header's elements and items 200 MB.
MOST_GROWTH = 400 * MEGABYTE

READ = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from components.slices.dicom.decoder import decoder
from components.slices.dicom.instances import read_instances
from components.ingest.params import IngestParams
from components.slices.formats import read_slice

def peak():
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss * 1024 for who in both)

params, frame = IngestParams.from_json(sys.argv[2]), int(sys.argv[3])
before, told = peak(), []
for path in map(Path, sys.argv[4:]):
    image = read_slice(path, None, params)
    read = read_instances(path.parent, path.name)
    slices = read_slice(path, frame, params) if read.instances else read.rejections[path.name]
    decoder.stop()
    told.append([*(getattr(found, "reason", None) for found in (image, slices)), peak() - before])
print(json.dumps(told))
"""


Measured = tuple[str | None, str | None, int]


def measured(paths: list[Path], params: IngestParams, frame: int = 0) -> list[Measured]:
    """Why each file is no image and no DICOM slice, and by how much the readers' processes had grown then."""
    command = [sys.executable, "-c", READ, str(ROOT), params.to_json(), str(frame), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [(image, slices, growth) for image, slices, growth in json.loads(done.stdout)]


def test_bombs_are_refused_within_bounded_memory(tmp_path, params):
    bombs = [case for case in (*IMAGES, *DICOMS) if case.bomb]
    paths = [tmp_path / str(number) for number in range(len(bombs))]
    for path, case in zip(paths, bombs, strict=True):
        path.write_bytes(case.data)
    told = measured(paths, params)
    assert len(told) >= 12
    for case, (image, slices, growth) in zip(bombs, told, strict=True):
        assert (case.name, slices if case in DICOMS else image) == (case.name, case.reason)
        assert (case.name, growth) < (case.name, MOST_GROWTH)


def test_a_frame_of_a_file_of_two_gigabytes_takes_the_memory_of_a_frame(tmp_path, params):
    frames, side = 4000, 512
    dataset = enhanced.enhanced_dataset(range(8))
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = frames, side, side
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    del dataset.PerFrameFunctionalGroupsSequence
    path = tmp_path / "large"
    dataset.save_as(path, enforce_file_format=True)
    data, length = path.read_bytes(), frames * side * side * 2
    at = data.index(b"\xe0\x7f\x10\x00OW\x00\x00") + 8
    with path.open("wb") as file:
        file.write(data[:at] + length.to_bytes(4, "little"))
        file.truncate(at + 4 + length)  # the rest is not on the disk, and reads as zeros
    ((image, slices, growth),) = measured([path], params.model_copy(update={"max_side": side}), 3500)
    assert (image, slices) == (Reason.TOO_LARGE, None)
    assert growth < 60 * MEGABYTE
