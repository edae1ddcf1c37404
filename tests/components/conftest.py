"""Slices that a tiny trunk learns in seconds, and what it learned; TensorFlow is loaded when asked for."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """`made_slices.py`, which loads TensorFlow."""
    return importlib.import_module("made_slices")


@pytest.fixture(scope="session")
def inputs(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examples of both splits and the transform graph; nobody may change them."""
    return made.write_inputs(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="session")
def trained(made: ModuleType, inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a SavedModel that tells the classes apart, as Trainer leaves it; nobody may change it."""
    run = importlib.import_module("components.trainer.run")
    output = tmp_path_factory.mktemp("trained") / "model"
    run.run_fn(made.fn_args(inputs, output, made.params(epochs=1)))
    return output / "Format-Serving"
