"""The conjugate posterior of a Gaussian mixture (Dirichlet, Normal-Wishart), a component at a time; no samples here.

The prior mean is the origin: whoever has another one shifts the samples. A covariance is handled through the
scatter W⁻¹ of its Wishart distribution and that scatter's lower Cholesky factor.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2 and appendix B.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel

Float = NDArray[np.float64]

_LN_2 = math.log(2)
_LOG2_E = 1 / _LN_2
_LN_PI = math.log(math.pi)


class Prior(NamedTuple):
    """What is believed of every component before a sample is seen; the prior mean is 0.

    Attributes
    ----------
    concentration : float
        alpha0 of the Dirichlet distribution, for each component.
    precision : float
        beta0: how many samples the prior mean counts for.
    freedom : float
        nu0: degrees of freedom of the Wishart distribution, above D - 1.
    scatter : (D, D) float64
        W0⁻¹.
    components : int
        K0: how many the Dirichlet distribution has, those that were dropped included.
    """

    concentration: float
    precision: float
    freedom: float
    scatter: Float
    components: int


@kernel
def digamma(x: float) -> float:
    """Derivative of ln gamma for x > 0, to 1e-13: Stirling's series above 10, recurrence below."""
    below = 0.0
    while x < 10.0:
        below += 1.0 / x
        x += 1.0
    s = 1.0 / (x * x)
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132)))))
    return math.log(x) - 0.5 / x - series - below


@kernel
def log_wishart_norm(freedom: float, log_determinant: float, dimensions: int) -> float:
    """Compute ln B(W, nu) from ln |W⁻¹| (Bishop B.79)."""
    value = 0.5 * freedom * log_determinant - 0.5 * freedom * dimensions * _LN_2
    value -= 0.25 * dimensions * (dimensions - 1) * _LN_PI
    for i in range(dimensions):
        value -= math.lgamma(0.5 * (freedom - i))
    return value


@kernel
def factor(matrix: Float, lower: Float) -> float:
    """Write the Cholesky factor of `matrix` into `lower`, whose upper part stays; return ln |matrix| (NaN if none)."""
    log_determinant = 0.0
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = matrix[i, j]
            for m in range(j):
                rest -= lower[i, m] * lower[j, m]
            if i == j:
                lower[i, i] = math.sqrt(rest) if rest > 0 else np.nan
                log_determinant += 2 * math.log(lower[i, i])
            else:
                lower[i, j] = rest / lower[j, j]
    return log_determinant


@kernel
def invert(lower: Float, inverse: Float) -> None:
    """Write the inverse of a lower triangular matrix into the lower part of `inverse`."""
    for j in range(len(lower)):
        inverse[j, j] = 1.0 / lower[j, j]
        for i in range(j + 1, len(lower)):
            rest = 0.0
            for m in range(j, i):
                rest -= lower[i, m] * inverse[m, j]
            inverse[i, j] = rest / lower[i, i]


@kernel
def update(
    counts: Float, averages: Float, scatters: Float, prior: Prior, means: Float, lowers: Float, table: Float
) -> float:
    """Turn what the samples say into the posterior, and into the table that the next E-step reads.

    With nu, beta, W of a component after the update, the table holds its expected log density in base 2 as
    c - |M x + b|² (Bishop 10.46, 10.64 to 10.66), in the layout that `simd.log_gaussian` documents.

    Parameters
    ----------
    counts : (K,) float64
        N_k, the samples that each component answers for (Bishop 10.51).
    averages : (K, D) float64
        Their mean (10.52).
    scatters : (K, D, D) float64
        N_k S_k, their scatter about that mean (10.53), lower part; replaced by W⁻¹ (10.62).
    prior : Prior
    means : (K, D) float64, written
        m_k (10.61).
    lowers : (K, D, D) float64, lower part written
        Cholesky factors of W⁻¹.
    table : (K, `size_of_gaussian(D)`) float64, written

    Returns
    -------
    float
        Kullback-Leibler divergence of the posterior from the prior, nats: the bound is ln Z less this.
    """
    dimensions = averages.shape[1]
    inverse = np.zeros((dimensions, dimensions))
    log_determinant0 = factor(prior.scatter, inverse)
    log_norm0 = log_wishart_norm(prior.freedom, log_determinant0, dimensions)
    all_concentration = prior.components * prior.concentration
    for count in counts:
        all_concentration += count
    digamma_of_all = digamma(all_concentration)
    divergence = math.lgamma(all_concentration) - math.lgamma(prior.components * prior.concentration)
    for k in range(len(counts)):
        concentration = prior.concentration + counts[k]
        precision = prior.precision + counts[k]
        freedom = prior.freedom + counts[k]
        _shift_scatter(averages[k], counts[k] * prior.precision / precision, prior.scatter, scatters[k])
        for i in range(dimensions):
            means[k, i] = averages[k, i] * (counts[k] / precision)
        log_determinant = factor(scatters[k], lowers[k])
        invert(lowers[k], inverse)

        log_weight = digamma(concentration) - digamma_of_all  # E[ln pi], Bishop 10.66
        log_precision = dimensions * _LN_2 - log_determinant  # E[ln |Lambda|], Bishop 10.65
        for i in range(dimensions):
            log_precision += digamma(0.5 * (freedom - i))
        constant = log_weight + 0.5 * (log_precision - dimensions * (_LN_2 + _LN_PI) - dimensions / precision)
        from_origin = _tabulate(constant, freedom, means[k], inverse, table[k])

        divergence += math.lgamma(prior.concentration) - math.lgamma(concentration) + counts[k] * log_weight
        divergence += 0.5 * dimensions * (math.log(precision / prior.precision) - 1 + prior.precision / precision)
        divergence += 0.5 * prior.precision * freedom * from_origin
        divergence += log_wishart_norm(freedom, log_determinant, dimensions) - log_norm0
        divergence += 0.5 * (freedom - prior.freedom) * log_precision
        divergence += 0.5 * freedom * (_trace(prior.scatter, inverse) - dimensions)
    return divergence


@kernel
def _shift_scatter(average: Float, pull: float, prior: Float, scatter: Float) -> None:
    for i in range(len(average)):
        for j in range(i + 1):
            scatter[i, j] += prior[i, j] + pull * average[i] * average[j]


@kernel
def _tabulate(constant: float, freedom: float, mean: Float, inverse: Float, row: Float) -> float:
    """Write c, b and M of one component; return |L⁻¹ mean|²."""
    dimensions = len(mean)
    scale = math.sqrt(0.5 * freedom * _LOG2_E)
    distance = 0.0
    place = 1 + dimensions
    for i in range(dimensions):
        whitened = 0.0
        for j in range(i + 1):
            whitened += inverse[i, j] * mean[j]
            row[place] = scale * inverse[i, j]
            place += 1
        row[1 + i] = -scale * whitened
        distance += whitened * whitened
    row[0] = constant * _LOG2_E
    return distance


@kernel
def _trace(matrix: Float, inverse: Float) -> float:
    """Trace of matrix · inverseᵀ · inverse, for a symmetric matrix of which the lower part is read."""
    value = 0.0
    for i in range(len(matrix)):
        for j in range(i + 1):
            product = 0.0
            for m in range(i, len(matrix)):
                product += inverse[m, i] * inverse[m, j]
            value += matrix[i, j] * product * (1 if i == j else 2)
    return value
