"""A person's taste: from stars and from pairs, about what everybody's critic says, with how sure it is.

A picture's worth is ``b + a g + x w``: g what the global critic says, x what the backbone sees along the principal axes
of the collection. Stars tell the worth with noise; of a pair the worthier is preferred, by the logistic of the
difference [1]_. The prior says that a person agrees with everybody (a = 1, w = 0); Newton's method finds the one
maximum of the posterior, and its curvature there tells how sure that is (Laplace's method [2]_), which also chooses how
far w may go.

References
----------
.. [1] R. A. Bradley and M. E. Terry, Rank analysis of incomplete block designs (1952).
.. [2] D. J. C. MacKay, Bayesian interpolation (1992).
.. [3] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel, Bayesian active learning for classification and preference
   learning (2011): the question whose answer tells most.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import entr, expit

from leitmotiv.analysis.threads import products_on_one
from leitmotiv.records import Float, Half

AXES = 128
"""Principal axes of the collection that taste may go along."""
FITTED_ON = 4000
REACHES = (0.03, 0.1, 0.3, 0.6, 1.0, 1.8)
"""Deviations, in scores, by which taste may differ from the critic's word; the evidence chooses."""
STAR_NOISE = 1.3
"""How exactly stars tell the worth, scores: two stars of five lie two scores apart."""
PAIR_SCALE = 0.7
"""Difference in worth at which three of four choices go to the worthier is 1.1 times this."""
_STEPS = 50
_WIDE, _LEVEL = 0.5, 2.0  # prior deviations of a and of b
SHARES = (0.0, 0.4, 0.7)
"""Of how taste may differ, the part along plain axes, where there are some; the evidence chooses."""
_LEAST_SHARE = 1e-6


class Axes(NamedTuple):
    """Where pictures lie along the principal axes of a collection.

    Attributes
    ----------
    places : (N, 2 + R + P) float64
        1, what the global critic says beside its mean, R coordinates whose squares sum to 1 in the mean, and P plain
        ones, whose squares do, too.
    level : float
        Mean of what the global critic says.
    plain : int
        P.
    """

    places: Float
    level: float
    plain: int = 0


@dataclass(frozen=True, eq=False)
class Taste:
    """What was learnt.

    Attributes
    ----------
    weights : (2 + R,) float64
        b, a and w.
    covariance : (2 + R, 2 + R) float64
        Of the weights, by the curvature of the posterior.
    reach : float
        The largest prior deviation of w.
    evidence : float
        Log probability of what was said, nats.
    slope : float
        Largest component of the gradient at the end.
    """

    weights: Float
    covariance: Float
    reach: float
    evidence: float
    slope: float


