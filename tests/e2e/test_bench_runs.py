"""A bench goes through the real graph, so a change of the graph breaks it here, not when it is called."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("nodes", {"SliceExampleGen", "SliceFilter", "LeakageGate", "StatisticsGen", "Transform"}),
        ("leakage", {"decoding a slice once (Pillow)", "a slice's print, decoding included"}),
        ("epoch", {"through ichor's input", "bare Keras loop"}),
        ("first_step", {"compile and fit", "ichor"}),
        ("serving", {"1", "8", "32", "64"}),
    ],
)
def test_a_bench_writes_a_row_for_each_thing_it_compares(tmp_path: Path, name: str, rows: set[str]):
    page = tmp_path / "performance.md"
    subprocess.run([sys.executable, "-m", "bench", "--quick", "--out", str(page), name], cwd=ROOT, check=True)
    first_cells = {
        line.split("|")[1].strip() for line in page.read_text().splitlines() if line.startswith("|")
    }
    assert rows < first_cells
