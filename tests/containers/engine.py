"""Docker's API for kfp, from docker itself or from podman."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import docker

SECONDS_TO_ANSWER = 180  # it waits while another podman removes or builds an image


@contextlib.contextmanager
def docker_api(folder: Path) -> Iterator[docker.DockerClient]:
    """Yields a client of docker's daemon, or of podman's service if none answers; DOCKER_HOST then names it.

    Args:
      folder: Where podman's socket and log go.
    Raises:
      RuntimeError: Neither answers.
    """
    client = _answering()
    if client:
        yield client
        return
    address = f"unix://{folder / 'podman.sock'}"
    with (folder / "podman.log").open("wb") as log:
        try:
            service = subprocess.Popen(
                ["podman", "system", "service", "--time=0", address], stdout=log, stderr=log
            )
        except FileNotFoundError:
            raise RuntimeError("neither docker nor podman answers here; install one and start it") from None
        os.environ["DOCKER_HOST"] = address
        try:
            deadline = time.monotonic() + SECONDS_TO_ANSWER
            while not (client := _answering()):
                if service.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"podman's service does not answer: {(folder / 'podman.log').read_text()}"
                    )
                time.sleep(0.2)
            yield client
        finally:
            service.terminate()
            service.wait()


def _answering() -> docker.DockerClient | None:
    try:
        client = docker.from_env(timeout=600)
        client.ping()
    except docker.errors.DockerException:
        return None
    return client


def full_name(client: docker.DockerClient, image: str) -> str:
    """Returns an image's name as the engine lists it, which is how kfp looks for it.

    Raises:
      RuntimeError: There is no such image.
    """
    try:
        return client.images.get(image).tags[0]
    except docker.errors.ImageNotFound:
        raise RuntimeError(f"there is no image {image}; make it first: make image IMAGE={image}") from None
