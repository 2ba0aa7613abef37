"""Other measures of how far two pictures are apart, beside the divergence that makes the look; it compares one pair.

Each is taken in the two shared spaces of `leitmotiv.analysis.look`, with the same smoothing, and their mean, weighted
as the look weighs them, is returned in nats. Below, P = Σ πₐ Pₐ and Q = Σ ωᵦ Qᵦ are the two mixtures with their
Gaussians in one of them.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from leitmotiv.analysis.look import DEFAULT, Look
from leitmotiv.analysis.packing import place
from leitmotiv.analysis.variational import expect, tabulate
from leitmotiv.records import Float, Mixture

__all__ = ["bhattacharyya_distance", "cauchy_schwarz_divergence", "kl_monte_carlo", "kl_variational"]


@dataclass(frozen=True, eq=False)
class _Gaussians:
    """A mixture in one space: weights (K,), means (K, D) and lower Cholesky factors (K, D, D), all float64."""

    weights: Float
    means: Float
    factors: Float

    @property
    def covariances(self) -> Float:
        return np.asarray(self.factors @ self.factors.transpose(0, 2, 1))


def _spaces(a: Mixture, b: Mixture, look: Look) -> Iterator[tuple[_Gaussians, _Gaussians]]:
    """Both mixtures in the centred space, then in the common one."""
    if a.colour_space != b.colour_space:
        raise ValueError(f"A mixture in {a.colour_space} cannot be compared with one in {b.colour_space}.")
    placed = [place(mixture, look) for mixture in (a, b)]
    for is_common in (False, True):
        first, second = (
            _Gaussians(weights, means + is_common * origin, factors) for weights, means, factors, origin in placed
        )
        yield first, second


def _shares(look: Look) -> Float:
    """How much the centred space and the common one count for, (2,)."""
    centred = float(look.combine(np.array([1, 0], np.float32)))
    return np.array([centred, 1 - centred])


def _cholesky(covariances: Float) -> Float:
    return np.asarray(np.linalg.cholesky(covariances), np.float64)


def _log_determinants(factors: Float) -> Float:
    return np.asarray(2 * np.log(np.diagonal(factors, axis1=-2, axis2=-1)).sum(-1))


def _square_distances(factors: Float, differences: Float) -> Float:
    """Square lengths of (..., D) differences in units of the covariances with these lower factors, (...,)."""
    return np.asarray((np.linalg.solve(factors, differences[..., None])[..., 0] ** 2).sum(-1))


def _sum_pairs(p: _Gaussians, q: _Gaussians, logs: Float) -> float:
    """Compute ln Σ πₐ ωᵦ exp(logsₐᵦ)."""
    return float(logsumexp(logs + np.log(p.weights)[:, None] + np.log(q.weights)))


def _log_overlap(p: _Gaussians, q: _Gaussians) -> float:
    """Compute ln Σ πₐ ωᵦ ∫ √(Pₐ Qᵦ)."""
    halves = _cholesky((p.covariances[:, None] + q.covariances) / 2)
    logs = -_square_distances(halves, p.means[:, None] - q.means) / 8 - _log_determinants(halves) / 2
    logs += (_log_determinants(p.factors)[:, None] + _log_determinants(q.factors)) / 4
    return _sum_pairs(p, q, logs)


def bhattacharyya_distance(a: Mixture, b: Mixture, *, look: Look = DEFAULT) -> float:
    r"""Bhattacharyya distance of two mixtures, by their components.

    .. math::

        B(P, Q) = -\ln \frac{K(P, Q)}{\sqrt{K(P, P) K(Q, Q)}}, \quad
        K(P, Q) = \sum_{a, b} \pi_a \omega_b \int \sqrt{P_a Q_b}

    with the integral in closed form [1]_. K is a product kernel [2]_ of the Gaussians, so that B is never below 0, and
    0 for equal mixtures. For one Gaussian each it is Bhattacharyya's distance -ln ∫ √(P Q) itself, which has no closed
    form for mixtures.

    Returns
    -------
    float
        Nats; symmetric, without an upper end.

    References
    ----------
    .. [1] T. Kailath, "The divergence and Bhattacharyya distance measures in signal selection", IEEE Trans. Commun.
       Technol. 15 (1967).
    .. [2] T. Jebara, R. Kondor and A. Howard, "Probability product kernels", JMLR 5 (2004), with rho = 1/2.
    """
    return _relative(a, b, look, _log_overlap)


def _log_product(p: _Gaussians, q: _Gaussians) -> float:
    """Compute ln ∫ P Q: the integral of two Gaussians' product is a Gaussian of the difference of their means."""
    factors = _cholesky(p.covariances[:, None] + q.covariances)
    logs = -_square_distances(factors, p.means[:, None] - q.means) / 2 - _log_determinants(factors) / 2
    return _sum_pairs(p, q, logs - p.means.shape[1] / 2 * math.log(2 * math.pi))


