"""The search for nearly equal bit strings against comparing each with each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imaging import hamming

pytestmark = pytest.mark.numpy

PLACES = 256


def searched(ours: np.ndarray, theirs: np.ndarray, most: int) -> list[tuple[int, int, int]]:
    """All pairs of the search: index, index, distance."""
    blocks = hamming.pairs_within(hamming.pack(ours), hamming.pack(theirs), most)
    return [(int(i), int(j), int(d)) for block in blocks for i, j, d in zip(*block, strict=True)]


def compared(ours: np.ndarray, theirs: np.ndarray, most: int) -> set[tuple[int, int, int]]:
    """The same by comparing each with each."""
    distances = (ours[:, None] != theirs[None]).sum(axis=-1)
    return {(i, j, int(distances[i, j])) for i, j in np.argwhere(distances <= most)}


def changed(string: np.ndarray, places: np.ndarray) -> np.ndarray:
    other = string.copy()
    other[places] = ~other[places]
    return other


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), most=st.integers(0, hamming.MOST), share=st.sampled_from([0.02, 0.3, 0.5])
)
def test_every_pair_within_the_bound_is_found_once_and_none_beyond(seed: int, most: int, share: float):
    random = np.random.default_rng(seed)
    originals = random.random((6, PLACES)) < share  # few ones: much is equal, as air is in slices
    strings = np.stack(
        [
            changed(
                originals[random.integers(6)], random.choice(PLACES, random.integers(2 * most + 3), False)
            )
            for _ in range(60)
        ]
    )
    ours, theirs = strings[:25], strings[25:]
    pairs = searched(ours, theirs, most)
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == compared(ours, theirs, most)


@pytest.mark.parametrize("most", range(hamming.MOST + 1))
def test_a_pair_at_the_bound_is_found_wherever_it_differs_and_one_place_beyond_it_is_not(most: int):
    random = np.random.default_rng(most)
    string = random.random(PLACES) < 0.5
    for places in (
        np.arange(most + 1),
        np.arange(PLACES - 1, PLACES - 2 - most, -1),
        random.permutation(PLACES),
    ):
        assert searched(string[None], changed(string, places[:most])[None], most) == [(0, 0, most)]
        assert searched(string[None], changed(string, places[: most + 1])[None], most) == []


def test_equal_strings_pair_each_with_each_across_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hamming, "BLOCK", 50)
    same = np.tile(np.random.default_rng(1).random(PLACES) < 0.5, (20, 1))
    assert sorted(searched(same, same, 16)) == [(i, j, 0) for i in range(20) for j in range(20)]


def test_nothing_is_near_where_there_is_nothing():
    none, some = np.zeros((0, PLACES), np.bool_), np.zeros((3, PLACES), np.bool_)
    assert searched(none, some, 8) == searched(some, none, 8) == []


@pytest.mark.parametrize("most", [-1, 25])
def test_a_bound_that_the_search_cannot_keep_to_is_refused(most: int):
    some = np.zeros((1, PLACES), np.bool_)
    with pytest.raises(ValueError, match=f"differences must be 0 to 24 places, got {most}"):
        searched(some, some, most)


def test_few_strings_are_compared_though_most_places_are_equal_in_all(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(2)
    strings = np.zeros((1_000, PLACES), np.bool_)
    strings[:, 60:200] = random.random((1_000, 140)) < 0.5  # the rest is air
    counted = []
    count = hamming._count
    monkeypatch.setattr(hamming, "_count", lambda words: counted.append(len(words)) or count(words))
    assert searched(strings[:500], strings[500:], 16) == []
    assert sum(counted) < 500 * 500 / 100
