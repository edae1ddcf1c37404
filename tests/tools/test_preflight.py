"""The preflight on made-up machines: fakes stand first on PATH for the commands that it calls."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
PYTHON_311 = "CPython 3.11"


class Machine:
    """A folder of fake commands, in front of the shell's own tools."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.include = folder / "include"
        self.project = folder / "project"
        for made in (self.bin, self.include, self.project):
            made.mkdir()
        (self.include / "Python.h").touch()
        (self.project / "pyproject.toml").write_text('required-version = ">=0.13.9"\n')
        for tool in ["sh", "awk", "sed", "sort", "head", "printf", "dirname", "stat", "du", "pwd"]:
            # A script and no link: what a test writes in its place must never reach the system's own.
            self.says(tool, f'PATH=/usr/bin:/bin exec {tool} "$@"')
        self.says("uname", 'if [ "$1" = -s ]; then echo Linux; else echo x86_64; fi')
        self.says("getconf", "echo glibc 2.36")
        self.says("g++", "exit 0")
        self.says("uv", "echo 'uv 0.13.9 (x86_64-unknown-linux-gnu)'")
        self.has_free(50_000_000)
        self.has_python("python3.11", PYTHON_311)

    def says(self, command: str, script: str) -> None:
        (self.bin / command).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / command).chmod(0o755)

    def has_python(self, command: str, version: str, can_install: bool = True) -> None:
        """Makes `command` a Python of this version, with or without the modules venv and pip."""
        itself = f"printf '%s\\n' '{version}' '{self.bin / command}' '{self.include}'"
        self.says(command, f'case "$2" in *get_paths*) {itself};; *) exit {int(not can_install)};; esac')

    def has_free(self, kilobytes: int) -> None:
        self.says("df", f"echo Filesystem; echo '/dev/my disk 99 88 {kilobytes} 17% /my mount'")

    def lacks(self, command: str) -> None:
        (self.bin / command).unlink()

    def preflight(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / "tools" / "preflight.sh")],
            cwd=self.project,
            env={"PATH": str(self.bin), "HOME": str(self.project), **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def complaint(self, **environment: str) -> str:
        """Returns the one line that the preflight refuses this machine with."""
        result = self.preflight(**environment)
        assert result.returncode == 1
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        return line


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_fit_machine_gets_no_complaint_and_its_python_and_uv_are_named(machine: Machine):
    result = machine.preflight()
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"python={machine.bin}/python3.11\nuv=uv\n"


@pytest.mark.parametrize(("system", "processor"), [("Darwin", "arm64"), ("Linux", "aarch64")])
def test_an_unsupported_platform_is_refused(machine: Machine, system: str, processor: str):
    machine.says("uname", f'if [ "$1" = -s ]; then echo {system}; else echo {processor}; fi')
    assert machine.complaint() == (
        f"ichor set-up: this machine is {system} {processor}, but the locked packages exist for "
        "Linux x86_64 only; use such a machine or container."
    )


def test_an_old_glibc_is_refused(machine: Machine):
    machine.says("getconf", "echo glibc 2.5")
    assert "glibc is 2.5, but the locked packages need 2.28 or newer (Debian 10," in machine.complaint()


def test_a_system_without_glibc_is_refused(machine: Machine):
    machine.says("getconf", "exit 1")
    assert "no glibc here (Alpine and other musl systems have none)" in machine.complaint()


def test_another_python_is_refused_by_its_version(machine: Machine):
    machine.lacks("python3.11")
    machine.has_python("python3", "CPython 3.12")
    assert machine.complaint() == (
        "ichor set-up: needs Python 3.11, but python3 is CPython 3.12; install it, or name it: "
        "make PYTHON=/path/to/python3.11"
    )


def test_a_machine_without_python_is_refused(machine: Machine):
    machine.lacks("python3.11")
    assert "needs Python 3.11, but neither python3.11 nor python3 runs;" in machine.complaint()


def test_another_kind_of_python_is_refused(machine: Machine):
    machine.has_python("python3.11", "PyPy 3.11")
    assert "needs Python 3.11, but python3.11 is PyPy 3.11;" in machine.complaint()


def test_a_python3_that_is_3_11_does_where_python3_11_is_a_shim_that_fails(machine: Machine):
    machine.says("python3.11", "echo 'pyenv: python3.11: command not found' >&2; exit 127")
    machine.has_python("python3", PYTHON_311)
    assert f"python={machine.bin}/python3\n" in machine.preflight().stdout


def test_a_python_that_is_set_is_taken_before_the_others(machine: Machine):
    machine.has_python("my-python", PYTHON_311)
    assert f"python={machine.bin}/my-python\n" in machine.preflight(PYTHON="my-python").stdout


def test_a_python_that_is_set_and_does_not_run_is_named(machine: Machine):
    assert "but PYTHON=/no/python does not run;" in machine.complaint(PYTHON="/no/python")


def test_a_missing_compiler_is_reported_with_the_package_that_brings_it(machine: Machine):
    machine.lacks("g++")
    assert machine.complaint() == (
        "ichor set-up: no C++ compiler (g++): one package, pyfarmhash, is built from source; "
        "install g++ (Debian: apt-get install g++)."
    )


def test_another_compiler_may_be_named(machine: Machine):
    machine.lacks("g++")
    machine.says("clang++", "exit 0")
    assert machine.preflight(CXX="clang++ -O1").returncode == 0


def test_missing_python_headers_are_reported_with_the_package_that_brings_them(machine: Machine):
    (machine.include / "Python.h").unlink()
    line = machine.complaint()
    assert f"no Python.h in {machine.include}:" in line
    assert "(Debian: apt-get install python3.11-dev)" in line


def test_too_little_disk_is_reported_with_what_is_needed_and_what_is_there(machine: Machine):
    machine.has_free(1_200_000)
    assert machine.complaint() == (
        "ichor set-up: too little disk: .venv with uv's cache needs 4.5 GB free in "
        f"{machine.project}, which has 1.2 GB."
    )


def test_cache_and_environment_on_two_file_systems_are_checked_singly(machine: Machine):
    machine.has_free(1_200_000)
    machine.says("stat", 'echo "$3"')
    lines = machine.preflight(UV_CACHE_DIR=f"{machine.project}/../cache/of/uv").stderr.splitlines()
    assert [re.sub(r" in .*", "", line) for line in lines] == [
        "ichor set-up: too little disk: .venv needs 4.0 GB free",
        "ichor set-up: too little disk: uv's cache needs 3.5 GB free",
    ]


def test_what_the_environment_holds_already_need_not_be_free(machine: Machine):
    (machine.project / ".venv").mkdir()
    machine.says("du", "echo '3591700\t.venv'")
    machine.has_free(1_000_000)
    assert machine.preflight().returncode == 0


@pytest.mark.parametrize("version", ["0.9.30", "0.13.8"])
def test_a_uv_that_is_too_old_is_passed_over(machine: Machine, version: str):
    machine.says("uv", f"echo 'uv {version}'")
    assert machine.preflight().stdout.endswith("\nuv=\n")


def test_a_newer_uv_of_the_user_is_used(machine: Machine):
    machine.says("uv", "echo 'uv 0.14.0'")
    assert machine.preflight().stdout.endswith("\nuv=uv\n")


def test_without_any_way_to_install_uv_the_package_that_brings_one_is_reported(machine: Machine):
    machine.lacks("uv")
    machine.has_python("python3.11", PYTHON_311, can_install=False)
    line = machine.complaint()
    assert "uv 0.13.9 is missing, and" in line
    assert "has neither venv nor pip to install it with (Debian: apt-get install python3.11-venv)." in line


def test_everything_that_is_wrong_is_reported_at_once(machine: Machine):
    machine.lacks("g++")
    machine.has_free(0)
    machine.says("getconf", "echo glibc 2.17")
    assert len(machine.preflight().stderr.splitlines()) == 3


def test_the_required_glibc_is_the_newest_that_a_locked_package_needs():
    needed = max(filter(None, map(_oldest_glibc, _locked_packages())))
    declared = re.search(r"^GLIBC_NEEDED=(\S+)", (ROOT / "tools" / "preflight.sh").read_text(), re.MULTILINE)
    assert declared is not None
    assert declared[1] == ".".join(map(str, needed))


def test_only_these_locked_packages_with_compiled_code_come_as_source_alone():
    pure_python = {"google-apitools", "kfp-server-api", "rouge-score"}
    sources = {package["name"] for package in _locked_packages() if not package.get("wheels")}
    assert sources == {"ichor", "pyfarmhash"} | pure_python


def _locked_packages() -> list[dict]:
    return tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]


def _oldest_glibc(package: dict) -> tuple[int, int] | None:
    """Returns the glibc that the package's least demanding wheel for this Python needs."""
    names = [wheel["url"].rsplit("/", 1)[1] for wheel in package.get("wheels", [])]
    if any(name.endswith("-none-any.whl") for name in names):
        return None
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    versions = [
        (int(major), int(minor))
        for name in names
        if name.endswith("x86_64.whl") and (f"-{python}-" in name or "abi3" in name or "-none-" in name)
        for major, minor in re.findall(r"manylinux_(\d+)_(\d+)_x86_64", name)
    ]
    return min(versions, default=None)
