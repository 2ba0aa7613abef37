"""A few pictures in place of many: the most different ones, or those that stand for all others; it draws no lots.

References
----------
.. [1] T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical Computer
   Science 38 (1985).
.. [2] G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, "An analysis of approximations for maximizing submodular set
   functions", Mathematical Programming 14 (1978).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float, read_only

Matrix = NDArray[np.floating[Any]]
Row = Callable[[int], Float]
"""Divergences of one row to all, (N,) float64, nats."""


@dataclass(frozen=True, eq=False)
class Subset:
    """Rows that were chosen, in the order of choosing: the first n of them are the choice of n.

    Attributes
    ----------
    rows : (n,) int64
    gaps : (n,) float64
        How far each was from those before it when it was chosen, nats; infinity for the first.
    nearest : (N,) float64
        Divergence of every row to the nearest one that was chosen, nats.
    """

    rows: NDArray[np.int64]
    gaps: Float
    nearest: Float

    def __post_init__(self) -> None:
        for values in (self.rows, self.gaps, self.nearest):
            read_only(values)


def farthest_first(row: Row, size: int, count: int, first: int) -> Subset:
    """Choose rows that differ most: each is the one farthest from all before [1]_; of equal ones the lower row.

    Where divergences obey the triangle inequality up to a power, no other choice of so many leaves every row much
    nearer: for a distance at most twice as near.

    Parameters
    ----------
    first : int
        The row to begin with.
    """
    return _chosen(row, count, first, size, lambda nearest: int(nearest.argmax()))


def representatives(divergence: Matrix, count: int) -> Subset:
    """Choose rows that stand for all: each takes most off the sum of divergences to the nearest one [2]_.

    The first is the medoid. What the others take off that sum is at least 1 - 1/e of what any choice of as many beside
    the medoid could.

    Parameters
    ----------
    divergence : (N, N) float
        Symmetric, nats.
    """

    def next_row(nearest: Float) -> int:
        return int(np.maximum(nearest[:, None] - divergence, 0).sum(axis=0, dtype=np.float64).argmax())

    def row(at: int) -> Float:
        return np.asarray(divergence[at], np.float64)

    return _chosen(row, count, medoid(divergence), len(divergence), next_row)


def medoid(divergence: Matrix) -> int:
    """The row whose summed divergence to all is the smallest."""
    return int(divergence.sum(axis=0, dtype=np.float64).argmin())


def _chosen(row: Row, count: int, first: int, size: int, next_row: Callable[[Float], int]) -> Subset:
    if not 1 <= count <= size or not 0 <= first < size:
        raise ValueError(f"{count} of {size} rows cannot be chosen, beginning with row {first}.")
    rows, gaps = [first], [np.inf]
    nearest = np.array(row(first), np.float64)
    nearest[first] = 0.0
    taken = np.zeros(size, bool)
    taken[first] = True
    while len(rows) < count:
        at = next_row(nearest)
        if taken[at]:  # all others are copies of what was chosen
            at = int(np.flatnonzero(~taken)[0])
        rows.append(at)
        gaps.append(float(nearest[at]))
        taken[at] = True
        nearest = np.minimum(nearest, row(at))
        nearest[at] = 0.0
    return Subset(np.array(rows, np.int64), np.array(gaps), nearest)
