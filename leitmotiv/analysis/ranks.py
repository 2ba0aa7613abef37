"""At which place of a ranking the one right picture stands, over many queries, with intervals.

References
----------
.. [1] B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile intervals.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.retrieval import Bootstrap, Interval
from leitmotiv.records import Float, Float32

AT = (1, 5, 10)
_DRAWS = 1000


@dataclass(frozen=True)
class Found:
    """How well queries find their picture.

    Attributes
    ----------
    recall : tuple of Interval
        Share of the queries whose picture is among the first `AT`.
    median : Interval
        Of its place, 1 for the first.
    gain : Interval or None
        Of the recall among the first 10, less that of another ranking, over the same draws.
    """

    recall: tuple[Interval, ...]
    median: Interval
    gain: Interval | None = None


def places(scores: Float | Float32, same: NDArray[np.bool_]) -> Float:
    """The place of the best right picture for each query, from 1, (Q,) float64.

    Pictures with as high a score count half: an order by chance would put every other one before it.

    Parameters
    ----------
    scores : (Q, N)
    same : (Q, N) bool
        Which pictures are right; at least one for each query.
    """
    best = np.where(same, scores, -np.inf).max(axis=1, keepdims=True)
    before = ((scores > best) & ~same).sum(axis=1)
    beside = ((scores == best) & ~same).sum(axis=1)
    return np.asarray(1 + before + 0.5 * beside)


def found(ranks: Float, groups: NDArray[np.int64], seed: int, base: Float | None = None) -> Found:
    """Recall and median with 95 % intervals, from draws of whole groups [1]_.

    Parameters
    ----------
    ranks, base : (Q,) float64
        Places by a ranking, and by another that it is compared with.
    groups : (Q,) int64
        From 0; queries of a group rise and fall together.
    """
    bootstrap = Bootstrap(groups, np.random.default_rng(seed))
    hits = np.column_stack([ranks <= count for count in AT]).astype(np.float64)
    gain = None
    if base is not None:
        (gain,) = bootstrap.difference(hits[:, -1:], (base <= AT[-1]).astype(np.float64)[:, None])
    return Found(bootstrap.intervals(hits), _median(ranks, groups, seed), gain)


def _median(ranks: Float, groups: NDArray[np.int64], seed: int) -> Interval:
    count = int(groups.max()) + 1
    rng = np.random.default_rng(seed)
    order = np.argsort(ranks, kind="stable")
    drawn = []
    for _ in range(_DRAWS):
        weights = np.bincount(rng.integers(0, count, count), minlength=count)[groups[order]].cumsum()
        drawn.append(float(ranks[order[np.searchsorted(weights, weights[-1] / 2)]]))
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(float(np.median(ranks)), float(low), float(high))
