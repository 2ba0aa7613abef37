"""Samples as variational Gaussian mixtures: the prior, the posterior, the two steps and the fit; no pictures here.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import mixture as vectors
from leitmotiv.kernels import plain, posterior, seeding
from leitmotiv.kernels.mixture import BLOCK, Rules
from leitmotiv.kernels.posterior import Prior
from leitmotiv.kernels.simd import size_of_gaussian
from leitmotiv.records import Float

__all__ = ["Fit", "Posterior", "Prior", "expect", "fit", "maximise", "tabulate"]

_FARTHEST = 100.0  # single precision holds the moments of samples up to here
_LLOYD_STEPS = 5
_DROP = 0.5  # samples that a component must answer for to stay


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is believed of K components after the samples, the prior mean being the origin.

    Attributes
    ----------
    counts : (K,) float64
        Samples that each component answers for, N_k.
    means : (K, D) float64
    scatters : (K, D, D) float64
        Lower Cholesky factors of W⁻¹.
    prior : Prior
    table : (K, 1 + D + D (D + 1) / 2) float64
        The expected log densities, as the kernels read them.
    divergence : float
        From the prior, nats.
    """

    counts: Float
    means: Float
    scatters: Float
    prior: Prior
    table: Float
    divergence: float

    @property
    def weights(self) -> Float:
        """Expected weights, (K,) float64."""
        concentration = self.prior.concentration + self.counts
        return np.asarray(concentration / concentration.sum())

    @property
    def freedom(self) -> Float:
        """Degrees of freedom, (K,) float64."""
        return np.asarray(self.prior.freedom + self.counts)

    @property
    def cholesky(self) -> Float:
        """Lower Cholesky factors of the covariances W⁻¹ / nu, (K, D, D) float64."""
        return np.asarray(self.scatters / np.sqrt(self.freedom)[:, None, None])


@dataclass(frozen=True, eq=False)
class Fit:
    """A mixture that was fitted, heaviest component first.

    Attributes
    ----------
    weights : (K,) float64
    means : (K, D) float64
    cholesky : (K, D, D) float64
        Lower factors of the covariances W⁻¹ / nu.
    counts : (K,) float64
        Samples that each component answers for.
    bounds : (I,) float64
        Lower bound of the log evidence at each pass, nats.
    converged : bool
    """

    weights: Float
    means: Float
    cholesky: Float
    counts: Float
    bounds: Float
    converged: bool


def maximise(points: Float, responsibilities: Float, prior: Prior, *, widening: float = 0.0) -> Posterior:
    """M-step: the posterior, given who answers for which sample (Bishop 10.51 to 10.63).

    Parameters
    ----------
    points : (N, D) float64
        Less the prior mean.
    responsibilities : (N, K) float64
    prior : Prior
    widening : float
        Added to the diagonal of each component's empirical covariance.
    """
    components, dimensions = responsibilities.shape[1], points.shape[1]
    counts, averages = np.empty(components), np.empty((components, dimensions))
    scatters = np.empty((components, dimensions, dimensions))
    plain.gather(points, responsibilities, counts, averages, scatters)
    scatters += widening * counts[:, None, None] * np.eye(dimensions)
    return _update(counts, averages, scatters, prior)


def _update(counts: Float, averages: Float, scatters: Float, prior: Prior) -> Posterior:
    means, lowers = np.empty_like(averages), np.zeros_like(scatters)
    table = np.empty((len(counts), size_of_gaussian(averages.shape[1])))
    divergence = posterior.update(counts, averages, scatters, prior, means, lowers, table)
    return Posterior(counts, means, lowers, prior, table, divergence)


