"""Orders of many scores."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def descending(scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Rows of scores (N,), the highest first; of equal ones the lower row first.

    Without equal scores numpy's quick sort, which does not keep their order, gives the same several times as fast.

    Examples
    --------
    >>> descending(np.array([0.5, 2.0, 0.5]))
    array([1, 0, 2])
    """
    order = np.argsort(-scores)
    ordered = scores[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(-scores, kind="stable")
    return np.asarray(order, np.int64)
