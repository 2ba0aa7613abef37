"""The best of a ranking put in another order, in which what is like a picture before it comes later.

References
----------
.. [1] J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing
   summaries", SIGIR 1998: maximal marginal relevance.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

Likeness = Callable[[int], Float]
"""How like one row each of M is: at most 1, which is the same, and about 0 for two that have nothing in common."""


def spread(scores: Float, likeness: Likeness, diverse: float, ahead: int = 0) -> NDArray[np.int64]:
    r"""An order of M rows: each is the one with most of :math:`(1-d)\,s_i - d \max_j l_{ij}` over those before [1]_.

    Scores are brought to 0 … 1 first, so that they and likenesses can be weighed; of equal rows the first comes first.

    Parameters
    ----------
    scores : (M,) float64
        Descending.
    diverse : float
        d: 0 leaves the order as it is, 1 looks at likeness alone.
    ahead : int
        So many of the first come before all others, in an order of their own that the others go on from.

    Examples
    --------
    >>> alike = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1.0]])
    >>> spread(np.array([1, 0.9, 0.5]), lambda row: alike[row], 0.5)
    array([0, 2, 1])
    >>> spread(np.array([1, 0.9, 0.5]), lambda row: alike[row], 0.5, ahead=2)
    array([0, 1, 2])
    """
    count = len(scores)
    if diverse <= 0 or count < 3:
        return np.arange(count)
    parts = [part for part in (slice(0, ahead), slice(ahead, count)) if len(scores[part])]
    nearest = np.full(count, -np.inf)
    order: list[int] = []
    for part in parts:
        low, high = float(scores[part].min()), float(scores[part].max())
        worth = np.full(count, -np.inf)
        worth[part] = (1 - diverse) * (scores[part] - low) / max(high - low, 1e-12)
        for _ in range(len(scores[part])):
            # nothing is before the very first, which is the best
            order.append(int(np.argmax(worth - diverse * nearest)) if order else 0)
            worth[order[-1]] = -np.inf
            nearest = np.maximum(nearest, likeness(order[-1]))
    return np.array(order, np.int64)
