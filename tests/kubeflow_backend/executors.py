"""Executors that end in all the ways in which one can, for tests of the entrypoint."""

from pathlib import Path
from typing import Any

from tfx.dsl.components.base.base_executor import BaseExecutor

from components.ingest.errors import DataError

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


class Broken(BaseExecutor):
    """Writes and then fails as a fault in the code does."""

    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None:
        _write(output_dict)
        raise KeyError("brain")
