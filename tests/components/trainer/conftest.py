"""Hands out `made_slices.py`, which loads TensorFlow and so is imported only when a test asks for it."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def made() -> ModuleType:
    path = Path(__file__).with_name("made_slices.py")
    spec = importlib.util.spec_from_file_location("made_slices", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def inputs(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examples of both splits and the transform graph; nobody may change them."""
    return made.write_inputs(tmp_path_factory.mktemp("inputs"))
