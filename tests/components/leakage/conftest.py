"""Prints made by hand; and `made_records.py`, which loads TensorFlow, so is imported only when asked for."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from components.leakage.prints import PRINT, Prints, Shows


@pytest.fixture(scope="session")
def made() -> ModuleType:
    path = Path(__file__).with_name("made_records.py")
    spec = importlib.util.spec_from_file_location("made_records", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def prints_of() -> Callable[..., Prints]:
    """Makes prints of rows (split, patient, label, letter); equal letters are equal pixels.

    A small letter shows too little to be like anything, " " nothing.
    Slices are named by their place, "00", "01" and so on, and must come by split. `steps` has the brightness
    steps, bool (256,), of a letter; letters without have random ones.
    """

    def make(*rows: tuple[int, str, int, str], steps: dict[str, np.ndarray] | None = None) -> Prints:
        prints = np.zeros(len(rows), PRINT)
        for place, (split, patient, label, letter) in enumerate(rows):
            random = np.random.default_rng(ord(letter)).random(256) < 0.5
            bits = random if steps is None or letter not in steps else steps[letter]
            shows = Shows.NOTHING if letter == " " else Shows.PIXELS if letter.islower() else Shows.A_HEAD
            packed = np.packbits(bits) if shows is Shows.A_HEAD else np.zeros(32, np.uint8)
            prints[place] = (f"{place:02d}", patient, split, label, shows, f"file {place}", letter, packed)
        return prints

    return make
