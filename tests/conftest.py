"""Puts the tests in the order of their tiers, and leaves tiers out without importing them.

A test module names its tier by `pytestmark = pytest.mark.<tier>`, according to what it imports.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

TIERS = ("numpy", "tf", "tfx", "e2e")
DECLARATION = re.compile(r"^pytestmark = pytest\.mark\.(\w+)$", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--tiers", default=",".join(TIERS), help="test tiers to run, such as numpy,tf; default: all"
    )


def pytest_configure(config: pytest.Config) -> None:
    if unknown := set(_wanted(config)) - set(TIERS):
        raise pytest.UsageError(f"--tiers: {', '.join(sorted(unknown))}: not among {', '.join(TIERS)}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Importing TFX takes 13 s, so a module of a tier that is not wanted is not imported at all."""
    if collection_path.name.startswith("test_") and collection_path.suffix == ".py":
        return _tier(collection_path) not in _wanted(config) or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: TIERS.index(_tier(item.path)))


def _wanted(config: pytest.Config) -> Iterable[str]:
    return config.getoption("--tiers").split(",")


def _tier(module: Path) -> str:
    declared = DECLARATION.findall(module.read_text(encoding="utf-8"))
    if len(declared) != 1 or declared[0] not in TIERS:
        raise pytest.UsageError(f"{module}: needs one line `pytestmark = pytest.mark.{'|'.join(TIERS)}`")
    return str(declared[0])