def cauchy_schwarz_divergence(a: Mixture, b: Mixture, *, look: Look = DEFAULT) -> float:
    r"""Cauchy-Schwarz divergence of two mixtures, in closed form.

    .. math:: D_{CS}(P, Q) = -\ln \frac{\int P Q}{\sqrt{\int P^2 \int Q^2}}

    Returns
    -------
    float
        Nats; symmetric, 0 only for equal mixtures, without an upper end.

    References
    ----------
    K. Kampa, E. Hasanbelliu and J. C. Principe, "Closed-form Cauchy-Schwarz PDF divergence for mixture of Gaussians",
    IJCNN 2011.
    """
    return _relative(a, b, look, _log_product)


def _relative(a: Mixture, b: Mixture, look: Look, log_kernel: Callable[[_Gaussians, _Gaussians], float]) -> float:
    values = [(log_kernel(p, p) + log_kernel(q, q)) / 2 - log_kernel(p, q) for p, q in _spaces(a, b, look)]
    # What rounding leaves of a difference of logarithms may lie below 0.
    return max(float(_shares(look) @ values), 0.0)


def _log_density(p: _Gaussians, points: Float) -> Float:
    """Compute ln P at (N, D) points, (N,)."""
    norms = (_log_determinants(p.factors) + p.means.shape[1] * np.log(2 * np.pi)) / 2
    return expect(np.ascontiguousarray(points), tabulate(np.log(p.weights) - norms, p.means, p.factors))[1]


def kl_monte_carlo(
    a: Mixture, b: Mixture, *, rng: np.random.Generator, points: int = 10_000, look: Look = DEFAULT
) -> tuple[float, float]:
    r"""Kullback-Leibler divergence of P from Q, estimated from independent points of P.

    .. math:: D(P \| Q) = E_P[\ln P(x) - \ln Q(x)]

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the points come from.
    points : int
        How many in each space, at least 2.

    Returns
    -------
    value, error : float
        The estimate and its standard error, nats. It is not symmetric, and an estimate near 0 may lie below it.

    References
    ----------
    J. R. Hershey and P. A. Olsen, "Approximating the Kullback Leibler divergence between Gaussian mixture models",
    ICASSP 2007: Monte Carlo sampling.
    """
    if points < 2:
        raise ValueError(f"points is {points}, but must be at least 2.")
    values, variances = [], []
    for p, q in _spaces(a, b, look):
        chosen = rng.choice(len(p.weights), points, p=p.weights)
        normal = rng.standard_normal((points, p.means.shape[1]))
        drawn = p.means[chosen] + np.einsum("nij,nj->ni", p.factors[chosen], normal)
        gains = _log_density(p, drawn) - _log_density(q, drawn)
        values.append(gains.mean())
        variances.append(gains.var(ddof=1) / points)
    shares = _shares(look)
    return float(shares @ values), float(np.sqrt(shares**2 @ variances))


def kl_variational(a: Mixture, b: Mixture, *, look: Look = DEFAULT) -> float:
    r"""Kullback-Leibler divergence of P from Q, by the variational approximation.

    .. math::

        D(P \| Q) \approx \sum_a \pi_a \ln
        \frac{\sum_{a'} \pi_{a'} e^{-D(P_a \| P_{a'})}}{\sum_b \omega_b e^{-D(P_a \| Q_b)}}

    with the divergences of the Gaussians in closed form. It is exact for one Gaussian each, 0 for equal mixtures, and
    neither an upper nor a lower bound otherwise.

    Returns
    -------
    float
        Nats; not symmetric.

    References
    ----------
    J. R. Hershey and P. A. Olsen, "Approximating the Kullback Leibler divergence between Gaussian mixture models",
    ICASSP 2007: the variational approximation.
    """
    values = []
    for p, q in _spaces(a, b, look):
        own, other = (logsumexp(-_kl_of_gaussians(p, target), b=target.weights, axis=1) for target in (p, q))
        values.append(p.weights @ (own - other))
    return float(_shares(look) @ values)


def _kl_of_gaussians(p: _Gaussians, q: _Gaussians) -> Float:
    """D(Pₐ ‖ Qᵦ) for each pair of components, (A, B), nats."""
    whitened = np.linalg.solve(q.factors[None], p.factors[:, None])
    traces = (whitened**2).sum((-2, -1))
    distances = _square_distances(q.factors[None], p.means[:, None] - q.means)
    ratios = _log_determinants(q.factors) - _log_determinants(p.factors)[:, None]
    return np.asarray((ratios + traces + distances - p.means.shape[1]) / 2)
