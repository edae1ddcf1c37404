"""Runs work in a new process, where nothing has been imported, traced or cached yet."""

import importlib
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from bench.sections import Section
from bench.sizes import Sizes
from bench.workplace import Workplace
from pipeline.terminal.console import chatter_to

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
TAIL = 4000  # characters of the log that are shown when a bench fails


def in_own_process(
    work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """Calls a module's function in a new process and returns what it returns."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **named).result()


def run_bench(name: str, module: str, folder: Path, sizes: Sizes) -> Section:
    """Runs a bench; what libraries print goes into a log below the folder.

    Args:
      name: Of the bench.
      module: Holds its `run`.
      folder: Scratch folder.
      sizes: How much to measure.
    """
    log = folder / f"{name}.log"
    with chatter_to(log) as terminal:
        try:
            return importlib.import_module(module).run(Workplace(name, folder, sizes, terminal))
        except Exception:
            terminal.write(log.read_text(encoding="utf-8", errors="replace")[-TAIL:])
            raise
