"""Slices of two splits that look alike: near by their hash, then confirmed by their edges. NumPy and SciPy.

The hash leaves, of each with each, a number of pairs that can be looked at; it is exact, so that nothing
within its bound is missed. The closer look then separates the similar heads of two patients from one head.
"""

import dataclasses
import heapq
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from components.imaging.disjoint_sets import join
from components.imaging.hamming import pairs_within, spread
from components.imaging.likeness import Thumbnails, edge_correlation
from components.leakage.findings import Codes, Finding, Kind, Mask, Pair, number_groups
from components.leakage.prints import Prints, Shows

__all__ = ["Alike"]

LOOKED_AT = 1024  # pairs whose edges are compared at a time: 70 MB

Distances = npt.NDArray[np.uint16]
LookCloser = Callable[[Codes], Thumbnails]


@dataclasses.dataclass(frozen=True)
class _Side:
    """The pictures of one split, those of equal hashes behind each other.

    Attributes:
      hashes: uint8 (hashes, 32), each once.
      pictures: Numbers.
      first: Of each hash, where in `pictures` its own begin.
      last: Of each hash, before where they end.
    """

    hashes: npt.NDArray[np.uint8]
    pictures: Codes
    first: Codes
    last: Codes


class Alike:
    """The search; a picture is what equal pixels have in common, however many slices show it."""

    def __init__(self, prints: Prints, max_distance: int) -> None:
        """Puts equal pixels together.

        Args:
          prints: Of all slices of all splits.
          max_distance: Places of 256 in which the hashes of two pictures that may be alike differ at most.
        """
        self._prints = prints
        self._max_distance = max_distance
        heads = np.flatnonzero(prints["shows"] == Shows.A_HEAD)
        _, first, pictures = np.unique(prints["pixels"][heads], return_index=True, return_inverse=True)
        self._slice = heads[first]  # that stands for each picture
        self._picture = np.full(len(prints), -1, np.intp)  # of each slice
        self._picture[heads] = pictures

    def near(self) -> Mask:
        """Returns which slices are near another picture in another split, bool (slices,)."""
        marked = np.zeros(len(self._prints), np.bool_)
        for earlier, later in self._pairs_of_splits():
            ours, theirs = self._side(earlier), self._side(later)
            of_ours, of_theirs = (np.zeros(len(self._slice), np.bool_) for _ in range(2))
            for one, other, distance in pairs_within(ours.hashes, theirs.hashes, self._max_distance):
                differ = distance > 0
                for side, marks, hashes in ((ours, of_ours, one[differ]), (theirs, of_theirs, other[differ])):
                    for _, places in spread(side.first[hashes], side.last[hashes]):
                        marks[side.pictures[places]] = True
                for i, j in zip(one[~differ], other[~differ], strict=True):
                    of_i = ours.pictures[ours.first[i] : ours.last[i]]
                    of_j = theirs.pictures[theirs.first[j] : theirs.last[j]]
                    of_ours[of_i] |= (len(of_j) > 1) | (of_i != of_j[0])
                    of_theirs[of_j] |= (len(of_i) > 1) | (of_j != of_i[0])
            marked |= self._slices(earlier, of_ours) | self._slices(later, of_theirs)
        return marked

    def to_look_at(self, near: Mask) -> Codes:
        """Returns the indices, rising, of slices that stand for the pictures that some slices show."""
        return np.sort(self._slice[np.unique(self._picture[near])])

    def confirmed(self, look_closer: LookCloser, min_correlation: float, most: int) -> Finding:
        """Returns which slices are alike by their edges too.

        Args:
          look_closer: Returns the thumbnails of slices, by their indices; it is called for no other than
            `to_look_at(near())`.
          min_correlation: Of edges, from which on two pictures are alike.
          most: Pairs to pick, the best correlated.
        """
        number = len(self._slice)
        slices, copies = (np.zeros(len(self._prints), np.bool_) for _ in range(2))
        groups = np.arange(number)
        best: list[tuple[float, int, int, int, int, int]] = []
        for earlier, later in self._pairs_of_splits():
            sides = np.arange(2 * number)  # a picture in both splits is on both sides
            for block in self._near_pictures(earlier, later):
                for ours, theirs, distance in _unjoined(*block, sides):
                    thumbnails = (look_closer(self._slice[pictures]) for pictures in (ours, theirs))
                    correlation = edge_correlation(*thumbnails)
                    alike = correlation >= min_correlation
                    ours, theirs = ours[alike], theirs[alike]
                    join(sides, ours, theirs + number)
                    join(groups, ours, theirs)
                    measured = zip(correlation[alike], distance[alike], ours, theirs, strict=True)
                    picked = [(float(c), int(d), earlier, later, int(i), int(j)) for c, d, i, j in measured]
                    best = heapq.nlargest(most, best + picked)
            joined = np.bincount(sides, minlength=2 * number)[sides] > 1
            copies |= self._slices(earlier, joined[:number])
            slices |= self._slices(earlier, joined[:number]) | self._slices(later, joined[number:])
        pairs = tuple(
            Pair(Kind.ALIKE, self._first(earlier, i), self._first(later, j), distance, correlation)
            for correlation, distance, earlier, later, i, j in best
        )
        of_slices = np.full(len(slices), -1, np.intp)
        of_slices[slices] = groups[self._picture[slices]]
        return Finding(Kind.ALIKE, slices, copies, number_groups(of_slices, slices), pairs)

    def _pairs_of_splits(self) -> Iterator[tuple[int, int]]:
        return itertools.combinations(np.unique(self._prints["split"]).tolist(), 2)

    def _slices(self, split: int, pictures: Mask) -> Mask:
        """Returns which slices of a split show one of some pictures."""
        of_split = (self._prints["split"] == split) & (self._picture >= 0)
        of_split[of_split] = pictures[self._picture[of_split]]
        return of_split

    def _first(self, split: int, picture: int) -> int:
        """Returns the first slice of a split that shows a picture."""
        return int(np.flatnonzero((self._prints["split"] == split) & (self._picture == picture))[0])

    def _side(self, split: int) -> _Side:
        pictures = np.unique(self._picture[(self._prints["split"] == split) & (self._picture >= 0)])
        steps = self._prints["steps"][self._slice[pictures]]
        hashes, codes, number = np.unique(steps, axis=0, return_inverse=True, return_counts=True)
        in_order = pictures[np.argsort(codes.ravel(), kind="stable")]
        return _Side(hashes, in_order, np.cumsum(number) - number, np.cumsum(number))

    def _near_pictures(self, earlier: int, later: int) -> Iterator[tuple[Codes, Codes, Distances]]:
        """Yields blocks of pictures of one split and of another, and in how many places they differ."""
        ours, theirs = self._side(earlier), self._side(later)
        for one, other, distance in pairs_within(ours.hashes, theirs.hashes, self._max_distance):
            for rows, places in spread(ours.first[one], ours.last[one]):
                pictures, hashes = ours.pictures[places], other[rows]
                for again, their_places in spread(theirs.first[hashes], theirs.last[hashes]):
                    yield pictures[again], theirs.pictures[their_places], distance[rows][again]


def _unjoined(
    ours: Codes, theirs: Codes, distance: Distances, sides: Codes
) -> Iterator[tuple[Codes, Codes, Distances]]:
    """Yields pairs of different pictures, some at a time, that do not hang together yet when they come.

    Of many pairs between the same two sets one is taken first, since the others go with it if it is alike.
    """
    number = len(sides) // 2
    while True:
        left = np.flatnonzero((ours != theirs) & (sides[ours] != sides[theirs + number]))
        ours, theirs, distance = ours[left], theirs[left], distance[left]
        if not len(ours):
            return
        now = np.arange(len(ours))
        if len(ours) > LOOKED_AT:
            sets = sides[ours] * len(sides) + sides[theirs + number]
            now = np.sort(np.unique(sets, return_index=True)[1])[:LOOKED_AT]
        yield ours[now], theirs[now], distance[now]
        ours, theirs, distance = np.delete(ours, now), np.delete(theirs, now), np.delete(distance, now)
