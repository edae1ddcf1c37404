"""A step's container is killed in its middle and tried again as KFP's backend does; kfp.local does not."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import docker
from kfp.local import docker_task_handler

SECONDS_BETWEEN_LOOKS = 0.05


class Killer:
    """Kills the container of one step, once, as soon as a file is there.

    Attributes:
      node: Whose container.
      killed: Whether it has been.
    """

    def __init__(self, client: docker.DockerClient, node: str, folder: Path, pattern: str) -> None:
        self.node, self.killed = node, False
        self._client, self._folder, self._pattern = client, folder, pattern

    def watch(self, over: threading.Event) -> None:
        """Looks for the file until it is there or the step is over."""
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            if any(self._folder.glob(self._pattern)):
                (container,) = [
                    container
                    for container in self._client.containers.list()
                    if self.node in container.attrs["Config"]["Cmd"]
                ]
                container.kill()
                self.killed = True
                return

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Watches the containers that kfp starts, and starts the killed one again."""
        start: Callable[..., int] = docker_task_handler.run_docker_container

        def start_and_try_again(*, command: list[str], **more: object) -> int:
            if self.killed or self.node not in command:
                return start(command=command, **more)
            over = threading.Event()
            watcher = threading.Thread(target=self.watch, args=(over,))
            watcher.start()
            status = start(command=command, **more)
            over.set()
            watcher.join()
            if not self.killed:
                return status
            print(f"{self.node} was killed in its middle, and is tried again")
            return start(command=command, **more)

        with mock.patch.object(docker_task_handler, "run_docker_container", start_and_try_again):
            yield
