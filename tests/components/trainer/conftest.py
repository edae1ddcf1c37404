"""Hands out `made_slices.py`, which loads TensorFlow and so is imported only when a test asks for it."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return importlib.import_module("made_slices")


@pytest.fixture(scope="session")
def inputs(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examples of both splits and the transform graph; nobody may change them."""
    return made.write_inputs(tmp_path_factory.mktemp("inputs"))
