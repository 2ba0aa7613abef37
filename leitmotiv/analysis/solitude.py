"""Pictures that belong nowhere: how far each is from the few that are nearest to it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

NEIGHBOURS = 3
"""The nearest ones that are asked: one might be a copy, two a pair of shots."""
WHISKER = 1.5
"""Tukey's fence: how many interquartile ranges above the upper quartile a picture belongs nowhere."""


def solitude(divergence: NDArray[np.floating[Any]], count: int = NEIGHBOURS) -> Float:
    """Divergence of each row to its `count`-th nearest other row, (N,) float64, nats; 0 for a single row.

    Parameters
    ----------
    divergence : (N, N) float
        Symmetric, zero on the diagonal.
    """
    size = len(divergence)
    if size < 2:
        return np.zeros(size)
    place = min(count, size - 1)
    return np.array([np.partition(row, place)[place] for row in divergence], np.float64)


def fence(values: Float) -> float:
    """Tukey's upper fence: beyond it a value is unusual among the others; infinity for fewer than eight."""
    if len(values) < 8:
        return np.inf
    lower, upper = np.quantile(values, [0.25, 0.75])
    return float(upper + WHISKER * (upper - lower))
