"""One pass of the variational mixture over blocks of samples, E-step and M-step, in 32-bit vectors; it decides nothing.

Samples lie in blocks of neighbours, so that both steps find a block in the first-level cache. Each block keeps a list
of the components that matter to it, and looks at all of them only when asked to. The responsibilities that are left
out are zeros: the bound is a little lower, and still a bound.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import LANES, kernel
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
    store,
    store_rows,
    total,
)

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Int = NDArray[np.int64]
Axes = tuple[int, ...]
"""D zeros: a tuple, as its length is a constant to the compiler. D is odd, for the D (D + 3) / 2 moments."""

BLOCK = 128
"""Samples in a block: a multiple of the widest vector."""

_WIDTH = 4 * LANES
_LOWEST = np.float32(-110)  # log2 of the least share that is told from 0; nothing below it overflows in exp2
_MATTERS = np.float32(1e-5)  # samples of a block that a component answers for, to stay on its list
_NEGLIGIBLE = np.float32(1e-7)
_FLUSH = 8  # blocks summed in single precision


class Workspace(NamedTuple):
    """What the passes share: B blocks, K components, F = D + D (D + 1) / 2 features.

    The last row of `shares` stays 0, and nobody reads the last one of `sums`: see `_gather`.

    Attributes
    ----------
    lists : (B, K) int64
        The components that matter to each block, in the first `sizes[b]` places.
    sizes : (B,) int64
    shares : (K + 1, BLOCK) float32
        One block: a row for each listed component.
    scales : (BLOCK,) float32
        What the shares of a sample are still to be multiplied by.
    features : (F, BLOCK) float32
        One block: x, and the lower part of x xᵀ by rows.
    heavy : (K + 1, 2) int64
        One block: rows of `shares` and of `sums` for the components that answer for something.
    sums : (K + 1, 1 + F, LANES) float32
        Moments since the last flush.
    table : (K, 1 + F) float32
        The expected log densities of the components that are left, as `log_gaussian` reads them.
    """

    lists: Int
    sizes: Int
    shares: Float32
    scales: Float32
    features: Float32
    heavy: Int
    sums: Float32
    table: Float32


@kernel
def make_workspace(blocks: int, components: int, features: int) -> Workspace:
    """Make room for a fit."""
    return Workspace(
        lists=np.zeros((blocks, components), np.int64),
        sizes=np.zeros(blocks, np.int64),
        shares=np.zeros((components + 1, BLOCK), np.float32),
        scales=np.empty(BLOCK, np.float32),
        features=np.empty((features, BLOCK), np.float32),
        heavy=np.empty((components + 1, 2), np.int64),
        sums=np.zeros((components + 1, 1 + features, LANES), np.float32),
        table=np.empty((components, 1 + features), np.float32),
    )


@kernel
def sweep(
    points: Float32,
    weights: Float32,
    components: int,
    is_complete: bool,
    axes: Axes,
    work: Workspace,
    moments: Float,
) -> float:
    """Do one pass over all blocks, to new moments; return the summed ln Z of the samples.

    Parameters
    ----------
    points : (B, D, BLOCK) float32
        Blocks of samples; padding is 0.
    weights : (B, BLOCK) float32
        1 for a sample, 0 for padding.
    components : int
        How many are left.
    is_complete : bool
        Whether every block looks at all of them and chooses anew which matter.
    axes : tuple of D zeros
    work : Workspace
        With the `table` of the components.
    moments : (K, 1 + F) float64, written
        For each component: the samples it answers for, and the sum over them of the features.
    """
    for k in range(components):
        moments[k].fill(0)
    evidence = 0.0
    for b in range(len(points)):
        if is_complete:
            work.sizes[b] = components
            for k in range(components):
                work.lists[b, k] = k
        listed = work.lists[b, : work.sizes[b]]
        _score(points[b], work.table, listed, axes, work.shares)
        evidence += _normalise(weights[b], len(listed), work.shares, work.scales)
        _multiply_features(points[b], work.features)
        work.sizes[b] = _gather(listed, is_complete, axes, work)
        if b % _FLUSH == _FLUSH - 1 or b == len(points) - 1:
            _flush(components, work.sums, moments)
    return evidence * math.log(2)


@kernel
def _score(points: Float32, table: Float32, listed: Int, axes: Axes, shares: Float32) -> None:
    """Write log2 rho of every listed component and sample (Bishop 10.46)."""
    for n in range(0, BLOCK, _WIDTH):
        rows = load_rows(points, (0, n), axes, _WIDTH)
        for i in range(len(listed)):
            store(shares, (i, n), log_gaussian(rows, table, listed[i]))


@kernel
def _normalise(weights: Float32, listed: int, shares: Float32, scales: Float32) -> float:
    """Turn log2 rho into shares, which times `scales` are responsibilities (10.49); return the summed log2 Z.

    The largest share of a sample is 1: their sum cannot underflow, however far out the sample lies.
    """
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
    dimensions = len(points)
    for n in range(0, BLOCK, _WIDTH):
        place = dimensions
        for i in range(dimensions):
            x = load(points, (i, n), _WIDTH)
            store(features, (i, n), x)
            for j in range(i + 1):
                store(features, (place, n), x * load(points, (j, n), _WIDTH))
                place += 1


@kernel
def _gather(listed: Int, is_complete: bool, axes: Axes, work: Workspace) -> int:
    """M-step on a block: add to the sums of the listed components; return how many stay on the list."""
    kept = heavy = 0
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
            work.heavy[heavy, 0], work.heavy[heavy, 1] = i, k
            heavy += 1
    # An odd one out is paired with shares of 0.
    work.heavy[heavy] = len(work.sums) - 1
    for pair in range(0, heavy, 2):
        rows = work.heavy[pair, 0], work.heavy[pair + 1, 0]
        components = work.heavy[pair, 1], work.heavy[pair + 1, 1]
        _add_features(work.features, work.shares, rows, axes, components, work.sums)
    return kept


@kernel
def _add_features(
    features: Float32, shares: Float32, rows: tuple[int, int], axes: Axes, components: tuple[int, int], sums: Float32
) -> None:
    """Add the features, times two rows of shares, to the sums of two components.

    D features at a time, so that 2 D sums stay in registers, and two components, so that a feature is read once.
    """
    for start in range(0, len(features), len(axes)):
        one = load_rows(sums, (components[0], 1 + start, 0), axes, LANES)
        other = load_rows(sums, (components[1], 1 + start, 0), axes, LANES)
        for n in range(0, BLOCK, LANES):
            some = load_rows(features, (start, n), axes, LANES)
            one = fma_rows(load(shares, (rows[0], n), LANES), some, one)
            other = fma_rows(load(shares, (rows[1], n), LANES), some, other)
        store_rows(sums, (components[0], 1 + start, 0), one)
        store_rows(sums, (components[1], 1 + start, 0), other)


@kernel
def _flush(components: int, sums: Float32, moments: Float) -> None:
    """Add the sums, in single precision, to the moments, in double, and begin them anew."""
    for k in range(components):
        for f in range(sums.shape[1]):
            moments[k, f] += total(load(sums, (k, f, 0), LANES))
            store(sums, (k, f, 0), broadcast(np.float32(0), LANES))
