"""The two steps of the variational mixture for samples of any dimension, in 64-bit numbers, one sample at a time."""

import math

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import ANY_ORDER, kernel

Float = NDArray[np.float64]

_LN_2 = math.log(2)
_TINY = 1e-300


@kernel
def expect(points: Float, table: Float, responsibilities: Float, evidence: Float) -> None:
    """E-step: responsibilities and the logarithm of their norm (Bishop 10.46, 10.49).

    Parameters
    ----------
    points : (N, D) float64
    table : (K, `size_of_gaussian(D)`) float64
        As `posterior.update` writes it.
    responsibilities : (N, K) float64, written
        Rows sum to 1.
    evidence : (N,) float64, written
        ln Z of each sample, nats.
    """
    for n in range(len(points)):
        row = responsibilities[n]
        largest = -np.inf
        for k in range(len(table)):
            row[k] = _score(points[n], table[k])
            largest = max(largest, row[k])
        sum_ = 0.0
        for k in range(len(table)):
            row[k] = math.exp(_LN_2 * (row[k] - largest))
            sum_ += row[k]
        for k in range(len(table)):
            row[k] /= sum_
        evidence[n] = _LN_2 * largest + math.log(sum_)


@kernel(fastmath=ANY_ORDER)
def _score(point: Float, parameters: Float) -> float:
    """Value of c - |M x + b|², in the layout that `simd.log_gaussian` documents."""
    dimensions = len(point)
    value: float = parameters[0]
    place = 1 + dimensions
    for i in range(dimensions):
        whitened = parameters[1 + i]
        for j in range(i + 1):
            whitened += parameters[place] * point[j]
            place += 1
        value -= whitened * whitened
    return value


@kernel(fastmath=ANY_ORDER)
def gather(points: Float, responsibilities: Float, counts: Float, averages: Float, scatters: Float) -> None:
    """Gather what the samples say to each component: N_k, their mean, N_k S_k (Bishop 10.51 to 10.53).

    Parameters
    ----------
    points : (N, D) float64
    responsibilities : (N, K) float64
        A step beyond that of EM may leave some of them below 0, but no count.
    counts : (K,) float64, written
    averages : (K, D) float64, written
        0 where a component has no sample.
    scatters : (K, D, D) float64, lower part written
        About the averages: sums of deviations, so that samples far from the origin lose nothing.
    """
    dimensions = points.shape[1]
    for k in range(len(counts)):
        counts[k] = 0
        averages[k].fill(0)
        scatters[k].fill(0)
    for n in range(len(points)):
        for k in range(len(counts)):
            share = responsibilities[n, k]
            counts[k] += share
            for d in range(dimensions):
                averages[k, d] += share * points[n, d]
    for k in range(len(counts)):
        for d in range(dimensions):
            averages[k, d] /= max(counts[k], _TINY)
    deviation = np.empty(dimensions)
    for n in range(len(points)):
        for k in range(len(counts)):
            share = responsibilities[n, k]
            if share != 0:
                for i in range(dimensions):
                    deviation[i] = points[n, i] - averages[k, i]
                    for j in range(i + 1):
                        scatters[k, i, j] += share * deviation[i] * deviation[j]
