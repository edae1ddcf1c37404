"""Small folders of made-up slices; and slices that a tiny trunk learns in seconds, with its model.

TensorFlow is loaded when it is needed.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from components.ingest.params import IngestParams

SIDE = 40  # pixels


@pytest.fixture
def params(tmp_path: Path) -> IngestParams:
    return IngestParams(
        form="auto",
        source="auto",
        windows="40/80 80/200 600/2800",
        series="one",
        table="labels.csv",
        hemorrhage_folders=("hemorrhage", "bleed"),
        normal_folders=("normal",),
        patient_pattern="",
        slicing_columns=("*",),
        max_slicing_values=4,
        key_file=str(tmp_path / "keys" / "patient.key"),
        seed=0,
        train_buckets=4,
        val_buckets=1,
        test_buckets=1,
        max_rejected_share=0.05,
        min_side=32,
        max_side=100,
        shards=0,
    )


@pytest.fixture
def fixed_key(tmp_path: Path) -> Path:
    """A key file that gives the same hashes, and so the same splits, on every run."""
    path = tmp_path / "fixed.key"
    path.write_bytes(b"0123456789abcdef0123456789abcdef")
    path.chmod(0o600)
    return path


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def draw() -> Callable[[Path, int], Path]:
    """Writes an image of noise that a number determines, as the suffix says."""

    def write(path: Path, number: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        return path

    return write


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """`made_slices.py`, which loads TensorFlow."""
    return importlib.import_module("made_slices")


@pytest.fixture(scope="session")
def inputs(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examples of both splits and the transform graph; read only."""
    return made.write_inputs(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="session")
def trained(made: ModuleType, inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a SavedModel that separates the classes, as Trainer leaves it; read only."""
    run = importlib.import_module("components.trainer.run")
    output = tmp_path_factory.mktemp("trained") / "model"
    run.run_fn(made.fn_args(inputs, output, made.params(epochs=1)))
    return output / "Format-Serving"
