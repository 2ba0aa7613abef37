"""Where in a tree a set of pictures is found again: the node that has most in common with it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters, Float

Rows = NDArray[np.int64]

SAME = 0.5
"""The least overlap (Jaccard) at which a cluster counts as the one that a set was."""


def jaccard(common: NDArray[np.int64], one: NDArray[np.int64] | int, other: NDArray[np.int64] | int) -> Float:
    """Pictures in both sets by pictures in any of them, 0 to 1, from three counts; 0 where there are none."""
    union = np.asarray(one + other - common, np.float64)
    return np.asarray(np.divide(common, union, out=np.zeros_like(union), where=union > 0))


def best_nodes(clusters: Clusters, sets: Sequence[Rows]) -> list[tuple[int, float]]:
    """For each set of rows, the node of the tree with the largest overlap, and that overlap; of equal ones the lowest.

    Parameters
    ----------
    sets : sequence of (m,) int64
        Each row at most once.
    """
    if not sets or not len(clusters):
        return [(-1, 0.0) for _ in sets]
    finest = len(clusters)
    counts = np.zeros((finest + len(clusters.merges), len(sets) + 1), np.int64)
    for column, rows in enumerate([np.arange(len(clusters.ids)), *sets]):
        counts[:finest, column] = np.bincount(clusters.labels[rows], minlength=finest)
    for node, merge in enumerate(clusters.merges, start=finest):
        counts[node] = counts[merge.left] + counts[merge.right]
    found = []
    for column, rows in enumerate(sets, start=1):
        shared = jaccard(counts[:, column], counts[:, 0], len(rows))
        best = int(shared.argmax())
        found.append((best, float(shared[best])))
    return found


def members(clusters: Clusters, node: int) -> Rows:
    """Rows below a node of the tree, ascending."""
    finest = len(clusters)
    below, waiting = np.zeros(finest, np.bool_), [node]
    while waiting:
        at = waiting.pop()
        if at < finest:
            below[at] = True
        else:
            waiting += clusters.merges[at - finest].left, clusters.merges[at - finest].right
    return np.flatnonzero(below[clusters.labels])


def best_group(labels: Rows, rows: Rows) -> tuple[int, float]:
    """The group with the largest overlap with a set of rows, and that overlap.

    Parameters
    ----------
    labels : (N,) int64
        Group of each row; below 0 for none.
    rows : (m,) int64
        The set.
    """
    inside = labels[rows]
    groups, common = np.unique(inside[inside >= 0], return_counts=True)
    if not len(groups):
        return -1, 0.0
    sizes = np.array([np.count_nonzero(labels == group) for group in groups.tolist()])
    shared = jaccard(common, sizes, len(rows))
    best = int(shared.argmax())
    return int(groups[best]), float(shared[best])
