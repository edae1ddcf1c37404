"""What belongs together when pairs come one by one."""


class DisjointSets:
    """Disjoint sets of indices (union-find with path halving)."""

    def __init__(self, size: int) -> None:
        """Starts with each of 0 to before `size` alone."""
        self._parent = list(range(size))

    def root(self, index: int) -> int:
        """Returns the index that stands for the set that an index is in."""
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Puts the sets of two indices together."""
        self._parent[self.root(one)] = self.root(other)
