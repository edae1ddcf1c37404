"""The search for slices that look alike, against comparing each with each."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imaging import hamming
from components.imaging.likeness import CLOSER_SIDE, edge_correlation
from components.leakage.alike import Alike
from components.leakage.findings import Finding, Kind, Pair
from components.leakage.prints import PRINT, Prints, Shows

pytestmark = pytest.mark.numpy

TRAIN, VAL, TEST = 0, 1, 2
BOUND = 16


def where(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def picture(seed: int, noise: float = 0.0, noise_seed: int = 0) -> np.ndarray:
    """A thumbnail of random blocks; the more noise, the less it looks like the same seed's without."""
    blocks = np.random.default_rng(seed).integers(0, 200, (8, 8))
    whole = np.kron(blocks, np.ones((CLOSER_SIDE // 8, CLOSER_SIDE // 8)))
    return np.uint8(np.clip(whole + np.random.default_rng(noise_seed).normal(0, noise, whole.shape), 0, 255))


def looker(thumbnails: np.ndarray, asked: set[int] | None = None):
    def look_closer(indices: np.ndarray) -> np.ndarray:
        if asked is not None:
            asked.update(indices.tolist())
        return thumbnails[indices]

    return look_closer


def random_prints(seed: int, number: int, originals: int) -> tuple[Prints, np.ndarray]:
    """Slices whose hashes are few places away from some originals', some of them equal, and thumbnails."""
    random = np.random.default_rng(seed)
    hashes = random.random((originals, 256)) < 0.3
    prints, thumbnails = np.zeros(number, PRINT), np.zeros((number, CLOSER_SIDE, CLOSER_SIDE), np.uint8)
    prints["slice_id"] = [f"{place:03d}" for place in range(number)]
    prints["split"] = np.sort(random.integers(0, 3, number))
    for place in range(number):
        bits = hashes[random.integers(originals)].copy()
        if random.random() < 0.6:
            bits[random.permutation(256)[: random.integers(14)]] ^= True
        pixels = zlib.crc32(bits.tobytes()) * 3 + int(random.integers(3))  # three pictures have one hash
        prints[place]["pixels"] = str(pixels)
        prints[place]["shows"] = Shows.PIXELS if pixels % 7 == 0 else Shows.A_HEAD
        prints[place]["steps"] = np.packbits(bits)
        thumbnails[place] = picture(pixels % 2, noise=pixels % 5 * 3, noise_seed=pixels)
    return prints, thumbnails


def near_by_hand(prints: Prints) -> list[tuple[int, int]]:
    """All pairs of slices of two splits with other pixels within the bound."""
    steps = np.unpackbits(prints["steps"], axis=1)
    head = prints["shows"] == Shows.A_HEAD
    near = (steps[:, None] != steps[None]).sum(axis=-1) <= BOUND
    for column in ("split", "pixels"):
        near &= prints[column][:, None] != prints[column][None]
    return [(int(i), int(j)) for i, j in np.argwhere(near & head[:, None] & head[None]) if i < j]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), originals=st.integers(1, 12))
def test_all_that_is_near_or_alike_is_found_and_nothing_else(seed: int, originals: int):
    prints, thumbnails = random_prints(seed, 50, originals)
    pairs = near_by_hand(prints)
    alike = [(i, j) for i, j in pairs if edge_correlation(thumbnails[i][None], thumbnails[j][None])[0] >= 0.8]
    search, asked = Alike(prints, BOUND), set()
    near = search.near()
    found = search.confirmed(looker(thumbnails, asked), 0.8, 5)
    assert where(near) == sorted({place for pair in pairs for place in pair})
    assert where(found.slices) == sorted({place for pair in alike for place in pair})
    assert where(found.copies) == sorted({i for i, _ in alike})
    assert asked <= set(search.to_look_at(near).tolist())
    assert len(found.pairs) <= 5
    assert {(pair.one, pair.other) for pair in found.pairs} <= set(alike)
    for i, j in alike:
        assert found.groups[i] == found.groups[j] >= 0


def found_in(prints: Prints, thumbnails: np.ndarray, most: int = 10) -> Finding:
    return Alike(prints, BOUND).confirmed(looker(thumbnails), 0.85, most)


def changed(letter: str, places: int) -> np.ndarray:
    bits = np.random.default_rng(ord(letter)).random(256) < 0.5
    bits[:places] ^= True
    return bits


def test_a_copy_at_the_bound_is_alike_and_one_place_beyond_it_is_not(prints_of):
    rows = ((TRAIN, "p", 0, "A"), (VAL, "q", 0, "B"), (TEST, "r", 0, "C"))
    prints = prints_of(*rows, steps={"B": changed("A", 16), "C": changed("A", 17)})
    found = found_in(prints, np.stack([picture(1), picture(1, 1), picture(2)]))
    assert where(found.slices) == [0, 1]
    assert [(pair.one, pair.other, pair.distance) for pair in found.pairs] == [(0, 1, 16)]


def test_near_hashes_of_other_edges_are_not_alike(prints_of):
    prints = prints_of((TRAIN, "p", 0, "A"), (VAL, "q", 0, "B"), steps={"B": changed("A", 2)})
    assert where(Alike(prints, BOUND).near()) == [0, 1]
    assert not found_in(prints, np.stack([picture(1), picture(2)])).slices.any()


def test_equal_pixels_are_no_likeness_but_a_third_slice_is_like_all_of_them(prints_of):
    rows = ((TRAIN, "p", 0, "A"), (VAL, "q", 0, "A"), (VAL, "q", 0, "B"), (TEST, "r", 0, "A"))
    assert not Alike(prints_of(*rows[:2], rows[3]), BOUND).near().any()
    prints = prints_of(*rows, steps={"B": changed("A", 1)})
    found = found_in(prints, np.stack([picture(1), picture(1), picture(1, 1), picture(1)]))
    assert where(found.slices) == [0, 2, 3]  # not the slice of its own split
    assert where(found.copies) == [0, 2]
    assert found.number == 1


def test_the_best_correlated_pairs_are_picked(prints_of):
    letters = "ABCDEF"
    rows = [(split, "p", 0, letter) for split, part in ((TRAIN, "ABC"), (VAL, "DEF")) for letter in part]
    copies = dict(zip("DEF", "ABC", strict=True))
    prints = prints_of(*rows, steps={copy: changed(original, 3) for copy, original in copies.items()})
    noise = {"A": 0.0, "B": 0.0, "C": 0.0, "D": 12.0, "E": 0.0, "F": 6.0}
    seeds = {letter: ord(copies.get(letter, letter)) for letter in letters}
    found = found_in(prints, np.stack([picture(seeds[letter], noise[letter]) for letter in letters]), most=2)
    assert [(pair.one, pair.other) for pair in found.pairs] == [(1, 4), (2, 5)]
    assert found.pairs[0] == Pair(Kind.ALIKE, 1, 4, 3, pytest.approx(1.0))
    assert found.number == 3


def test_thousands_of_slices_of_one_hash_are_compared_with_few_of_each_other():
    number = 3_000
    prints = np.zeros(number, PRINT)
    prints["slice_id"] = prints["pixels"] = [f"{place:04d}" for place in range(number)]
    prints["split"] = np.arange(number) >= number // 2
    prints["shows"] = Shows.A_HEAD
    prints["steps"] = np.packbits(changed("A", 0))
    asked: list[int] = []

    def look_closer(indices: np.ndarray) -> np.ndarray:
        asked.extend(indices.tolist())
        return np.broadcast_to(picture(1), (len(indices), CLOSER_SIDE, CLOSER_SIDE))

    found = Alike(prints, BOUND).confirmed(look_closer, 0.85, 3)
    assert found.slices.all()
    assert (found.number, found.largest) == (1, number)
    assert len(asked) < 10 * number  # and not 2,250,000 pairs


def test_slices_that_show_no_head_are_not_compared_however_many_there_are(monkeypatch):
    prints = np.zeros(20_000, PRINT)
    prints["slice_id"] = prints["pixels"] = [f"{place:05d}" for place in range(20_000)]
    prints["split"] = np.arange(20_000) >= 10_000
    prints["shows"] = Shows.PIXELS
    compared: list[int] = []
    count = hamming._count
    monkeypatch.setattr(hamming, "_count", lambda words: compared.append(len(words)) or count(words))
    assert not Alike(prints, BOUND).near().any()
    assert sum(compared) == 0
