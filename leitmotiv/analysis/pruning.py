"""A tree of clusters without some of its pictures, for when nothing is at hand to cluster the others again with."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters, Float, Merge

Rows = NDArray[np.int64]


def pruned(clusters: Clusters, gone: set[str], distance: Callable[[int, Rows], Float]) -> Clusters | None:
    """Take pictures out of a tree; groups that are left stay as they are.

    A fine cluster that loses its exemplar is led by the member that was nearest to it; a group above, by one of the
    exemplars below.

    Parameters
    ----------
    distance : callable
        ``distance(row, rows)`` gives divergences, nats; it is asked for fine clusters that have another exemplar.

    Returns
    -------
    Clusters or None
        None where nothing is left.
    """
    kept = np.array([image not in gone for image in clusters.ids], np.bool_)
    if not kept.any():
        return None
    distances, exemplars = clusters.distances.copy(), clusters.exemplars.copy()
    for leaf in np.flatnonzero(~kept[exemplars]).tolist():
        members = np.flatnonzero((clusters.labels == leaf) & kept)
        if len(members):
            exemplars[leaf] = members[distances[members].argmin()]
            distances[members] = distance(int(exemplars[leaf]), members)
    return _renumbered(replace(clusters, distances=distances, exemplars=exemplars), kept)


def _renumbered(clusters: Clusters, kept: NDArray[np.bool_]) -> Clusters:
    """The tree over the fine clusters that have members left, ascending by exemplar as before."""
    row = np.cumsum(kept) - 1
    there = np.flatnonzero(kept[clusters.exemplars])
    there = there[np.argsort(clusters.exemplars[there])]
    leaf = np.full(len(clusters), -1, np.int64)
    leaf[there] = np.arange(len(there))
    node: list[int] = leaf.tolist()
    leaders = clusters.exemplars.tolist()
    merges: list[Merge] = []
    shown = len(there)
    for number, merge in enumerate(clusters.merges):
        left, right = node[merge.left], node[merge.right]
        fallback = leaders[merge.left if left >= 0 else merge.right]
        leaders.append(merge.exemplar if kept[merge.exemplar] else fallback)
        if min(left, right) < 0:
            node.append(max(left, right))
            continue
        node.append(len(there) + len(merges))
        merges.append(Merge(left, right, merge.height, int(row[leaders[-1]])))
        shown -= number < len(clusters) - clusters.default_count
    return replace(
        clusters,
        ids=tuple(image for image, stays in zip(clusters.ids, kept.tolist(), strict=True) if stays),
        labels=leaf[clusters.labels[kept]],
        exemplars=row[clusters.exemplars[there]],
        distances=clusters.distances[kept],
        merges=tuple(merges),
        default_count=shown,
    )