def axes(features: Half, opinion: Float, plain: Float | None = None) -> Axes:
    """Places of pictures (N, D) with what the global critic says of them, (N,).

    Parameters
    ----------
    plain : (N, P) float64, optional
        A few things that people name, such as how light a picture is: a taste along these is learnt from far fewer
        answers than one along all that a network sees.
    """
    every = max(1, -(-len(features) // FITTED_ON))
    some = features[::every].astype(np.float64)
    middle = some.mean(axis=0)
    with products_on_one():
        if len(some) < some.shape[1]:
            centred = some - middle
            squares, left = np.linalg.eigh(centred @ centred.T)
            kept = np.flatnonzero(squares > max(squares[-1], 1e-300) * 1e-6)[::-1][:AXES]
            directions = centred.T @ (left[:, kept] / np.sqrt(squares[kept]))
        else:
            squares, across = np.linalg.eigh(np.cov(some, rowvar=False))
            kept = np.flatnonzero(squares > max(squares[-1], 1e-300) * 1e-6)[::-1][:AXES]
            directions = across[:, kept]
        places = (features.astype(np.float32) - middle.astype(np.float32)) @ directions.astype(np.float32)
    size = float(np.sqrt((places.astype(np.float64) ** 2).sum(axis=1).mean())) or 1.0
    level = float(opinion.mean()) if len(opinion) else 5.5
    columns = [np.ones(len(places)), opinion - level, places / size]
    if plain is None or not plain.shape[1]:
        return Axes(np.column_stack(columns), level)
    apart = plain - plain.mean(axis=0)
    spread = np.sqrt((apart**2).mean(axis=0))
    scaled = np.where(spread > 0, apart / np.where(spread > 0, spread, 1), 0.0) / np.sqrt(plain.shape[1])
    return Axes(np.column_stack([*columns, scaled]), level, plain.shape[1])


def learn(
    places: Float,
    starred: NDArray[np.int64],
    stars: Float,
    pairs: NDArray[np.int64],
    level: float = 5.5,
    plain: int = 0,
) -> Taste:
    """The taste of somebody who said these things.

    Parameters
    ----------
    places : (N, 2 + R + P) float64
        See `Axes`.
    starred, stars : (S,) int64 and float64
        Rows, and the worth that their stars stand for, 1 to 10.
    pairs : (P, 2) int64
        Rows: the first was preferred to the second.
    level : float
        Prior mean of b.
    plain : int
        P; how much of a taste goes along these axes is chosen by the evidence, too.
    """
    with products_on_one():
        found = [
            _fit(places, starred, stars, pairs, level, _deviations(places.shape[1], reach, share, plain))
            for reach in REACHES
            for share in (SHARES if plain else SHARES[:1])
        ]
    return max(found, key=lambda one: one.evidence)


def _deviations(count: int, reach: float, share: float, plain: int) -> Float:
    """Prior deviations of all weights: `reach` altogether, `share` of its square along the plain axes."""
    seen = np.full(count - 2 - plain, reach * np.sqrt(1 - share))
    return np.concatenate([[_LEVEL, _WIDE], seen, np.full(plain, reach * np.sqrt(max(share, _LEAST_SHARE)))])


def _fit(
    places: Float, starred: NDArray[np.int64], stars: Float, pairs: NDArray[np.int64], level: float, spread: Float
) -> Taste:
    count, reach = places.shape[1], float(np.sqrt((spread[2:] ** 2).max(initial=0)))
    mean = np.concatenate([[level, 1.0], np.zeros(count - 2)])
    precision = 1 / spread**2
    told = places[starred]
    apart = (places[pairs[:, 0]] - places[pairs[:, 1]]) / PAIR_SCALE
    fixed = told.T @ told / STAR_NOISE**2 + np.diag(precision)

    def loss(weights: Float) -> float:
        off = weights - mean
        missed = stars - told @ weights
        told_pairs = np.logaddexp(0, -apart @ weights).sum()
        return float(0.5 * (precision * off) @ off + 0.5 * missed @ missed / STAR_NOISE**2 + told_pairs)

    weights, slope = mean.copy(), np.inf
    for _ in range(_STEPS):
        likely = expit(-apart @ weights)
        gradient = precision * (weights - mean) - told.T @ (stars - told @ weights) / STAR_NOISE**2 - apart.T @ likely
        curvature = fixed + (apart * (likely * (1 - likely))[:, None]).T @ apart
        slope = float(np.abs(gradient).max())
        if slope < 1e-9:
            break
        step, now, length = cho_solve(cho_factor(curvature), gradient), loss(weights), 1.0
        while length > 1e-6 and loss(weights - length * step) > now - 1e-4 * length * float(gradient @ step):
            length /= 2
        if length <= 1e-6:
            break  # the last digits of the loss say no more
        weights = weights - length * step
    factor = cho_factor(curvature)
    volume = 2 * float(np.log(np.diag(factor[0])).sum())
    noise = len(stars) * float(np.log(STAR_NOISE * np.sqrt(2 * np.pi)))
    evidence = -loss(weights) - noise + 0.5 * float(np.log(precision).sum()) - 0.5 * volume
    return Taste(weights, cho_solve(factor, np.eye(count)), reach, evidence, slope)


def worth(taste: Taste, places: Float) -> tuple[Float, Float]:
    """Worth of pictures (N,), in scores, and how far it may be off beside that of the others: pairs tell no level."""
    apart = places - places.mean(axis=0)
    spread = np.einsum("nr,nr->n", apart @ taste.covariance, apart)
    return places @ taste.weights, np.sqrt(np.maximum(spread, 0))


def preferred(taste: Taste, left: Float, right: Float) -> Float:
    """Probability that each left one (P, 2 + R) would be preferred, with what is not known about the taste in it."""
    apart = (left - right) / PAIR_SCALE
    spread = np.einsum("nr,nr->n", apart @ taste.covariance, apart)
    return np.asarray(expit(apart @ taste.weights / np.sqrt(1 + np.pi * spread / 8)))


def gains(taste: Taste, left: Float, right: Float) -> Float:
    """How much the answer to each pair would tell about the taste, in bits [3]_.

    Entropy of the answer less its mean entropy were the taste known; the mean by five points of Gauss and Hermite.
    """
    apart = (left - right) / PAIR_SCALE
    middle = apart @ taste.weights
    spread = np.sqrt(np.maximum(np.einsum("nr,nr->n", apart @ taste.covariance, apart), 0))
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    likely = expit(middle[:, None] + spread[:, None] * nodes)
    shares = weights / weights.sum()
    return np.asarray(_bits(likely @ shares) - _bits(likely) @ shares)


def _bits(likely: Float) -> Float:
    return np.asarray((entr(likely) + entr(1 - likely)) / np.log(2))


def ask_next(
    taste: Taste, places: Float, known: set[tuple[int, int]], *, seed: int = 0, tried: int = 4000
) -> tuple[int, int] | None:
    """The pair of rows whose answer would tell most, among many that are drawn; None where all were asked."""
    count = len(places)
    if count < 2:
        return None
    rng = np.random.default_rng(seed)
    left = rng.integers(count, size=tried)
    right = (left + 1 + rng.integers(count - 1, size=tried)) % count
    fresh = np.array([(min(a, b), max(a, b)) not in known for a, b in zip(left.tolist(), right.tolist(), strict=True)])
    if not fresh.any():
        return None
    left, right = left[fresh], right[fresh]
    best = int(np.argmax(gains(taste, places[left], places[right])))
    return int(left[best]), int(right[best])
