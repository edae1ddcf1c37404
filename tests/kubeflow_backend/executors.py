"""Executors that end in all the ways in which one can, for tests of the entrypoint."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from tfx.dsl.components.base.base_executor import BaseExecutor

from components.artifacts import keep_stopped
from components.slices.errors import DataError

FILE = "half.txt"


def _write(output_dict: dict[str, Any]) -> None:
    folder = Path(output_dict["pushed_model"][0].uri)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text("written")


class Whole(BaseExecutor):
    """Ends well."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        _write(output_dict)
        output_dict["pushed_model"][0].set_string_custom_property("of", input_dict["model"][0].uri)


class Refusing(BaseExecutor):
    """Writes and then refuses the user's data."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        _write(output_dict)
        raise DataError("data folder /data:\nno slices in it")


class Naming(BaseExecutor):
    """Fails on a file that bears a patient's name, and reports it as Beam does."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        error = FileNotFoundError(2, "No such file or directory", "/data/Doe^John.png")
        logging.getLogger("apache_beam.runners.worker.sdk_worker").error("Original traceback is %s", error)
        raise error


class Accounting(BaseExecutor):
    """Refuses the user's data and leaves an account of it beside its output."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        _write(output_dict)
        folder = keep_stopped(output_dict["pushed_model"][0].uri)
        raise DataError(f"too many rejected; {folder}/{FILE} lists them")


class Starting(BaseExecutor):
    """Starts a process, as Beam does a worker."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        subprocess.run([sys.executable, "-m", "grpc"], capture_output=True, check=False)


class Broken(BaseExecutor):
    """Writes and then fails as a fault in the code does."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        _write(output_dict)
        raise KeyError("brain")