def expect(points: Float, table: Float) -> tuple[Float, Float]:
    """E-step: who answers for which sample (Bishop 10.46, 10.49).

    Parameters
    ----------
    points : (N, D) float64
        Less the prior mean.
    table : (K, 1 + D + D (D + 1) / 2) float64
        Of a `Posterior`.

    Returns
    -------
    responsibilities : (N, K) float64
    evidence : (N,) float64
        ln Z of each sample, nats.
    """
    responsibilities, evidence = np.empty((len(points), len(table))), np.empty(len(points))
    plain.expect(points, table, responsibilities, evidence)
    return responsibilities, evidence


def tabulate(heights: Float, means: Float, cholesky: Float) -> Float:
    """Write height - |L⁻¹ (x - mean)|² / 2 of K components as the kernels read it: c - |M x + b|² in base 2.

    Parameters
    ----------
    heights : (K,) float64
        Nats.
    means : (K, D) float64
    cholesky : (K, D, D) float64
        Lower factors L.

    Returns
    -------
    (K, 1 + D + D (D + 1) / 2) float64
    """
    components, dimensions = means.shape
    log2_e = math.log2(math.e)
    whitening = math.sqrt(0.5 * log2_e) * np.linalg.solve(cholesky, np.broadcast_to(np.eye(dimensions), cholesky.shape))
    table = np.empty((components, size_of_gaussian(dimensions)))
    table[:, 0] = heights * log2_e
    table[:, 1 : 1 + dimensions] = -np.einsum("kij,kj->ki", whitening, means)
    table[:, 1 + dimensions :] = whitening[:, *np.tril_indices(dimensions)]
    return table


def fit(
    points: NDArray[np.floating[Any]],
    *,
    components: int = 50,
    alpha: float = 0.01,
    seed: int = 0,
    tol: float = 0.5,
    max_iter: int = 500,
    starts: int = 1,
    relaxation: float = 2.0,
) -> Fit:
    """Fit a mixture to samples of about unit variance about the origin.

    The prior has the mean 0 (that counts for one sample), D + 1 degrees of freedom and the scatter I; components
    that answer for less than half a sample are dropped. Samples of three or five dimensions within 100 of the origin
    go through the 32-bit vector form, all others through the plain one.

    Parameters
    ----------
    points : (N, D) float
    components : int
        Most components; the samples decide how many are left.
    alpha : float
        Dirichlet concentration of each component.
    seed : int
        Of the starting centres.
    tol : float
        Gain of the bound in one pass, nats for all samples together, below which to stop. At 0.5, components that
        would still merge slowly may stay apart, at a cost of some 0.001 nats a held-out sample of a picture; to
        count clusters, ask for 0.001.
    max_iter : int
        Most passes.
    starts : int
        How many starts to try; the one with the greatest bound is kept.
    relaxation : float
        The longest step, as a multiple of that of EM; see `leitmotiv.kernels.mixture`. 1 is EM itself.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        No sample, one that is not finite, or a parameter out of its range.
    """
    values: Float = np.asarray(points, np.float64, order="C")
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"points have the shape {values.shape}, but must be rows of samples, at least one.")
    if not np.isfinite(values).all():
        raise ValueError("points must be finite.")
    if min(components, max_iter, starts) < 1 or not alpha > 0 or not relaxation >= 1:
        raise ValueError("components, max_iter, starts and relaxation must be at least 1, and alpha above 0.")
    dimensions = values.shape[1]
    prior = Prior(float(alpha), 1.0, dimensions + 1.0, np.eye(dimensions), int(components))
    rules = Rules(_DROP, float(tol), float(relaxation))
    rng = np.random.default_rng(seed)
    is_near = dimensions in vectors.DIMENSIONS and np.abs(values).max() <= _FARTHEST
    run = _fit_vectors if is_near else _fit_plainly
    runs = (run(values, rng.random(components, np.float32), prior, rules, max_iter) for _ in range(starts))
    # The first of equals, as max() takes.
    result, bounds, converged = max(runs, key=lambda run: run[1][-1])
    order = np.argsort(-result.counts, kind="stable")
    weights = result.weights[order]
    return Fit(weights, result.means[order], result.cholesky[order], result.counts[order], bounds, converged)


