"""`ichor` as it is installed, called where modules of the same names lie."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.shadowing import imported, write_modules

pytestmark = pytest.mark.e2e


def test_a_run_and_beams_worker_processes_import_none_of_them(place):
    write_modules(place.folder)
    settings = ["beam.running_mode=multi_processing", "beam.workers=2", "ingest.min_side=97"]
    assignments = [part for setting in settings for part in ("--set", setting)]
    done = subprocess.run(
        [Path(sys.executable).with_name("ichor"), "run", *assignments],
        cwd=place.folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert imported(place.folder) == []
    # Said after Beam's workers have read all slices, which are of 96 x 96 pixels.
    assert "120 of 120 files cannot be read" in done.stdout + done.stderr
    assert done.returncode == 1
