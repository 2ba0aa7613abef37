"""Medoid-cost linkage: clusters merged two at a time where that adds least to the summed divergence to the medoid.

For each cluster it keeps the summed divergence of the members to every point, so that a merge is a sum of two rows,
the new medoid the member with the least entry, and the cost of a pair four look-ups.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel


@kernel
def link(
    sums: NDArray[np.float64],
    labels: NDArray[np.int64],
    merged: NDArray[np.int64],
    medoids: NDArray[np.int64],
    heights: NDArray[np.float64],
) -> None:
    """Merge K clusters of N points into one.

    Parameters
    ----------
    sums : (K, N) float64
        Summed divergence of each cluster's members to each point; overwritten.
    labels : (N,) int64
        Cluster of each point; overwritten.
    merged : (K - 1, 2) int64, written
        The two clusters of each step; the first keeps its number for both.
    medoids : (K - 1,) int64, written
        Column of the medoid after each step.
    heights : (K - 1,) float64, written
        Growth of the summed divergence to the medoid at each step, never less than 0.
    """
    size = len(sums)
    medoid, cost = np.empty(size, np.int64), np.empty(size)
    partner, growth = np.zeros(size, np.int64), np.full(size, np.inf)
    alive = np.ones(size, np.bool_)
    for cluster in range(size):
        medoid[cluster] = _find_medoid(sums[cluster], labels, cluster)
        cost[cluster] = sums[cluster, medoid[cluster]]
    for cluster in range(size):
        _find_partner(cluster, sums, medoid, cost, alive, partner, growth)
    for step in range(size - 1):
        kept = int(np.argmin(growth))
        gone = partner[kept]
        alive[gone] = False
        growth[gone] = np.inf
        for point in range(len(labels)):
            sums[kept, point] += sums[gone, point]
            if labels[point] == gone:
                labels[point] = kept
        before = cost[kept] + cost[gone]
        medoid[kept] = _find_medoid(sums[kept], labels, kept)
        cost[kept] = sums[kept, medoid[kept]]
        merged[step, 0], merged[step, 1] = kept, gone
        medoids[step] = medoid[kept]
        heights[step] = max(cost[kept] - before, 0.0)
        _update_partners(kept, gone, sums, medoid, cost, alive, partner, growth)


@kernel
def _find_medoid(sums: NDArray[np.float64], labels: NDArray[np.int64], cluster: int) -> int:
    best = -1
    for point in range(len(labels)):
        if labels[point] == cluster and (best < 0 or sums[point] < sums[best]):
            best = point
    return best


@kernel
def _growth(a: int, b: int, sums: NDArray[np.float64], medoid: NDArray[np.int64], cost: NDArray[np.float64]) -> float:
    """How much the summed divergence grows if both share the better of their two medoids."""
    growth: float = min(sums[a, medoid[b]] - cost[a], sums[b, medoid[a]] - cost[b])
    return growth


@kernel
def _find_partner(
    cluster: int,
    sums: NDArray[np.float64],
    medoid: NDArray[np.int64],
    cost: NDArray[np.float64],
    alive: NDArray[np.bool_],
    partner: NDArray[np.int64],
    growth: NDArray[np.float64],
) -> None:
    growth[cluster] = np.inf
    for other in range(len(sums)):
        if alive[other] and other != cluster:
            value = _growth(cluster, other, sums, medoid, cost)
            if value < growth[cluster]:
                partner[cluster], growth[cluster] = other, value


@kernel
def _update_partners(
    kept: int,
    gone: int,
    sums: NDArray[np.float64],
    medoid: NDArray[np.int64],
    cost: NDArray[np.float64],
    alive: NDArray[np.bool_],
    partner: NDArray[np.int64],
    growth: NDArray[np.float64],
) -> None:
    """Find new partners where the old one is gone or has changed, and let others see the merged cluster."""
    for cluster in range(len(sums)):
        if not alive[cluster]:
            continue
        if cluster == kept or partner[cluster] == gone or partner[cluster] == kept:
            _find_partner(cluster, sums, medoid, cost, alive, partner, growth)
        else:
            value = _growth(cluster, kept, sums, medoid, cost)
            if value < growth[cluster]:
                partner[cluster], growth[cluster] = kept, value
