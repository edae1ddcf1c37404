"""Sets that grow together as pairs come block by block; ingest and LeakageGate both group pictures so."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["join"]

Indices = npt.NDArray[np.intp]


def join(labels: Indices, ones: Indices, others: Indices) -> None:
    """Merges the sets that pairs connect; all members get the least label of the sets that were merged.

    Args:
      labels: (n,), each 0 to before n, equal for what is in one set; changed.
      ones: (pairs,), indices into `labels`.
      others: (pairs,), what each belongs together with.
    """
    if not len(ones):
        return
    involved, ends = np.unique(np.stack([labels[ones], labels[others]]), return_inverse=True)
    first, second = ends.reshape(2, -1)
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(len(involved), len(involved)))
    _, sets = connected_components(graph, directed=False)
    _, least = np.unique(sets, return_index=True)
    renamed = np.arange(len(labels))
    renamed[involved] = involved[least[sets]]
    labels[:] = renamed[labels]
