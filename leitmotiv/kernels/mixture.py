"""The variational mixture of a picture: 5-dimensional samples, 32-bit vectors, prior scatter of order one; no seeding.

Samples lie in blocks of neighbours. A pass does the E-step and the M-step on a block while it is in the first-level
cache. Two things save half of the work:

- Each block keeps a list of the components that matter to it, and looks at all of them only now and then. The
  responsibilities that are left out are zeros: the bound is a little lower, and still a bound.
- A component that answers for less than half a sample is dropped at once; its share of the prior stays.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import LANES, kernel
from leitmotiv.kernels.posterior import Prior, update
from leitmotiv.kernels.simd import (
    broadcast,
    exp2,
    fma,
    fma_rows,
    load,
    load_rows,
    log2,
    log_gaussian,
    maximum,
    size_of_gaussian,
    store,
    store_rows,
    total,
)

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

DIMENSIONS = 5
BLOCK = 128
"""Samples in a block: a multiple of the widest vector."""

_WIDTH = 4 * LANES
_SIZE = size_of_gaussian(DIMENSIONS)
_PRODUCTS = DIMENSIONS * (DIMENSIONS + 1) // 2
# The sums over a block go in two halves, so that each keeps its sums in registers.
_FEATURES = DIMENSIONS + _PRODUCTS
_HALF = _FEATURES // 2

_LOWEST = np.float32(-110)  # log2 of the least share that is told from 0; nothing below it overflows in exp2
_REFRESH = 9  # passes from one look at all components to the next
_MATTERS = np.float32(1e-5)  # samples of a block that a component answers for, to stay on its list
_NEGLIGIBLE = np.float32(1e-7)
_TINY = 1e-300
_FLUSH = 8  # blocks summed in single precision


class Workspace(NamedTuple):
    """What the passes share, B blocks and K components.

    Attributes
    ----------
    lists : (B, K) int64
        The components that matter to each block, in the first `sizes[b]` places.
    sizes : (B,) int64
    shares : (K, BLOCK) float32
        One block: a row for each listed component.
    scales : (BLOCK,) float32
        What the shares of a sample are still to be multiplied by.
    features : (20, BLOCK) float32
        One block: x, and the lower part of x xᵀ by rows.
    sums : (K, 21, LANES) float32
        Moments since the last flush.
    table : (K, 21) float32
        The expected log densities of the components that are left, as `log_gaussian` reads them.
    """

    lists: Int
    sizes: Int
    shares: Float32
    scales: Float32
    features: Float32
    sums: Float32
    table: Float32


@kernel
def fit_blocks(
    points: Float32,
    weights: Float32,
    moments: Float,
    prior: Prior,
    drop: float,
    tolerance: float,
    bounds: Float,
    means: Float,
    lowers: Float,
) -> tuple[int, int, bool]:
    """Iterate from first moments to a local optimum of the bound.

    Parameters
    ----------
    points : (B, 5, BLOCK) float32
        Blocks of samples; padding is 0.
    weights : (B, BLOCK) float32
        1 for a sample, 0 for padding.
    moments : (K, 21) float64
        For each component: the samples it answers for, the sum over them of x, and of the lower part of x xᵀ by
        rows. Read as the start, and overwritten by those of the last pass.
    prior : Prior
    drop : float
        Components that answer for fewer samples go at once (the largest never does).
    tolerance : float
        Gain of the bound in one pass below which to stop, nats.
    bounds : (I,) float64, written
        The bound at each pass, nats; I is the most passes allowed.
    means : (K, 5) float64, written
        Posterior means.
    lowers : (K, 5, 5) float64, lower part written
        Cholesky factors of the posterior scatters W⁻¹.

    Returns
    -------
    components, passes, converged
        How many components are left, in the first rows of `moments`, `means` and `lowers`.
    """
    blocks, components = len(points), len(moments)
    work = Workspace(
        lists=np.zeros((blocks, components), np.int64),
        sizes=np.zeros(blocks, np.int64),
        shares=np.empty((components, BLOCK), np.float32),
        scales=np.empty(BLOCK, np.float32),
        features=np.empty((_FEATURES, BLOCK), np.float32),
        sums=np.zeros((components, 1 + _FEATURES, LANES), np.float32),
        table=np.empty((components, _SIZE), np.float32),
    )
    passes, since_all, converged = 0, _REFRESH, False
    components = _drop_components(moments, components, drop, work)
    while True:
        divergence = _update(moments[:components], prior, means, lowers, work.table)
        if passes == len(bounds) or (converged and since_all == 0):
            return components, passes, converged
        since_all = 0 if converged or since_all >= _REFRESH else since_all + 1
        bounds[passes] = _sweep(points, weights, components, since_all == 0, work, moments) - divergence
        converged = passes > 0 and abs(bounds[passes] - bounds[passes - 1]) < tolerance
        passes += 1
        components = _drop_components(moments, components, drop, work)


@kernel
def _update(moments: Float, prior: Prior, means: Float, lowers: Float, table: Float32) -> float:
    """Update the posterior from moments about the origin; return its divergence from the prior, nats."""
    components = len(moments)
    counts, averages = np.empty(components), np.empty((components, DIMENSIONS))
    scatters = np.empty((components, DIMENSIONS, DIMENSIONS))
    wide = np.empty((components, _SIZE))
    for k in range(components):
        counts[k] = moments[k, 0]
        place = 1 + DIMENSIONS
        for i in range(DIMENSIONS):
            averages[k, i] = moments[k, 1 + i] / max(counts[k], _TINY)
            for j in range(i + 1):
                scatters[k, i, j] = moments[k, place] - counts[k] * averages[k, i] * averages[k, j]
                place += 1
    divergence = update(counts, averages, scatters, prior, means, lowers, wide)
    for k in range(components):
        for i in range(_SIZE):
            table[k, i] = wide[k, i]
    return divergence


@kernel
def _sweep(
    points: Float32, weights: Float32, components: int, is_complete: bool, work: Workspace, moments: Float
) -> float:
    """Do one pass over all blocks, E-step and M-step, to new moments; return the summed ln Z of the samples."""
    for k in range(components):
        moments[k].fill(0)
    evidence = 0.0
    for b in range(len(points)):
        if is_complete:
            work.sizes[b] = components
            for k in range(components):
                work.lists[b, k] = k
        listed = work.lists[b, : work.sizes[b]]
        _score(points[b], work.table, listed, work.shares)
        evidence += _normalise(weights[b], len(listed), work.shares, work.scales)
        _multiply_features(points[b], work.features)
        work.sizes[b] = _gather(listed, is_complete, work)
        if b % _FLUSH == _FLUSH - 1 or b == len(points) - 1:
            _flush(components, work.sums, moments)
    return evidence * math.log(2)


@kernel
def _score(points: Float32, table: Float32, listed: Int, shares: Float32) -> None:
    """Write log2 rho of every listed component and sample (Bishop 10.46)."""
    for n in range(0, BLOCK, _WIDTH):
        rows = load_rows(points, (0, n), DIMENSIONS, _WIDTH)
        for i in range(len(listed)):
            store(shares, (i, n), log_gaussian(rows, table, listed[i]))


@kernel
def _normalise(weights: Float32, listed: int, shares: Float32, scales: Float32) -> float:
    """Turn log2 rho into shares, which times `scales` are responsibilities (10.49); return the summed log2 Z."""
    lowest = broadcast(_LOWEST, _WIDTH)
    evidence = broadcast(np.float32(0), _WIDTH)
    for n in range(0, BLOCK, _WIDTH):
        largest = load(shares, (0, n), _WIDTH)
        for i in range(1, listed):
            largest = maximum(largest, load(shares, (i, n), _WIDTH))
        sum_ = broadcast(np.float32(0), _WIDTH)
        for i in range(listed):
            share = exp2(maximum(lowest, load(shares, (i, n), _WIDTH) - largest), 5)
            store(shares, (i, n), share)
            sum_ += share
        weight = load(weights, n, _WIDTH)
        store(scales, n, weight / sum_)
        evidence = fma(weight, largest + log2(sum_), evidence)
    summed: float = total(evidence)
    return summed


@kernel
def _multiply_features(points: Float32, features: Float32) -> None:
    """Write x, then the lower part of x xᵀ by rows."""
    for n in range(0, BLOCK, _WIDTH):
        place = DIMENSIONS
        for i in range(DIMENSIONS):
            x = load(points, (i, n), _WIDTH)
            store(features, (i, n), x)
            for j in range(i + 1):
                store(features, (place, n), x * load(points, (j, n), _WIDTH))
                place += 1


@kernel
def _gather(listed: Int, is_complete: bool, work: Workspace) -> int:
    """M-step on a block: add to the sums of the listed components; return how many stay on the list."""
    kept = 0
    for i in range(len(listed)):
        k = listed[i]
        mass = broadcast(np.float32(0), LANES)
        for n in range(0, BLOCK, LANES):
            share = load(work.shares, (i, n), LANES) * load(work.scales, n, LANES)
            store(work.shares, (i, n), share)
            mass += share
        count = total(mass)
        if count > _MATTERS or not is_complete:
            listed[kept] = k
            kept += 1
        if count > _NEGLIGIBLE:
            store(work.sums, (k, 0, 0), load(work.sums, (k, 0, 0), LANES) + mass)
            _add_half(work.features, work.shares, i, 0, work.sums[k])
            _add_half(work.features, work.shares, i, _HALF, work.sums[k])
    return kept


@kernel
def _add_half(features: Float32, shares: Float32, i: int, start: int, sums: Float32) -> None:
    rows = load_rows(sums, (1 + start, 0), _HALF, LANES)
    for n in range(0, BLOCK, LANES):
        rows = fma_rows(load(shares, (i, n), LANES), load_rows(features, (start, n), _HALF, LANES), rows)
    store_rows(sums, (1 + start, 0), rows)


@kernel
def _flush(components: int, sums: Float32, moments: Float) -> None:
    """Add the sums, in single precision, to the moments, in double, and begin them anew."""
    for k in range(components):
        for f in range(1 + _FEATURES):
            moments[k, f] += total(load(sums, (k, f, 0), LANES))
            store(sums, (k, f, 0), broadcast(np.float32(0), LANES))


@kernel
def _drop_components(moments: Float, components: int, drop: float, work: Workspace) -> int:
    """Close the gaps that too small components leave, in `moments` and in the lists; return how many are left."""
    largest = 0
    for k in range(components):
        if moments[k, 0] > moments[largest, 0]:
            largest = k
    renamed = np.empty(components, np.int64)
    kept = 0
    for k in range(components):
        renamed[k] = -1
        if moments[k, 0] >= drop or k == largest:
            for f in range(1 + _FEATURES):
                moments[kept, f] = moments[k, f]
            renamed[k] = kept
            kept += 1
    if kept < components:
        for b in range(len(work.lists)):
            size = 0
            for k in work.lists[b, : work.sizes[b]]:
                if renamed[k] >= 0:
                    work.lists[b, size] = renamed[k]
                    size += 1
            if size == 0:  # every component that mattered here has gone
                size = kept
                for k in range(kept):
                    work.lists[b, k] = k
            work.sizes[b] = size
    return kept
