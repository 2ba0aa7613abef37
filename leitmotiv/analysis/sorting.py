"""Orders and ranks of many scores."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float


def descending(scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Rows of scores (N,), the highest first; of equal ones the lower row first.

    numpy's quick sort takes half the time of a sort that keeps the order of equal ones; those are put in order after
    it.

    Examples
    --------
    >>> descending(np.array([0.5, 2.0, 0.5]))
    array([1, 0, 2])
    """
    order = np.argsort(-scores)
    ordered = scores[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(same):
        at = np.union1d(same, same + 1) if len(same) < len(scores) // 8 else np.arange(len(scores))
        run = np.cumsum(np.concatenate([[True], ordered[at[1:]] != ordered[at[:-1]]]))
        order[at] = np.sort(run * len(scores) + order[at]) % len(scores)
    return order


def best(scores: NDArray[np.floating[Any]], count: int, also: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """All rows of scores (N,), of which the first `count` are those of `descending`; the rest are in no order.

    Parameters
    ----------
    also : (N,) bool, optional
        Rows of the rest that stand first in it, and in the order of `descending` among themselves.

    Examples
    --------
    >>> best(np.array([0.5, 3.0, 0.1, 2.0, 0.2, 0.3, 0.4, 0.0]), 2)[:2]
    array([1, 3])
    """
    if not 0 < count < len(scores) // 4 or np.isnan(scores).any():
        return descending(scores)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = scores > least
    above[np.flatnonzero(scores == least)[: count - np.count_nonzero(above)]] = True
    parts = [above, ~above] if also is None else [above, also & ~above, ~(also | above)]
    rows = [np.flatnonzero(part) for part in parts]
    ordered = [one[descending(scores[one])] for one in rows[:-1]]
    return np.concatenate([*ordered, rows[-1]])


def ranks(values: Float) -> Float:
    """The place of each value (N,) from the smallest, from 1, float64; equal ones share the mean of theirs.

    Examples
    --------
    >>> ranks(np.array([5.0, -1.0, 5.0]))
    array([2.5, 1. , 2.5])
    """
    order = np.argsort(values)
    ordered = values[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))[: len(values)]
    counts = np.diff(first, append=len(values))
    out = np.empty(len(values))
    out[order] = np.repeat(first + (counts + 1) / 2, counts)
    return out
