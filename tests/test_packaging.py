"""The wheel and the source distribution, built from a copy of the sources as a user's machine has them."""

import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from components import fingerprint
from pipeline import graph
from pipeline.settings.loading import load

pytestmark = pytest.mark.tfx

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "components", "pipeline")
BESIDE = ("setup.py", "pyproject.toml", "README.md", "LICENSE")

# Isolated (-I), so that neither PYTHONPATH nor the working directory offers the sources; the folder
# goes before site-packages, where an editable install of the same packages may stand.
IMPORT_USER_CODE = """
import importlib, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from components.fingerprint import ROOT
from pipeline.graph import SCHEMA, USER_CODE

for path in USER_CODE:
    module, name = path.rsplit(".", 1)
    module = importlib.import_module(module)
    assert callable(getattr(module, name)), path
    print(path, Path(module.__file__).is_relative_to(sys.argv[1]))
print("schema", (ROOT / SCHEMA).is_file() and ROOT.is_relative_to(sys.argv[1]))
"""

# The fingerprints of some rooms, and the files that they are of.
FOLLOW = """
import json, sys

sys.path.insert(0, sys.argv[1])
from components.fingerprint import ROOT, files_of, of_code

print(json.dumps({
    start: [of_code(start), sorted(file.relative_to(ROOT).as_posix() for file in files_of(start))]
    for start in sys.argv[2:]
}))
"""


def _run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _sources() -> set[str]:
    """Returns every file that a worker needs: all of the three packages but compiled bytecode."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("project")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(project: Path) -> Path:
    _run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", "dist", cwd=project)
    (built,) = (project / "dist").glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == _sources()


def test_the_wheel_requires_no_other_package_and_brings_the_command(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        read = {name.rsplit("/", 1)[1]: archive.read(name).decode() for name in archive.namelist()}
    required = [line for line in read["METADATA"].splitlines() if line.startswith("Requires-Dist")]
    assert [line for line in required if "; extra ==" not in line] == []
    assert "License-Expression: Apache-2.0" in read["METADATA"]
    assert read["entry_points.txt"].split() == ["[console_scripts]", "ichor", "=", "pipeline.cli:main"]


def test_a_type_checker_reads_the_types_of_the_installed_wheel(wheel: Path, tmp_path: Path):
    _run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=tmp_path)
    (folder,) = tmp_path.glob("venv/lib/*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (tmp_path / "user.py").write_text("".join(f"import {package}\n" for package in PACKAGES))
    python = tmp_path / "venv" / "bin" / "python"
    assert "no issues" in _run(
        sys.executable, "-m", "mypy", "--python-executable", python, "user.py", cwd=tmp_path
    )


def test_the_source_distribution_that_beam_makes_holds_every_file_of_the_packages(project: Path):
    _run(sys.executable, "setup.py", "sdist", "--dist-dir", "beam", cwd=project)
    (built,) = (project / "beam").glob("*.tar.gz")
    with tarfile.open(built) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert _sources() | {"setup.py", "pyproject.toml"} <= held


@pytest.fixture
def site_packages(wheel: Path, tmp_path: Path) -> Path:
    """The wheel among the packages that it works with, as an image has them."""
    folder = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:  # a wheel of pure Python is installed by unpacking it
        archive.extractall(folder)
    for package in ("apache_beam", "numpy", "pandas", "pydicom", "tensorflow", "tfx"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        (folder / package).symlink_to(Path(spec.origin).parent)
    return folder


def test_the_installed_wheel_has_the_checkouts_fingerprints_of_its_own_files_alone(
    site_packages: Path, monkeypatch: pytest.MonkeyPatch
):
    nodes: dict[str, str] = {}
    of_code = fingerprint.of_code
    monkeypatch.setattr(fingerprint, "of_code", lambda start: nodes.setdefault(start, of_code(start)))
    graph.build_pipeline(load(assignments=["trainer.weights=none"], environment={}, read_file=False).config)
    assert "components/ingest" in nodes
    installed = json.loads(_run(sys.executable, "-I", "-c", FOLLOW, site_packages, *nodes, cwd=site_packages))
    assert {start: digest for start, (digest, _) in installed.items()} == nodes
    for start, (_, files) in installed.items():
        assert len(files) < 100, start
        assert {file.split("/", 1)[0] for file in files} <= set(PACKAGES), start


def test_every_file_of_the_wheel_counts_in_a_fingerprint(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = [Path(name) for name in archive.namelist() if name.startswith("components/")]
    rooms = [name for name in held if len(name.parts) > 2]
    assert {name.suffix for name in rooms} <= fingerprint.SUFFIXES


def test_every_dotted_path_of_user_code_imports_from_the_installed_wheel(wheel: Path, tmp_path: Path):
    target = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:  # a wheel of pure Python is installed by unpacking it
        archive.extractall(target)
    printed = _run(sys.executable, "-I", "-c", IMPORT_USER_CODE, target, cwd=tmp_path)
    assert [line for line in printed.splitlines() if line.startswith(("components.", "schema "))] == [
        "components.transform.preprocess.preprocessing_fn True",
        "components.trainer.run.run_fn True",
        "components.trainer.tuning.search.tuner_fn True",
        "schema True",
    ]
