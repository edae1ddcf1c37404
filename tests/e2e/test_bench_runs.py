"""A bench goes through the real graph, so a change of the graph breaks it here, not when it is asked."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


def test_the_bench_of_nodes_writes_a_row_for_each_data_node(tmp_path: Path):
    page = tmp_path / "performance.md"
    subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--out", str(page), "nodes"], cwd=ROOT, check=True
    )
    first_cells = {
        line.split("|")[1].strip() for line in page.read_text().splitlines() if line.startswith("|")
    }
    assert {"SliceExampleGen", "SliceFilter", "StatisticsGen", "Transform"} < first_cells
