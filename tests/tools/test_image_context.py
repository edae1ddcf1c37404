"""What travels into the build of an image, and what the Dockerfile promises."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath

import pytest

from tests.shadowing import imported, write_modules

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PACKAGES = ("schemas", "components", "pipeline")


def _rules() -> list[tuple[bool, re.Pattern[str]]]:
    """Returns for each line of .dockerignore whether it takes back, and what it matches."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    return [(line.startswith("!"), _pattern(line.removeprefix("!"))) for line in lines]


def _pattern(text: str) -> re.Pattern[str]:
    # Source: docs.docker.com/build/concepts/context, "Syntax": Go's filepath.Match, and ** for any folders.
    parts = re.split(r"(\*\*/|\*)", text)
    wild = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(wild.get(part, part.replace(".", r"\.")) for part in parts))


def travels(path: str) -> bool:
    """Says whether a file goes into the build: the last line that matches it or a folder above it decides."""
    places = [path, *(parent.as_posix() for parent in PurePosixPath(path).parents if parent.name)]
    out = False
    for takes_back, pattern in _rules():
        if any(pattern.fullmatch(place) for place in places):
            out = not takes_back
    return not out


def _files_of_the_packages() -> list[str]:
    return [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_every_source_of_the_packages_travels():
    sources = _files_of_the_packages()
    assert len(sources) > 200
    assert [path for path in sources if not travels(path)] == []


@pytest.mark.parametrize(
    "folder", ["", "data/", "demo/output/", "slices/", "components/", "pipeline/kept/here/"]
)
@pytest.mark.parametrize(
    "name",
    [
        "slice_0001.png",
        "scan.jpg",
        "head.dcm",
        "IM000001",
        "DICOMDIR",
        "1.2.840.113619.2.55.3",
        "labels.csv",
        "labels.xlsx",
        "train.tfrecord.gz",
        "ct.nii.gz",
        "ingest.key",
        "metadata.sqlite",
        ".env",
        "id_rsa.pem",
    ],
)
def test_no_data_and_no_key_travels_wherever_it_lies(folder: str, name: str):
    assert not travels(folder + name)


@pytest.mark.parametrize(
    "path",
    [
        "demo/output/report.html",
        "data/reader.py",
        "tests/conftest.py",
        "mkdocs.yml",
        "docs/index.md",
        ".git/config",
        ".github/workflows/ci.yml",
        ".pre-commit-config.yaml",
        "build/site/index.html",
    ],
)
def test_not_even_sources_travel_from_other_folders(path: str):
    assert not travels(path)


def test_what_the_dockerfile_copies_and_mounts_exists_and_travels():
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE))
    from_stages = set(re.findall(r"--from=(\w+)", DOCKERFILE))
    named = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for source in line.split()
    ]
    named += re.findall(r"type=bind,source=([^,]+),", DOCKERFILE)
    named += re.findall(r"sh (tools/image/\S+)", DOCKERFILE)
    assert from_stages <= stages
    assert {"pyproject.toml", "uv.lock", "tools/image/check_imports.py", "tools/image/install.sh"} <= set(
        named
    )
    assert [name for name in named if name != "." and not (travels(name) and (ROOT / name).exists())] == []


def test_nothing_runs_before_what_is_required():
    assert not re.search(r"^\s*(ENTRYPOINT|CMD)\b", DOCKERFILE, re.MULTILINE)


def test_the_user_is_a_number_that_kubernetes_can_see_is_not_root():
    users = re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)
    assert len(users) == 1
    assert int(users[0].split(":")[0]) > 0


def test_python_imports_nothing_from_the_working_directory_of_a_container(tmp_path: Path):
    folder = write_modules(tmp_path)
    image = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    settings = " ".join(re.findall(r"^ENV ((?:.*\\\n)*.*)$", image, re.MULTILINE)).replace("\\\n", " ")
    environment = dict(word.split("=", 1) for word in settings.split() if word.startswith("PYTHON"))
    assert environment
    subprocess.run(
        [sys.executable, "-m", "pipeline.cli"], cwd=folder, env=environment, capture_output=True, check=False
    )
    assert imported(folder) == []


def test_the_last_thing_that_the_build_runs_is_the_check_of_imports():
    assert "check_imports.py" in DOCKERFILE[DOCKERFILE.rindex("\nRUN ") :]


def test_the_build_installs_groups_that_the_lock_has():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    installed = set(re.findall(r"--group (\w+)", DOCKERFILE))
    assert installed == {"stack", "gpu"}
    assert installed <= set(groups)


def test_the_gpu_group_is_what_tensorflow_needs_on_cuda():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    required = importlib.metadata.requires("tensorflow") or []
    cuda = {line.split(";")[0].strip() for line in required if 'extra == "and-cuda"' in line}
    assert cuda
    assert set(groups["gpu"]) == cuda


def test_an_image_is_made_of_the_same_builder_as_the_lock_names():
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"]: package["version"] for package in lock["package"]}
    assert document["tool"]["uv"]["build-constraint-dependencies"] == [f"setuptools=={locked['setuptools']}"]


@pytest.mark.parametrize(
    "script", sorted((ROOT / "tools" / "image").glob("*.sh")), ids=lambda path: path.name
)
def test_a_script_is_read_by_a_plain_shell(script: Path):
    read = subprocess.run(["sh", "-n", script], capture_output=True, text=True, timeout=10, check=False)
    assert read.stderr == ""
