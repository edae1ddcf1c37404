"""The fuzz targets go through files, and end at what a reader must not do. Fuzzing itself is `make fuzz`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bad_files.dicom_source import saved, slice_of
from bad_files.images import PNG

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
SOUND = {"images": PNG, "dicom": saved(slice_of("fuzz"))}
BROKEN = {"images": "decode_grey", "dicom": "read_slice"}


RUN = """
import sys
import tests.fuzz.{target} as target
data = open(sys.argv[1], "rb").read()
target.look_at(data)
print("passed")
target.{reader} = lambda *_: 1 / 0
target.look_at(data)
"""


@pytest.mark.parametrize("target", SOUND)
def test_a_target_passes_a_sound_file_and_ends_at_an_error_that_no_reader_may_raise(target, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(SOUND[target])
    code = RUN.format(target=target, reader=BROKEN[target])
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'components'}"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["passed"], done.stderr
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
