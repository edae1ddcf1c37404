"""The tiers as `conftest.py` orders and leaves them out, on a made-up suite in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

MARKER = "pytestmark" + " = pytest.mark."


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  numpy\n  tf\n  tfx\n  e2e\n")
    for name, tier in [("a", "e2e"), ("b", "tfx"), ("c", "tf"), ("d", "numpy")]:
        source = f"import pytest\n{MARKER}{tier}\ndef test_{name}(): pass\n"
        (tmp_path / f"test_{name}.py").write_text(source)
    return tmp_path


def _pytest(suite: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *arguments]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # faster, and none is needed
    result = subprocess.run(
        command, cwd=suite, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return result.stdout + result.stderr


def test_light_tiers_run_before_heavy_ones(suite: Path):
    lines = [line.split("::")[0] for line in _pytest(suite).splitlines() if "PASSED" in line]
    assert lines == ["test_d.py", "test_c.py", "test_b.py", "test_a.py"]


def test_a_tier_that_is_not_wanted_is_not_even_imported(suite: Path):
    for heavy in ("test_a.py", "test_b.py"):
        with (suite / heavy).open("a") as file:
            file.write("raise RuntimeError('imported')\n")
    printed = _pytest(suite, "--tiers", "numpy,tf")
    assert "2 passed" in printed
    assert "imported" not in printed


def test_an_unknown_tier_is_refused(suite: Path):
    assert "--tiers: nump: not among numpy, tf, tfx, e2e" in _pytest(suite, "--tiers", "nump,tf")


def test_a_module_without_a_tier_is_refused(suite: Path):
    (suite / "test_e.py").write_text("def test_e(): pass\n")
    printed = _pytest(suite)
    assert "test_e.py: needs one line `pytestmark = pytest.mark.numpy|tf|tfx|e2e`" in printed
