"""Runs the compiled pipeline in containers, and compares with the local runner: `python -m tests.containers`

Each step is a container of kfp.local.DockerRunner: an unknown user id, a root file system that nobody
can write, no network. kfp can call a failed step a success, so it is what lies on disk that is looked at.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import docker
from kfp import components, local

from pipeline.kubeflow.compile import kebab
from pipeline.settings.config import DEFAULTS
from tests.containers import engine, killing, outcome
from tests.e2e.conftest import QUICK, SMALL

KEY = bytes(range(32))  # phantoms are nobody
USER = f"{os.getuid() or 12345}:0"  # whoever calls, so that he can remove what was made; not root
STATE = "/state"
IN_CONTAINERS = ("kubeflow.key_secret=mounted", "kubeflow.metadata_address=", f"kubeflow.state_dir={STATE}")


def _ichor(*arguments: str) -> None:
    subprocess.run([sys.executable, "-P", "-m", "pipeline.cli", *arguments], check=True)


def _settings(*values: str) -> list[str]:
    return [part for value in values for part in ("--set", value)]


def prepare(work: Path) -> None:
    """Makes phantoms and a key that containers may read."""
    _ichor("phantoms", "--out", str(work / "phantoms"), *_settings(*SMALL))
    (work / "key").mkdir()
    (work / "key" / "patient.key").write_bytes(KEY)
    (work / "key" / "patient.key").chmod(0o600)
    for made_by_steps in ("root", "state"):
        (work / made_by_steps).mkdir()
        (work / made_by_steps).chmod(0o777)


def run_local(work: Path, settings: list[str]) -> outcome.Outcome:
    """Runs the graph by the local runner, in this environment."""
    out = work / "local"
    key = f"ingest.key_file={work / 'key' / 'patient.key'}"
    _ichor("run", "--data", str(work / "phantoms"), "--output", str(out), *settings, *_settings(key))

    def place(node: str, key: str) -> Path:
        return max((out / "artifacts" / node / key).iterdir(), key=lambda path: int(path.name))

    return outcome.read(place, out / "pushed")


def run_in_containers(
    work: Path, client: docker.DockerClient, image: str, settings: list[str], kill: bool
) -> outcome.Outcome:
    """Compiles the graph and runs it by kfp, a container a step; may kill the Trainer's in its middle."""
    (work / "key" / "patient.key").chmod(0o644)  # as Kubernetes mounts a secret
    compiled = work / "ichor.yaml"
    places = ["--pipeline-root", str(work / "root"), "--data", "/data", "--out", str(compiled)]
    _ichor("compile", "--image", image, *places, *settings, *_settings(*IN_CONTAINERS))
    mounts = [
        docker.types.Mount(target, str(work / folder), type="bind", read_only=target != STATE)
        for target, folder in {
            "/data": "phantoms",
            DEFAULTS["kubeflow"]["key_folder"]: "key",
            STATE: "state",
        }.items()
    ]
    runner = local.DockerRunner(
        mounts=mounts, user=USER, read_only=True, network_mode="none", cap_drop=["ALL"], tmpfs={"/tmp": ""}
    )
    local.init(runner=runner, pipeline_root=str(work / "root"), workspace_root=tempfile.mkdtemp(dir=work))
    killer = killing.Killer(client, "Trainer", work / "state", "training-state/*/*")
    with killer.at_work() if kill else contextlib.nullcontext():
        components.load_component_from_file(str(compiled))()
    if kill and not killer.killed:
        raise RuntimeError("the Trainer was over before it could be killed")
    (run,) = (work / "root").iterdir()
    ran = outcome.require_every_step(compiled, run)
    print(f"{ran} containers ran, and each wrote its output")

    def place(node: str, key: str) -> Path:
        return run / kebab(node) / key

    return outcome.read(place, work / "state" / "pushed")


def main() -> int:
    """Runs both and returns 0 if they came to the same."""
    parser = argparse.ArgumentParser(prog="python -m tests.containers")
    named = os.environ.get("IMAGE") or f"ichor:{version('ichor')}"
    parser.add_argument("--image", default=named, help=f"{named} by default")
    parser.add_argument(
        "--kill", action="store_true", help="kill the Trainer's container once, in its middle"
    )
    parsed = parser.parse_args()
    settings = _settings(*QUICK, "trainer.weights=none", "ingest.source=image")
    with tempfile.TemporaryDirectory(prefix="ichor-containers-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        work.chmod(0o755)
        with engine.docker_api(work) as client:
            image = engine.full_name(client, parsed.image)
            prepare(work)
            began = time.monotonic()
            by_local = run_local(work, settings)
            between = time.monotonic()
            by_kfp = run_in_containers(work, client, image, settings, parsed.kill)
            ended = time.monotonic()
    wrong = outcome.differences(by_local, by_kfp)
    print(f"local runner {between - began:.0f} s, containers {ended - between:.0f} s")
    print(f"blessed: {by_kfp.blessed}; {by_kfp.pushed} model pushed; {len(by_kfp.scores)} slices scored")
    print(f"on the validation slices: {by_kfp.metrics['Evaluator']}")
    for line in wrong:
        print(f"local runner and containers differ in {line}")
    return 1 if wrong or by_kfp.pushed != 1 else 0


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.exit(main())
