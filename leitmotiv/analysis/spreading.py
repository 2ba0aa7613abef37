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


def spread(scores: Float, likeness: Likeness, diverse: float) -> NDArray[np.int64]:
    r"""An order of M rows: each is the one with most of :math:`(1-d)\,s_i - d \max_j l_{ij}` over those before [1]_.

    Scores are brought to 0 … 1 first, so that they and likenesses can be weighed; of equal rows the first comes first.

    Parameters
    ----------
    scores : (M,) float64
        Descending.
    diverse : float
        d: 0 leaves the order as it is, 1 looks at likeness alone.

    Examples
    --------
    >>> alike = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1.0]])
    >>> spread(np.array([1, 0.9, 0.5]), lambda row: alike[row], 0.5)
    array([0, 2, 1])
    """
    if diverse <= 0 or len(scores) < 3:
        return np.arange(len(scores))
    low, high = float(scores.min()), float(scores.max())
    worth = (1 - diverse) * (scores - low) / max(high - low, 1e-12)
    nearest = np.full(len(scores), -np.inf)
    left, order = np.ones(len(scores), bool), [0]
    while len(order) < len(scores):
        left[order[-1]] = False
        nearest = np.maximum(nearest, likeness(order[-1]))
        order.append(int(np.argmax(np.where(left, worth - diverse * nearest, -np.inf))))
    return np.array(order, np.int64)
