"""What lies in the working directory is never taken for what is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.terminal.working_directory import SAFE_PATH, never_imported
from tests.shadowing import imported, write_modules

pytestmark = pytest.mark.numpy


@pytest.mark.parametrize("start", [["-m", "grpc"], ["-c", "import grpc"]])
def test_a_process_that_is_started_meanwhile_does_not_import_from_it(tmp_path: Path, start: list[str]):
    folder = write_modules(tmp_path)
    command = [sys.executable, *start]
    with never_imported():
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert imported(folder) == []
    subprocess.run(command, cwd=folder, capture_output=True, check=False, env=without_setting())
    assert imported(folder) == ["grpc.imported"]


def without_setting() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != SAFE_PATH}


@pytest.mark.parametrize("before", [None, "", "yes"])
def test_afterwards_the_environment_is_as_it_was(before: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SAFE_PATH, raising=False)
    if before is not None:
        monkeypatch.setenv(SAFE_PATH, before)
    with never_imported():
        assert os.environ[SAFE_PATH]
    assert os.environ.get(SAFE_PATH) == before
