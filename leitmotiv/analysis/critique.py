"""How well predicted histograms fit those of the votes, each figure with its interval and a baseline beside it.

References
----------
.. [1] B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile intervals.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis import earth_mover, histograms
from leitmotiv.analysis.retrieval import Interval
from leitmotiv.errors import RatingsError
from leitmotiv.records import Float

GOOD = 5.0
"""Mean from which a picture is held to be good."""
EXACT = 0.5
DRAWS = 1000
_BLOCK = 50
_LEVELS = (2.5, 97.5)
NAMES = {
    "binary": "accuracy of good or not (mean of 5 and more)",
    "exact": "means within 0.5",
    "mae": "error of the mean, in scores",
    "lcc": "correlation of means (Pearson)",
    "srcc": "correlation of means (Spearman)",
    "lcc_deviation": "correlation of deviations (Pearson)",
    "srcc_deviation": "correlation of deviations (Spearman)",
    "emd1": "earth mover's distance, r = 1",
    "emd2": "earth mover's distance, r = 2",
}
_OF_MEANS = ("binary", "exact", "mae", "lcc", "srcc")


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    name : str
        A key of `NAMES`.
    found : Interval
        Over draws of pictures; NaN where it is not defined.
    baseline : float
        Of a critic that says the same of every picture: always "good" for `binary`, and the constant histogram else.
        0 for correlations: what any order without knowledge has in the mean.
    """

    name: str
    found: Interval
    baseline: float


def figures(
    truth: Float,
    predicted: Float,
    *,
    constant: Float | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> tuple[Figure, ...]:
    """All figures of a set of predictions.

    Parameters
    ----------
    truth : (N, 10) float64
        Histograms of votes.
    predicted : (N, 10) or (N,) float64
        Histograms, or means alone: then only figures of means are given.
    constant : (10,) float64, optional
        The histogram of the baseline; without it, the mean one of the truth itself, which favours the baseline a bit.
    seed, draws : int
        Of the bootstrap. Ranks are those of the whole set, in every draw.

    Raises
    ------
    RatingsError
        No pictures.
    """
    if len(truth) == 0:
        raise RatingsError("No picture has both a label and a prediction.")
    steady = truth.mean(axis=0) if constant is None else constant
    mean, guess = histograms.means(truth), histograms.means(predicted) if predicted.ndim == 2 else predicted
    flat = float(histograms.means(steady))
    good = mean >= GOOD
    columns: dict[str, tuple[Float, float]] = {
        "binary": ((good == (guess >= GOOD)).astype(float), float(good.mean())),
        "exact": ((np.abs(mean - guess) < EXACT).astype(float), float((np.abs(mean - flat) < EXACT).mean())),
        "mae": (np.abs(mean - guess), float(np.abs(mean - flat).mean())),
    }
    pairs = {"lcc": (mean, guess), "srcc": (scipy.stats.rankdata(mean), scipy.stats.rankdata(guess))}
    if predicted.ndim == 2:
        for name, r in (("emd1", 1.0), ("emd2", 2.0)):
            base = earth_mover.distance(truth, np.broadcast_to(steady, truth.shape), r)
            columns[name] = (earth_mover.distance(truth, predicted, r), float(base.mean()))
        spread, told = histograms.deviations(truth), histograms.deviations(predicted)
        pairs |= {
            "lcc_deviation": (spread, told),
            "srcc_deviation": (scipy.stats.rankdata(spread), scipy.stats.rankdata(told)),
        }
    drawn = _drawn(columns, pairs, np.random.default_rng(seed), draws, len(truth))
    ones = np.ones((1, len(truth)))
    found = []
    for name in NAMES:
        if name in columns or name in pairs:
            value = float(_statistic(name, columns, pairs, ones)[0])
            low, high = _percentiles(drawn[name])
            baseline = columns[name][1] if name in columns else 0.0
            found.append(Figure(name, Interval(value, low, high), baseline))
    return tuple(found)


def _drawn(
    columns: dict[str, tuple[Float, float]],
    pairs: dict[str, tuple[Float, Float]],
    rng: np.random.Generator,
    draws: int,
    count: int,
) -> dict[str, Float]:
    """Each figure in draws of pictures with replacement, as weights, block by block."""
    found: dict[str, list[Float]] = {name: [] for name in (*columns, *pairs)}
    for start in range(0, draws, _BLOCK):
        size = min(_BLOCK, draws - start)
        weights = np.stack([np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(size)])
        for name, parts in found.items():
            parts.append(_statistic(name, columns, pairs, weights.astype(np.float64)))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _statistic(
    name: str, columns: dict[str, tuple[Float, float]], pairs: dict[str, tuple[Float, Float]], weights: Float
) -> Float:
    """A figure under weights (B, N)."""
    total = weights.sum(axis=1)
    if name in columns:
        return np.asarray(weights @ columns[name][0] / total)
    one, other = (values - values.mean() for values in pairs[name])
    mean, guess = weights @ one / total, weights @ other / total
    cross = weights @ (one * other) / total - mean * guess
    power = (weights @ one**2 / total - mean**2) * (weights @ other**2 / total - guess**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(power > 1e-24, cross / np.sqrt(np.maximum(power, 0)), np.nan)


def _percentiles(values: NDArray[np.float64]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(known, _LEVELS)
    return float(low), float(high)
