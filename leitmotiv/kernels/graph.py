"""The sparse graph over pictures, and the search for the nearest of many; it knows no mixture and no divergence.

Pictures are searched for by coordinates that are whole numbers, so small that every sum of products is exact in
float32. What is nearest depends on nothing else then: not on blocks, on threads, nor on the library that multiplies.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel


class Graph(NamedTuple):
    """Pairs of N points in compressed rows: each pair twice, no point with itself.

    `first` (N + 1,) int64: where the edges of each point begin. `column` (E,) int32: the other end, ascending within
    a point. `value` (E,) float32: what the edge costs, not negative.
    """

    first: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float32]


class Nearest(NamedTuple):
    """The C nearest found so far of R points, a heap each: the farthest of them stands first.

    `nearness` (R, C) float32: -inf where a place is free. `column` (R, C) int32: -1 there. Of equal nearness the lower
    column is nearer.
    """

    nearness: NDArray[np.float32]
    column: NDArray[np.int32]


@kernel
def keep_nearest(
    nearness: NDArray[np.float32], rows: NDArray[np.int64], columns: NDArray[np.int64], nearest: Nearest
) -> None:
    """Offer `columns` (M,) to each of `rows` (R,), at the nearness (R, M); none is offered to itself, none twice."""
    for r in range(len(rows)):
        offered, values, kept = nearness[r], nearest.nearness[r], nearest.column[r]
        for m in range(len(columns)):
            if offered[m] >= values[0] and columns[m] != rows[r]:
                _offer(offered[m], columns[m], values, kept)


@kernel
def keep_among(
    nearness: NDArray[np.float32],
    places: NDArray[np.int64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    nearest: Nearest,
) -> None:
    """Offer `columns` (M,) to those of `rows` at `places` (P,), at the nearness (P, M); see `keep_nearest`."""
    for p in range(len(places)):
        offered, r = nearness[p], places[p]
        values, kept = nearest.nearness[r], nearest.column[r]
        for m in range(len(columns)):
            if offered[m] >= values[0] and columns[m] != rows[r]:
                _offer(offered[m], columns[m], values, kept)


@kernel
def keep_listed(
    coordinates: NDArray[np.int16], rows: NDArray[np.int64], listed: NDArray[np.int32], nearest: Nearest
) -> None:
    """Offer each of `rows` (R,) the columns listed for it (R, C), -1 for none, among all `coordinates` (N, D)."""
    for r in range(len(rows)):
        for k in listed[r]:
            if k >= 0:
                inner, square = np.int64(0), np.int64(0)
                for d in range(coordinates.shape[1]):
                    theirs = np.int64(coordinates[k, d])
                    inner += np.int64(coordinates[rows[r], d]) * theirs
                    square += theirs * theirs
                _offer(np.float32(2 * inner - square), k, nearest.nearness[r], nearest.column[r])


@kernel
def squares_to(one: NDArray[np.int16], many: NDArray[np.int16], out: NDArray[np.int32]) -> None:
    """Write the squared distances of `one` (D,) to each of `many` (N, D) to `out` (N,)."""
    for n in range(len(many)):
        square = np.int32(0)
        for d in range(len(one)):
            apart = np.int32(many[n, d]) - np.int32(one[d])
            square += apart * apart
        out[n] = square


@kernel
def _offer(value: np.float32, column: int, values: NDArray[np.float32], columns: NDArray[np.int32]) -> None:
    """Put a column in the place of the farthest of a heap, if it is nearer."""
    if not _farther(values[0], columns[0], value, column):
        return
    place, size = 0, len(values)
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and _farther(values[child + 1], columns[child + 1], values[child], columns[child]):
            child += 1
        if not _farther(values[child], columns[child], value, column):
            break
        values[place], columns[place] = values[child], columns[child]
        place = child
    values[place], columns[place] = value, column


@kernel
def _farther(value: np.float32, column: int, other: np.float32, other_column: int) -> bool:
    return bool(value < other or (value == other and column > other_column))
