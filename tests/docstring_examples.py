"""The `>>>` examples in docstrings of the three packages, by the tier that a module's imports ask for."""

import doctest
import importlib
import re
from pathlib import Path
from types import ModuleType

from tests.test_house_rules import HEAVIER
from tests.test_import_directions import ROOT, imports, modules, reached_from


def modules_with_examples(tier: str) -> list[str]:
    """Returns the modules of a tier whose docstrings have examples, without importing them."""
    files = modules(ROOT)
    return [name for name, path in files.items() if _has_examples(path) and _tier(name, files) == tier]


def _has_examples(path: Path) -> bool:
    return ">>> " in path.read_text(encoding="utf-8")


def _tier(module: str, files: dict[str, Path]) -> str:
    imported = {name for reached in reached_from(module, files) for name in imports(reached, files[reached])}
    return next(
        tier for tier, heavy in HEAVIER.items() if not any(re.match(heavy, name) for name in imported)
    )


def failures(module: str | ModuleType) -> str:
    """Returns doctest's report of a module's examples that do not hold, or ""."""
    if isinstance(module, str):
        module = importlib.import_module(module)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for examples in doctest.DocTestFinder().find(module):
        runner.run(examples, out=report.append)
    if not runner.tries:
        report.append(f"{module.__name__}: no example was run; >>> has to stand in a docstring")
    return "".join(report)
