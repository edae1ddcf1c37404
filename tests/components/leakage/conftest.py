"""Prints made by hand: what a slice shows is a letter, and equal letters are equal pixels."""

from collections.abc import Callable

import numpy as np
import pytest

from components.leakage.prints import PRINT, Prints, Shows


@pytest.fixture
def prints_of() -> Callable[..., Prints]:
    """Makes prints of rows (split, patient, label, letter); a small letter shows pixels alone, " " nothing.

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
