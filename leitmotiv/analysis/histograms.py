"""Votes of any form as a histogram over the scores 1 to 10, by named conversions; it reads no file.

References
----------
.. [1] E. T. Jaynes, Information theory and statistical mechanics (1957): the least that moments alone tell.
.. [2] A. Gelman et al., Bayesian Data Analysis (2013), section 3.4: counts under a Dirichlet prior.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from leitmotiv.errors import RatingsError
from leitmotiv.records import Float

BINS = 10
SCORES: Float = np.arange(1, BINS + 1, dtype=np.float64)
SCORES.setflags(write=False)
Spread = Literal["wide", "narrow"]
_STEPS = 200
_NEAR = 1e-9


def of_counts(counts: ArrayLike, smoothing: float = 0.0, base: ArrayLike | None = None) -> Float:
    """Shares of the votes, under a Dirichlet prior: (n_k + a b_k) / (N + a) [2]_.

    Parameters
    ----------
    counts : (..., 10) array_like
        Votes for 1 to 10.
    smoothing : float
        The prior's weight a in votes; 0 gives the shares as they are. A picture with one vote keeps much of the base,
        one with two hundred almost nothing.
    base : (10,) array_like, optional
        What is held of a picture without votes; all scores alike without it.

    Returns
    -------
    (..., 10) float64
        Each row sums to 1.

    Raises
    ------
    RatingsError
        Another length, a negative count or one that is no number, or nothing at all in a row.

    Examples
    --------
    >>> of_counts([0, 0, 0, 0, 0, 0, 1, 0, 0, 0], smoothing=1.0)[6].round(2)
    np.float64(0.55)
    """
    values = np.asarray(counts, np.float64)
    if values.shape[-1:] != (BINS,) or not np.isfinite(values).all() or (values < 0).any():
        raise RatingsError(f"Counts must be {BINS} numbers from 0 on, and are {np.shape(counts)}: {_some(values)}.")
    flat = np.full(BINS, 1 / BINS) if base is None else of_counts(base)
    total = values.sum(axis=-1, keepdims=True) + smoothing
    if smoothing < 0 or (total <= 0).any():
        raise RatingsError("Counts that are all zero tell nothing, and smoothing must be 0 or more.")
    shares: Float = (values + smoothing * flat) / total
    return shares


def of_stars(votes: ArrayLike, spread: Spread = "wide", smoothing: float = 0.0, base: ArrayLike | None = None) -> Float:
    """Shares over 1 to 10 from the numbers of votes for 1 to k stars.

    "wide" lays star s at the score 1 + 10 (s - 1) / k: five stars at 1, 3, 5, 7 and 9. "narrow" lays neighbouring
    stars at neighbouring scores around 5: five stars at 3 to 7. A vote that falls between two scores is shared by
    both, so that means are kept.

    Parameters
    ----------
    votes : (k,) array_like
        k from 2 on; "narrow" takes at most 9.

    Raises
    ------
    RatingsError
        Another number of stars, or counts as `of_counts` refuses them.
    """
    values = np.asarray(votes, np.float64)
    return of_counts(spread_stars(values, spread), smoothing, base)


def spread_stars(votes: Float, spread: Spread) -> Float:
    """Votes for 1 to k stars as counts for 1 to 10; see `of_stars`."""
    k = len(votes) if votes.ndim == 1 else 0
    if not 2 <= k <= (BINS - 1 if spread == "narrow" else BINS):
        raise RatingsError(f"Stars must be 2 to {BINS} ({BINS - 1} for narrow) numbers of votes, not {votes.shape}.")
    steps = np.arange(k)
    places = 1 + BINS * steps / k if spread == "wide" else (BINS / 2 - (k - 1) / 2) + steps
    counts = np.zeros(BINS)
    for place, count in zip(places, votes, strict=True):
        below = math.floor(place + _NEAR)
        part = max(0.0, place - below)
        counts[below - 1] += count * (1 - part)
        if part > _NEAR:
            counts[below] += count * part
    return counts


def of_mean(mean: float) -> Float:
    """The histogram that tells nothing but its mean: p_k ~ exp(l k), the largest entropy there is [1]_.

    Parameters
    ----------
    mean : float
        1 to 10; at the ends all votes are one score.

    Raises
    ------
    RatingsError
        It lies outside.
    """
    if not 1 <= mean <= BINS:
        raise RatingsError(f"A mean must lie between 1 and {BINS}, and is {mean:g}.")
    if mean - 1 < _NEAR or BINS - mean < _NEAR:
        return _tilted(math.copysign(1e3, mean - 5.5), mean)
    slope = brentq(lambda tilt: float(_tilted(tilt, mean) @ SCORES) - mean, -60, 60, xtol=1e-13)
    return _tilted(slope, mean)


def of_mean_and_deviation(mean: float, deviation: float) -> Float:
    """The histogram of largest entropy with this mean and standard deviation: p_k ~ exp(a k + b k²) [1]_.

    Newton's method on the convex dual; where the deviation is the smallest or largest that a mean allows, the limit.

    Parameters
    ----------
    mean : float
        1 to 10.
    deviation : float
        Of the votes of one picture, in scores. Its square lies between f (1 - f), f the fraction of the mean, and
        (mean - 1)(10 - mean): no histogram over whole scores has less or more.

    Raises
    ------
    RatingsError
        No histogram has both.
    """
    if not 1 <= mean <= BINS or not deviation >= 0:
        raise RatingsError(f"No votes from 1 to {BINS} have the mean {mean:g} and the deviation {deviation:g}.")
    fraction, variance = mean - math.floor(mean), deviation**2
    least, most = fraction * (1 - fraction), (mean - 1) * (BINS - mean)
    if not least - 1e-3 <= variance <= most + 1e-3:
        raise RatingsError(
            f"Votes from 1 to {BINS} with the mean {mean:g} deviate by {math.sqrt(least):.2f} to "
            f"{math.sqrt(most):.2f}, not by {deviation:g}."
        )
    if variance <= least + 1e-3:
        counts = np.zeros(BINS)
        counts[math.floor(mean) - 1] = 1 - fraction
        counts[min(BINS, math.floor(mean) + 1) - 1] += fraction
        return counts
    if variance >= most - 1e-3:
        ends = np.zeros(BINS)
        ends[0], ends[-1] = (BINS - mean) / (BINS - 1), (mean - 1) / (BINS - 1)
        return ends
    return _two_moments(mean, variance)


def _two_moments(mean: float, variance: float) -> Float:
    powers = np.stack([SCORES - mean, (SCORES - mean) ** 2 - variance])
    dual = np.array([0.0, -0.5 / variance])
    value = _log_sum(dual @ powers)
    for _ in range(_STEPS):
        shares = np.exp(dual @ powers - value)
        gradient = powers @ shares
        if np.abs(gradient).max() < 1e-12:
            break
        centred = powers - gradient[:, None]
        step = np.linalg.lstsq(centred * shares @ centred.T, gradient, rcond=None)[0]
        length = 1.0
        while length > 1e-12 and _log_sum((dual - length * step) @ powers) > value - 1e-4 * length * step @ gradient:
            length /= 2
        dual = dual - length * step
        value = _log_sum(dual @ powers)
    return _shares(dual @ powers)


def _shares(exponents: Float) -> Float:
    shares: Float = np.exp(exponents - exponents.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _log_sum(exponents: Float) -> float:
    top = exponents.max()
    return float(top + np.log(np.exp(exponents - top).sum()))


def _tilted(slope: float, centre: float) -> Float:
    return _shares(slope * (SCORES - centre))


def classic(counts: ArrayLike) -> Float:
    """The softmax of counts, exp(n_k) / sum exp(n_j): an old mistake, kept to compare with.

    Differences of counts become ratios e to their power: of two hundred votes almost nothing but the tallest bar is
    left, and of one vote almost nothing but the uniform distribution. Neither mean nor deviation is that of the votes.
    """
    return _shares(np.asarray(counts, np.float64))


def means(shares: Float) -> Float:
    """Mean scores of histograms (..., 10)."""
    return np.asarray(shares @ SCORES)


def deviations(shares: Float) -> Float:
    """Standard deviations of the votes of histograms (..., 10), in scores: how much raters differ."""
    apart = SCORES - means(shares)[..., None]
    return np.asarray(np.sqrt((shares * apart**2).sum(axis=-1)))


def _some(values: Float) -> Sequence[float]:
    return [float(value) for value in values.ravel()[:BINS]]
