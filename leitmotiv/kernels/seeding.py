"""Where a mixture starts: k-means++ centres, Lloyd's steps, and samples sorted by centre; chance comes from outside.

References
----------
.. [1] D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import LANES, kernel
from leitmotiv.kernels.simd import broadcast, fma, load, minimum, store, total, where_less

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

WIDTH = 4 * LANES
"""The number of columns that a table of samples is padded to a multiple of."""

_FAR = np.float32(3e38)


@kernel
def _square_distance(rows: Float32, n: int, centres: Float32, k: int):  # type: ignore[no-untyped-def]
    distance = broadcast(np.float32(0), WIDTH)
    for d in range(len(rows)):
        difference = load(rows, (d, n), WIDTH) - broadcast(centres[k, d], WIDTH)
        distance = fma(difference, difference, distance)
    return distance


@kernel
def choose_centres(rows: Float32, count: int, uniforms: Float32, centres: Float32) -> int:
    """Choose samples as centres, each with a chance in proportion to its square distance to those before.

    Parameters
    ----------
    rows : (D, P) float32
        Samples as columns, P a multiple of `WIDTH`.
    count : int
        How many of the columns are samples; the rest is padding.
    uniforms : (K,) float32
        Chance, in [0, 1).
    centres : (K, D) float32, written

    Returns
    -------
    int
        How many were chosen: fewer than K if there are no more different samples.
    """
    distances = np.zeros(rows.shape[1], np.float32)
    for n in range(count):
        distances[n] = _FAR
    chosen = min(int(uniforms[0] * count), count - 1)
    for k in range(len(centres)):
        for d in range(len(rows)):
            centres[k, d] = rows[d, chosen]
        everything = 0.0
        for n in range(0, rows.shape[1], WIDTH):
            nearest = minimum(load(distances, n, WIDTH), _square_distance(rows, n, centres, k))
            store(distances, n, nearest)
            everything += total(nearest)
        if not everything > 0:
            return k + 1
        if k + 1 < len(centres):
            chosen = _locate(distances, uniforms[k + 1] * everything)
    return len(centres)


@kernel
def _locate(distances: Float32, goal: float) -> int:
    """Find the column at which the running sum of the distances passes `goal`."""
    start = 0
    for n in range(0, len(distances), WIDTH):
        start = n
        step = total(load(distances, n, WIDTH))
        if goal < step:
            break
        goal -= step
    farthest = start
    for n in range(start, len(distances)):
        goal -= distances[n]
        if goal < 0:
            return n
        if distances[n] > distances[farthest]:
            farthest = n
    return farthest  # rounding has eaten the last of the sum


@kernel
def assign(rows: Float32, centres: Float32, labels: Float32) -> None:
    """Write the number of the nearest centre of each column of (D, P) `rows` into (P,) `labels`."""
    for n in range(0, rows.shape[1], WIDTH):
        nearest, label = broadcast(_FAR, WIDTH), broadcast(np.float32(0), WIDTH)
        for k in range(len(centres)):
            distance = _square_distance(rows, n, centres, k)
            label = where_less(distance, nearest, broadcast(np.float32(k), WIDTH), label)
            nearest = minimum(distance, nearest)
        store(labels, n, label)


@kernel
def improve_centres(rows: Float32, count: int, steps: int, centres: Float32, labels: Float32) -> None:
    """Do some of Lloyd's steps: each centre moves to the mean of its samples; `labels` fit the last centres.

    The centres come out in an order in which neighbours follow each other.
    """
    dimensions, components = len(rows), len(centres)
    sums = np.zeros((components, 1 + dimensions))
    assign(rows, centres, labels)
    for step in range(steps):
        for n in range(count):
            row = sums[int(labels[n])]
            row[0] += 1
            for d in range(dimensions):
                row[1 + d] += rows[d, n]
        for k in range(components):
            for d in range(dimensions):
                if sums[k, 0] > 0:
                    centres[k, d] = sums[k, 1 + d] / sums[k, 0]
                sums[k, 1 + d] = 0
            sums[k, 0] = 0
        if step == steps - 1:
            _chain(centres)
        assign(rows, centres, labels)


@kernel
def _chain(centres: Float32) -> None:
    """Reorder centres so that each is followed by the nearest of those to come: neighbours get into one block."""
    for k in range(1, len(centres)):
        nearest, place = np.inf, k
        for j in range(k, len(centres)):
            distance = 0.0
            for d in range(centres.shape[1]):
                distance += (centres[j, d] - centres[k - 1, d]) ** 2
            if distance < nearest:
                nearest, place = distance, j
        for d in range(centres.shape[1]):
            centres[k, d], centres[place, d] = centres[place, d], centres[k, d]


@kernel
def sort_columns(rows: Float32, count: int, labels: Float32, centres: int, points: Float32, weights: Float32) -> None:
    """Write the samples, sorted by label, into blocks of columns: (B, D, n) `points` and (B, n) `weights` of 1."""
    ends = np.zeros(centres + 1, np.int64)
    for n in range(count):
        ends[int(labels[n]) + 1] += 1
    for k in range(centres):
        ends[k + 1] += ends[k]
    size = weights.shape[1]
    for n in range(count):
        k = int(labels[n])
        block, place = ends[k] // size, ends[k] % size
        ends[k] += 1
        weights[block, place] = 1
        for d in range(len(rows)):
            points[block, d, place] = rows[d, n]


@kernel
def sum_moments(rows: Float32, count: int, labels: Float32, moments: NDArray[np.float64]) -> None:
    """Add 1, x and the lower part of x xᵀ by rows of each sample to its label's row of (K, 1 + D + D (D + 1) / 2)."""
    for n in range(count):
        row = moments[int(labels[n])]
        row[0] += 1
        place = 1 + len(rows)
        for i in range(len(rows)):
            row[1 + i] += rows[i, n]
            for j in range(i + 1):
                row[place] += rows[i, n] * rows[j, n]
                place += 1
