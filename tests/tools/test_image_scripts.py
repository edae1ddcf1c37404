"""The scripts that build and check an image, with made-up engines that write down their arguments."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.numpy

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tools" / "image"

ANSWERS = """#!/bin/sh
case "$1" in
  info) exit {status} ;;
  --version) echo "{name} version 4.3.1" ;;
  image)
    case "$*" in
      *Size*) echo 2950000000 ;;
      *Entrypoint*) echo {entrypoints} ;;
      *User*) echo "{user}" ;;
    esac
    exit {image_status} ;;
  *) printf '%s\\n' "$@" >> "{calls}"; exit {run_status} ;;
esac
"""


class Machine:
    """A folder of engines, first on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"

    def has(self, name: str, **answers: object) -> None:
        replies = {
            "status": 0,
            "image_status": 0,
            "run_status": 0,
            "entrypoints": 0,
            "user": "10001:0",
            **answers,
        }
        engine = self.folder / name
        engine.write_text(ANSWERS.format(name=name, calls=self.calls, **replies))
        engine.chmod(0o755)

    def run(self, script: str, **settings: str) -> subprocess.CompletedProcess[str]:
        hidden = {
            "IMAGE",
            "BASE_IMAGE",
            "GPU",
            "CA_BUNDLE",
            "ENGINE",
            "BUILD_FLAGS",
            "OUT",
            "SOURCE_DATE_EPOCH",
        }
        environment = {key: value for key, value in os.environ.items() if key not in hidden}
        path = f"{self.folder}:{environment['PATH']}"
        return subprocess.run(
            ["sh", SCRIPTS / script],
            env={**environment, "PATH": path, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.has("docker", status=1)
    made.has("podman", status=1)
    return made


@pytest.mark.parametrize("script", ["build.sh", "check.sh", "sbom.sh", "base.sh"])
def test_a_machine_without_an_engine_is_refused(machine: Machine, script: str):
    result = machine.run(script)
    assert result.returncode == 1
    assert result.stderr == (
        "ichor image: neither docker nor podman answers here (tried: docker podman); install one and start "
        "it, or name it: make image ENGINE=/path/to/podman\n"
    )


def test_docker_without_its_daemon_is_passed_over_for_podman(machine: Machine):
    machine.has("podman")
    result = machine.run("build.sh")
    assert result.returncode == 0, result.stderr
    assert "building ichor:0.1.0 with podman" in result.stdout
    assert "ichor:0.1.0, 2.95 GB, revision " in result.stdout


def test_a_build_with_nothing_set_takes_the_dockerfiles_own_base_and_no_cuda(machine: Machine):
    machine.has("docker")
    assert machine.run("build.sh").returncode == 0
    calls = machine.calls.read_text().splitlines()
    assert calls[:3] == ["build", "--tag", "ichor:0.1.0"]
    assert [word for word in calls if word.startswith(("BASE_IMAGE", "GPU", "--secret", "--timestamp"))] == []


def test_settings_reach_the_engine(machine: Machine):
    machine.has("podman")
    result = machine.run(
        "build.sh",
        BASE_IMAGE="mirror/debian:bookworm-slim",
        GPU="1",
        CA_BUNDLE="/etc/proxy.pem",
        BUILD_FLAGS="--network=host --no-cache",
        SOURCE_DATE_EPOCH="1700000000",
    )
    assert result.returncode == 0, result.stderr
    calls = machine.calls.read_text().splitlines()
    assert calls[2] == "ichor:0.1.0-gpu"
    assert {
        "BASE_IMAGE=mirror/debian:bookworm-slim",
        "GPU=1",
        "id=ca,src=/etc/proxy.pem",
        "--network=host",
        "--no-cache",
        "SOURCE_DATE_EPOCH=1700000000",
    } <= set(calls)
    assert calls[calls.index("--timestamp") + 1] == "1700000000"


def test_a_failed_build_fails_the_target(machine: Machine):
    machine.has("podman", run_status=2)
    assert machine.run("build.sh").returncode == 2


@pytest.mark.parametrize("script", ["check.sh", "sbom.sh"])
def test_an_image_that_is_not_there_is_reported_with_how_to_make_it(machine: Machine, script: str):
    machine.has("podman", image_status=125)
    result = machine.run(script, IMAGE="mine:1")
    assert result.returncode == 1
    assert (
        result.stderr == "ichor image: podman has no image mine:1; make it first: make image IMAGE=mine:1\n"
    )


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ({"entrypoints": 1}, "ichor:0.1.0 has an ENTRYPOINT; Kubeflow's commands would come after it"),
        ({"user": ""}, "ichor:0.1.0 runs as root where nobody names a user"),
        ({"user": "0:0"}, "ichor:0.1.0 runs as root where nobody names a user"),
        ({"run_status": 1}, "python -m pipeline.cli does not run as user 54321:54321"),
        ({}, "the demo said it had ended well, but no model lies in"),
    ],
)
def test_an_image_that_a_cluster_could_not_run_fails_the_check(
    machine: Machine, image: dict[str, object], message: str
):
    machine.has("podman", **image)
    result = machine.run("check.sh")
    assert result.returncode == 1
    assert message in result.stderr


def test_the_demo_is_run_as_a_cluster_would_run_it(machine: Machine, tmp_path: Path):
    machine.has("podman")
    pushed = tmp_path / "out" / "demo" / "output" / "pushed" / "1"
    pushed.mkdir(parents=True)
    (pushed / "saved_model.pb").write_bytes(b"model")
    result = machine.run("check.sh", OUT=str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    calls = machine.calls.read_text()
    demo = calls[calls.rindex("run\n") :].splitlines()
    assert {
        "--read-only",
        "--read-only-tmpfs=false",
        "--network=none",
        "--cap-drop=ALL",
        f"{os.getuid() or 12345}:0",
    } <= set(demo)
    assert demo[-2:] == ["ichor", "demo"]
