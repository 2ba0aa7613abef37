"""Taking a group apart along the tree: into the branches that it falls into first."""

import heapq

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters

Rows = NDArray[np.int64]

LEAST_SHARE = 0.3
"""A branch with a smaller share of an even part is no part of its own, as long as there are others."""


def branches(clusters: Clusters, rows: Rows, count: int) -> tuple[list[Rows], Rows]:
    """The first `count` branches of the tree that some rows fall into, going from one group to finer ones.

    Small twigs that fall off on the way are no branches, unless there is nothing else.

    Parameters
    ----------
    rows : (m,) int64
        Not necessarily all rows of a node.

    Returns
    -------
    list of (k,) int64
        Largest first; fewer than `count` where the tree does not part the rows so often.
    (t,) int64
        What is in none of them.
    """
    least = max(2, int(LEAST_SHARE * len(rows) / count))
    for smallest in dict.fromkeys((least, 1)):
        nodes = _frontier(clusters, rows, count, smallest)
        parts = [part for part in _rows_below(clusters, rows, nodes) if len(part) >= smallest]
        if len(parts) >= count:
            break
    parts = sorted(parts, key=lambda part: (-len(part), part.tolist()))[:count]
    named = np.concatenate([np.zeros(0, np.int64), *parts])
    return parts, np.setdiff1d(rows, named)


def _frontier(clusters: Clusters, rows: Rows, count: int, least: int) -> list[int]:
    """Nodes that hold all rows between them, the merges above them undone from the last one on."""
    finest = len(clusters)
    held = np.bincount(clusters.labels[rows], minlength=finest + len(clusters.merges))
    for node, merge in enumerate(clusters.merges, start=finest):
        held[node] = held[merge.left] + held[merge.right]
    waiting = [-(len(held) - 1)]
    large = int(held[-1] >= least)
    while large < count and -waiting[0] >= finest:
        node = -heapq.heappop(waiting)
        large -= held[node] >= least
        merge = clusters.merges[node - finest]
        for child in (merge.left, merge.right):
            if held[child]:
                heapq.heappush(waiting, -child)
                large += held[child] >= least
    return [-node for node in waiting]


def _rows_below(clusters: Clusters, rows: Rows, nodes: list[int]) -> list[Rows]:
    """Those of the rows that are below each node."""
    finest = len(clusters)
    above = np.arange(finest + len(clusters.merges))
    top = set(nodes)
    for node in range(len(above) - 1, finest - 1, -1):
        merge = clusters.merges[node - finest]
        for child in (merge.left, merge.right):
            above[child] = child if child in top else above[node]
    labels = above[clusters.labels[rows]]
    return [rows[labels == node] for node in nodes]
