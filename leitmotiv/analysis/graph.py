"""Pairs of points with what is known of them, and the sparse graph that they make; it computes no divergence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import pairs as kernels
from leitmotiv.kernels.graph import Graph

Divergences = NDArray[np.float32]
Keys = NDArray[np.int64]
Lists = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unordered pairs of N points, each with a divergence.

    Attributes
    ----------
    size : int
        N.
    keys : (P,) int64
        Lower row * N + higher row, ascending, each once.
    values : (P,) float32
        Nats.
    """

    size: int
    keys: Keys
    values: Divergences

    def __len__(self) -> int:
        return len(self.keys)

    def look_up(self, keys: Keys) -> Divergences:
        """Values of keys in the shape of `keys`, NaN for those that are not there."""
        found = np.full(keys.size, np.nan, np.float32)
        wanted = np.ascontiguousarray(keys.ravel())
        if (wanted[1:] >= wanted[:-1]).all():
            kernels.look_up(self.keys, self.values, wanted, found)
        else:
            order = np.argsort(wanted)
            sorted_values = found.copy()
            kernels.look_up(self.keys, self.values, wanted[order], sorted_values)
            found[order] = sorted_values
        return found.reshape(keys.shape)

    def joined(self, other: "Pairs") -> "Pairs":
        """All pairs of both; they agree where they overlap."""
        keys = np.empty(len(self) + len(other), np.int64)
        values = np.empty(len(keys), np.float32)
        count = kernels.merge(self.keys, self.values, other.keys, other.values, keys, values)
        return Pairs(self.size, keys[:count], values[:count])

    def of(self, rows: NDArray[np.integer]) -> "Pairs":
        """Those with an end among some rows."""
        chosen = np.zeros(self.size, np.bool_)
        chosen[rows] = True
        lower, higher = np.divmod(self.keys, self.size)
        kept = chosen[lower] | chosen[higher]
        return Pairs(self.size, self.keys[kept], self.values[kept])

    def graph(self) -> Graph:
        """The graph that has them as its edges."""
        ends = 2 * len(self)
        graph = Graph(np.zeros(self.size + 1, np.int64), np.empty(ends, np.int32), np.empty(ends, np.float32))
        kernels.connect(self.size, self.keys, self.values, graph)
        return graph


def keys_of(rows: NDArray[np.integer], columns: NDArray[np.integer], size: int) -> Keys:
    """Keys of the pairs of `rows` and `columns`, broadcast against each other."""
    a, b = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
    return np.asarray(np.minimum(a, b) * size + np.maximum(a, b))


def distinct(keys: Keys) -> Keys:
    """Keys ascending, each once: a sort is quicker here than the hashing of `numpy.unique`."""
    rising = np.sort(keys, axis=None)
    return rising[np.concatenate([[True], rising[1:] != rising[:-1]])] if len(rising) else rising


def ends(keys: Keys, size: int) -> NDArray[np.int64]:
    """Both rows of each key, (P, 2)."""
    return np.stack(np.divmod(keys, max(size, 1)), axis=1)


def by_rarer_end(keys: Keys, size: int) -> NDArray[np.int64]:
    """Places of keys (P,) in the order of the row of either end that has fewer of them, the lower row of equal ones.

    Examples
    --------
    >>> by_rarer_end(keys_of([0, 0, 0, 1], [1, 2, 3, 2], 4), 4).tolist()
    [0, 3, 1, 2]
    """
    lower, higher = (rows.astype(np.int32) for rows in np.divmod(keys, max(size, 1)))
    counts = np.bincount(lower, minlength=size) + np.bincount(higher, minlength=size)
    return np.argsort(np.where(counts[lower] <= counts[higher], lower, higher), kind="stable")


def listed(lists: Lists, values: Divergences, count: int | None = None) -> Pairs:
    """Each point with its nearest, as pairs.

    Parameters
    ----------
    lists : (N, C) int32
        Rows, -1 where there is none.
    values : (N, C) float32
        Nats; NaN for what is not known, which is left out.
    count : int, optional
        How many of each point, those with the least values; all if not given.
    """
    size = len(lists)
    if count is not None and count < lists.shape[1]:
        order = np.lexsort((lists, np.where(lists < 0, np.inf, values)))[:, :count]
        lists, values = np.take_along_axis(lists, order, axis=1), np.take_along_axis(values, order, axis=1)
    there = (lists >= 0) & np.isfinite(values)
    keys = keys_of(np.broadcast_to(np.arange(size)[:, None], lists.shape)[there], lists[there], size)
    unique, first = np.unique(keys, return_index=True)
    return Pairs(size, unique, values[there][first])
