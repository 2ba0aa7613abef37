"""The variational mixture as the textbook writes it (Bishop 10.2), slowly: the twin of kernels/mixture and plain."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, logsumexp, multigammaln


@dataclass
class State:
    """Parameters of the posterior, K components."""

    alpha: np.ndarray
    beta: np.ndarray
    nu: np.ndarray
    means: np.ndarray
    scatters: np.ndarray


@dataclass
class Belief:
    """The prior: alpha0 for each of K0 components, beta0, nu0, m0 = 0 and W0⁻¹."""

    alpha: float
    beta: float
    nu: float
    scatter: np.ndarray
    components: int


def maximise(points, responsibilities, prior):
    """Equations 10.51 to 10.53 and 10.58 to 10.63."""
    counts = responsibilities.sum(0)
    means, scatters = [], []
    for k in range(len(counts)):
        r = responsibilities[:, k]
        average = (r @ points) / counts[k] if counts[k] > 0 else np.zeros(points.shape[1])
        deviations = points - average
        spread = (r[:, None] * deviations).T @ deviations
        pull = prior.beta * counts[k] / (prior.beta + counts[k])
        means.append(counts[k] * average / (prior.beta + counts[k]))
        scatters.append(prior.scatter + spread + pull * np.outer(average, average))
    return State(prior.alpha + counts, prior.beta + counts, prior.nu + counts, np.array(means), np.array(scatters))


def log_rho(points, state, prior):
    """Equation 10.46, with 10.64 to 10.66; components that were dropped keep their alpha0 in the sum."""
    dimensions = points.shape[1]
    everything = state.alpha.sum() + (prior.components - len(state.alpha)) * prior.alpha
    columns = []
    for k in range(len(state.alpha)):
        precision = np.linalg.inv(state.scatters[k])
        log_precision = sum(digamma((state.nu[k] - i) / 2) for i in range(dimensions))
        log_precision += dimensions * np.log(2) - np.linalg.slogdet(state.scatters[k])[1]
        deviations = points - state.means[k]
        distance = dimensions / state.beta[k] + state.nu[k] * np.einsum(
            "ni,ij,nj->n", deviations, precision, deviations
        )
        log_weight = digamma(state.alpha[k]) - digamma(everything)
        columns.append(log_weight + 0.5 * (log_precision - dimensions * np.log(2 * np.pi) - distance))
    return np.array(columns).T


def log_wishart(scatter, nu):
    """Logarithm of B(W, nu), equation B.79."""
    dimensions = len(scatter)
    log_determinant = np.linalg.slogdet(scatter)[1]
    return nu / 2 * log_determinant - nu * dimensions / 2 * np.log(2) - multigammaln(nu / 2, dimensions)


def divergence(state, prior):
    """Kullback-Leibler divergence of the posterior from the prior: 10.74 and 10.77 less 10.72 and 10.73."""
    dimensions = state.means.shape[1]
    missing = prior.components - len(state.alpha)
    alpha = np.append(state.alpha, np.full(missing, prior.alpha))
    expected = digamma(alpha) - digamma(alpha.sum())
    value = gammaln(alpha.sum()) - gammaln(alpha).sum() + (alpha - prior.alpha) @ expected
    value -= gammaln(prior.components * prior.alpha) - prior.components * gammaln(prior.alpha)
    for k in range(len(state.alpha)):
        precision = np.linalg.inv(state.scatters[k])
        log_precision = sum(digamma((state.nu[k] - i) / 2) for i in range(dimensions))
        log_precision += dimensions * np.log(2) - np.linalg.slogdet(state.scatters[k])[1]
        ratio = prior.beta / state.beta[k]
        distance = state.nu[k] * state.means[k] @ precision @ state.means[k]
        value += 0.5 * (dimensions * (ratio - 1 - np.log(ratio)) + prior.beta * distance)
        value += log_wishart(state.scatters[k], state.nu[k]) - log_wishart(prior.scatter, prior.nu)
        value += 0.5 * (state.nu[k] - prior.nu) * log_precision
        value += 0.5 * state.nu[k] * (np.trace(prior.scatter @ precision) - dimensions)
    return value


def fit(points, labels, prior, passes, components, relaxation=1.0):
    """From hard labels, a number of E- and M-steps; the last state and the bound at each pass.

    With a relaxation above 1, each E-step goes further from the responsibilities before than to those that it finds,
    unless that has lowered the bound, and not for components that would keep less than 0.3 of their samples.
    """
    found = taken = np.eye(components)[labels]
    bounds, step = [], 1.0
    while len(bounds) < passes:
        state = maximise(points, taken, prior)
        positive = all(np.linalg.eigvalsh(scatter).min() > 0 for scatter in state.scatters)
        bound = -np.inf
        if positive:
            scores = log_rho(points, state, prior)
            evidence = logsumexp(scores, axis=1)
            bound = evidence.sum() - divergence(state, prior)
        if step > 1 and bound < bounds[-1]:
            taken, step = found, 1.0
            continue
        bounds.append(bound)
        found = np.exp(scores - evidence[:, None])
        step = min(1.2 * step, relaxation)
        further = taken + step * (found - taken)
        taken = np.where(further.sum(0) >= 0.3 * found.sum(0), further, found)
    return maximise(points, found, prior), np.array(bounds)