def _seed(points: Float, uniforms: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Samples as padded columns about their mean, the label of each, and how many different labels there may be."""
    count, dimensions = points.shape
    rows = np.zeros((dimensions, _round_up(count, seeding.WIDTH)), np.float32)
    rows[:, :count] = (points - points.mean(0)).T
    centres = np.empty((len(uniforms), dimensions), np.float32)
    centres = centres[: seeding.choose_centres(rows, count, uniforms, centres)]
    labels = np.empty(rows.shape[1], np.float32)
    seeding.improve_centres(rows, count, _LLOYD_STEPS, centres, labels)
    return rows, labels, len(centres)


def _round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _fit_vectors(
    points: Float, uniforms: NDArray[np.float32], prior: Prior, rules: Rules, max_iter: int
) -> tuple[Posterior, Float, bool]:
    count, dimensions = points.shape
    rows, labels, components = _seed(points, uniforms)
    rows[:, :count] = points.T
    blocks = np.zeros((_round_up(count, BLOCK) // BLOCK, dimensions, BLOCK), np.float32)
    weights = np.zeros((len(blocks), BLOCK), np.float32)
    seeding.sort_columns(rows, count, labels, components, blocks, weights)
    moments = np.zeros((components, size_of_gaussian(dimensions)))
    seeding.sum_moments(rows, count, labels, moments)

    bounds = np.zeros(max_iter)
    means, lowers = np.zeros((components, dimensions)), np.zeros((components, dimensions, dimensions))
    components, passes, converged = vectors.fit_blocks(
        blocks, weights, moments, prior, rules, (0,) * dimensions, bounds, means, lowers
    )
    counts, scatters = moments[:components, 0].copy(), lowers[:components]
    result = Posterior(counts, means[:components], scatters, prior, np.empty((0, 0)), math.nan)
    return result, bounds[:passes], converged


def _fit_plainly(
    points: Float, uniforms: NDArray[np.float32], prior: Prior, rules: Rules, max_iter: int
) -> tuple[Posterior, Float, bool]:
    """Do what `kernels.mixture.fit_blocks` does; moments are linear in responsibilities, so those take its steps."""
    _, labels, components = _seed(points, uniforms)
    reached = np.zeros((len(points), components))
    reached[np.arange(len(points)), labels[: len(points)].astype(np.intp)] = 1
    taken = reached = _drop(reached, reached, rules)
    bounds: list[float] = []
    step, converged = 1.0, False
    while len(bounds) < max_iter and not converged:
        result = maximise(points, taken, prior)
        bound = math.nan
        if not math.isnan(result.divergence):
            responsibilities, evidence = expect(points, result.table)
            bound = float(evidence.sum()) - result.divergence
        if step > 1 and not bound >= bounds[-1]:
            taken, step = reached, 1.0
            continue
        taken, reached = _drop(taken, responsibilities, rules), _drop(responsibilities, responsibilities, rules)
        is_still = bool(bounds) and abs(bound - bounds[-1]) < rules.tolerance
        converged = is_still and reached.shape == responsibilities.shape
        bounds.append(bound)
        step = min(vectors.GROWTH * step, rules.relaxation)
        taken = _relax(taken, reached, step)
    return maximise(points, reached, prior), np.array(bounds), converged


def _drop(shares: Float, responsibilities: Float, rules: Rules) -> Float:
    """Columns of (N, K) `shares` whose component answers for enough samples to stay."""
    counts = responsibilities.sum(0)
    return np.ascontiguousarray(shares[:, (counts >= rules.drop) | (counts == counts.max())])


def _relax(taken: Float, reached: Float, step: float) -> Float:
    """Go from (N, K) `taken` to what a step of EM has reached, and beyond."""
    further = taken + step * (reached - taken)
    return np.where(further.sum(0) >= vectors.LEAST * reached.sum(0), further, reached)
