"""How well a measure of likeness finds what belongs together: recall, precision, their intervals; it makes no measure.

References
----------
.. [1] C. D. Manning, P. Raghavan and H. Schuetze, Introduction to Information Retrieval (2008), chapter 8.
.. [2] B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

RECALL_AT, PRECISION_AT = 7, 10
NAMES = ("recall@7", "P@10", "mAP")
_LEVELS = (2.5, 97.5)


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


def scores(distance: NDArray[np.floating[Any]], truth: NDArray[np.int64]) -> Float:
    """Recall among the 7 nearest, precision among the 10 nearest, and average precision of each picture as a query.

    Parameters
    ----------
    distance : (N, N) float
        Smaller is more alike. Equal ones count in the order of the rows, so shuffle the pictures before.
    truth : (N,) int64
        Which group each picture belongs to: the others of it are to be found, the query itself is left out.

    Returns
    -------
    (N, 3) float64
        NaN in the rows of pictures that are alone in their group.
    """
    far = np.where(np.eye(len(distance), dtype=bool), np.inf, distance)
    order = np.argsort(far, axis=1, kind="stable")[:, :-1]
    hits = truth[order] == truth[:, None]
    wanted = hits.sum(axis=1)
    precision = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = hits[:, :RECALL_AT].sum(axis=1) / wanted
        average = (precision * hits).sum(axis=1) / wanted
    found = hits[:, :PRECISION_AT].sum(axis=1) / PRECISION_AT
    return np.column_stack([recall, np.where(wanted > 0, found, np.nan), average])


def average_precision(scores: Float, wanted: NDArray[np.bool_]) -> float:
    """Mean of the precisions at each picture that is wanted, in falling order of the scores; NaN where none is [1]_.

    Parameters
    ----------
    scores : (N,) float64
        Equal ones count in the order of the rows.
    wanted : (N,) bool

    Examples
    --------
    >>> average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])).__round__(3)
    0.833
    """
    hits = wanted[np.argsort(-scores, kind="stable")]
    if not hits.any():
        return float("nan")
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def chance(truth: NDArray[np.int64]) -> float:
    """Expected precision of pictures in any order, over the queries that have something to find."""
    others = np.bincount(truth)[truth] - 1
    return float(others[others > 0].mean() / (len(truth) - 1)) if (others > 0).any() else float("nan")


class Bootstrap:
    """Draws of whole groups with replacement, the same for every measure, so that differences can be told, too.

    The queries of a group rise and fall together: an interval from single queries would be far too narrow.

    Parameters
    ----------
    truth : (N,) int64
        The group of each picture, from 0.
    """

    def __init__(self, truth: NDArray[np.int64], rng: np.random.Generator, draws: int = 2000) -> None:
        self._truth = truth
        groups = int(truth.max()) + 1
        self._counts = rng.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(np.float64)

    def intervals(self, values: Float) -> tuple[Interval, ...]:
        """Means of columns (N, M) over the queries, NaN left out, each with its 95 % interval."""
        drawn, means = self._means(values)
        low, high = np.percentile(drawn, _LEVELS, axis=0)
        return tuple(Interval(*map(float, row)) for row in zip(means, low, high, strict=True))

    def of_pairs(self, values: Float, pairs: Sequence[tuple[int, int]]) -> tuple[Interval, ...]:
        """Means of columns (P, M) over pairs of groups, each with its 95 % interval.

        A pair is drawn as often as both its groups together: pairs with a group in common rise and fall with it. Draws
        without any pair are left out.

        Parameters
        ----------
        pairs : sequence of (int, int)
            Different groups.
        """
        one, other = np.array(pairs, np.int64).T
        weights = self._counts[:, one] * self._counts[:, other]
        weights = weights[weights.any(axis=1)]
        drawn = weights @ values / weights.sum(axis=1, keepdims=True)
        low, high = np.percentile(drawn, _LEVELS, axis=0)
        return tuple(Interval(*map(float, row)) for row in zip(values.mean(axis=0), low, high, strict=True))

    def difference(self, values: Float, base: Float) -> tuple[Interval, ...]:
        """Of the means of two measures, over the same draws."""
        (drawn, means), (drawn_base, means_base) = self._means(values), self._means(base)
        low, high = np.percentile(drawn - drawn_base, _LEVELS, axis=0)
        return tuple(Interval(*map(float, row)) for row in zip(means - means_base, low, high, strict=True))

    def _means(self, values: Float) -> tuple[Float, Float]:
        """Of each draw (B, M), and of all (M,)."""
        known = ~np.isnan(values[:, 0])
        groups = self._counts.shape[1]
        size = np.bincount(self._truth[known], minlength=groups)
        sums = np.column_stack([np.bincount(self._truth[known], column[known], groups) for column in values.T])
        drawn = self._counts @ sums / np.maximum(self._counts @ size, 1)[:, None]
        return drawn, sums.sum(axis=0) / max(1, size.sum())
