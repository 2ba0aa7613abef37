"""Vectors divided into cells about centres, so that of many only those in near cells need to be looked through.

Centres are whole numbers like vectors are: which cell a vector is in, and which cells are near, is exact and the same
on every machine. Nothing is random.

References
----------
.. [1] H. Jegou, M. Douze and C. Schmid, "Product quantization for nearest neighbor search", IEEE TPAMI 33 (2011):
   the inverted file.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import threads
from leitmotiv.analysis.embedding import Coordinates
from leitmotiv.kernels.graph import Nearest, keep_nearest

Rows = NDArray[np.int64]
Float32 = NDArray[np.float32]

CENTRES = 4.0
"""Cells, by the square root of the number of vectors."""
SAMPLED = 32
"""Vectors to a centre that centres are found from."""
ROUNDS = 10
"""Of k-means."""
_ROWS = 4096


def centres(coordinates: Coordinates, count: int | None = None) -> Coordinates:
    """Centres of cells by k-means from vectors that are drawn evenly, (M, D) int16."""
    count = round(CENTRES * np.sqrt(len(coordinates))) if count is None else count
    sample = coordinates[_evenly(len(coordinates), SAMPLED * count)]
    found: Coordinates = sample[_evenly(len(sample), count)].copy()
    for _ in range(ROUNDS):
        cell = assign(sample, found)
        order = np.argsort(cell, kind="stable")
        there, starts = np.unique(cell[order], return_index=True)
        sums = np.add.reduceat(sample[order].astype(np.int64), starts)
        found[there] = np.rint(sums / np.diff([*starts, len(order)])[:, None])
    return found


def assign(coordinates: Coordinates, centres: Coordinates) -> NDArray[np.int32]:
    """The cell of each vector, (N,): that of its nearest centre, of equally near ones the first."""
    out = np.empty(len(coordinates), np.int32)
    with threads.products_on_one():
        middle = centres.astype(np.float32)
        squares = np.square(middle).sum(axis=1)
        for start in range(0, len(coordinates), _ROWS):
            part = slice(start, start + _ROWS)
            out[part] = (2 * coordinates[part].astype(np.float32) @ middle.T - squares).argmax(axis=1)
    return out


def nearest_cells(coordinates: Coordinates, centres: Coordinates, count: int) -> NDArray[np.int32]:
    """The cells whose centres are nearest to each vector, (N, count), in no order; -1 where there are fewer cells."""
    found = Nearest(
        np.full((len(coordinates), count), -np.inf, np.float32), np.full((len(coordinates), count), -1, np.int32)
    )
    middle = centres.astype(np.float32)
    nearness = 2 * coordinates.astype(np.float32) @ middle.T - np.square(middle).sum(axis=1)
    nobody = np.full(len(coordinates), -1)
    keep_nearest(nearness, nobody, np.arange(len(centres)), found)
    return found.column


def tour(centres: Coordinates) -> NDArray[np.int64]:
    """Cells in an order in which neighbours lie near each other: from each to the nearest that is left, (M,)."""
    middle = centres.astype(np.float32)
    squares = np.square(middle).sum(axis=1)
    out, left, here = np.empty(len(centres), np.int64), np.ones(len(centres), np.bool_), 0
    for at in range(len(centres)):
        out[at], left[here] = here, False
        here = int(np.where(left, squares - 2 * (middle @ middle[here]), np.inf).argmin())
    return out


def order(coordinates: Coordinates, centres: Coordinates) -> Rows:
    """Rows in an order in which neighbours lie near each other."""
    place = np.empty(len(centres), np.int64)
    place[tour(centres)] = np.arange(len(centres))
    return np.argsort(place[assign(coordinates, centres)], kind="stable")


def _evenly(total: int, count: int) -> Rows:
    return np.unique(((np.arange(count) + 0.5) * total / count).astype(np.int64))
