"""Pictures on a grid, one a cell, so that those side by side are alike: the whole collection as one sheet.

A map is laid over the grid by halving both again and again (`spread`); then pictures change cells in small groups, each
group as well as it can at once, towards a smoothed image of the grid itself that is smoothed less and less (`sort`).

References
----------
.. [1] K. U. Barthel, N. Hezel, K. Jung and K. Schall, "Improved evaluation and generation of grid layouts using
   distance preservation quality and linear assignment sorting", Computer Graphics Forum 42 (2023): the idea of
   assigning to a smoothed grid, for all pictures or for groups of them.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.records import Float

Cells = NDArray[np.int32]
Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]

RATIO = 1.6
"""Width of the grid by its height, as of most screens."""
GROUP = 81
"""Pictures that change cells at once, at most."""
ROUNDS = 36
WIDEST = 0.12
"""Radius of the first smoothing, as a share of the width: what is right at large is the map's affair."""


def columns_for(count: int) -> int:
    """How many columns a grid of so many pictures has."""
    return max(1, math.ceil(math.sqrt(count * RATIO)))


def spread(positions: NDArray[np.floating], columns: int | None = None) -> Cells:
    """Give each picture of a map a cell near its place: left stays left of right, and above stays above below.

    Parameters
    ----------
    positions : (N, 2) float
    columns : int, optional
        Of the grid; the last of its rows may be shorter.

    Returns
    -------
    (N, 2) int32
        Column and row from the upper left; y grows downwards, as it does in `positions`.
    """
    size = len(positions)
    columns = columns_for(size) if columns is None else columns
    cells = np.stack([np.arange(size) % columns, np.arange(size) // columns], axis=1).astype(np.int32)
    found = np.empty((size, 2), np.int32)
    waiting = [(np.arange(size), np.arange(size))] if size else []
    while waiting:
        pictures, places = waiting.pop()
        if len(pictures) <= GROUP:
            cost = _squares(_unit(positions[pictures]), _unit(cells[places].astype(np.float64)))
            one, other = scipy.optimize.linear_sum_assignment(cost)
            found[pictures[one]] = cells[places[other]]
            continue
        extent = np.ptp(cells[places], axis=0)
        axis = int(extent[1] >= extent[0])
        places = places[np.lexsort((cells[places, 1 - axis], cells[places, axis]))]
        pictures = pictures[np.argsort(positions[pictures, axis], kind="stable")]
        edge = (int(cells[places[0], axis]) + int(cells[places[-1], axis]) + 1) // 2
        half = int(np.searchsorted(cells[places, axis], edge))
        waiting += [(pictures[:half], places[:half]), (pictures[half:], places[half:])]
    return found


def sort(cells: Cells, features: Float, *, seed: int, progress: Progress | None = None) -> Cells:
    """Let pictures change cells until those side by side are alike.

    Parameters
    ----------
    cells : (N, 2) int32
        From `spread`: all different.
    features : (N, D) float64
        Near for pictures that are alike.

    Returns
    -------
    (N, 2) int32
        The same cells, for other pictures. The same seed gives the same grid.
    """
    size = len(cells)
    if size < 3:
        return cells.copy()
    rng = np.random.default_rng(seed)
    width, height = (int(value) + 1 for value in cells.max(axis=0))
    held = np.full((height, width), -1, np.int64)
    held[cells[:, 1], cells[:, 0]] = np.arange(size)
    values = np.asarray(features, np.float32)
    widest = max(1.0, WIDEST * width)
    for round_ in range(ROUNDS):
        radius = widest ** (1 - round_ / (ROUNDS - 1))
        target = _smoothed(held, values, max(1, round(radius)))
        for group in _groups(held, max(9, 2 * round(radius)), rng):
            pictures = held.flat[group]
            cost = _squares(values[pictures], target[group])
            one, other = scipy.optimize.linear_sum_assignment(cost)
            held.flat[group[other]] = pictures[one]
        if progress is not None:
            progress(round_ + 1, ROUNDS)
    y, x = np.nonzero(held >= 0)
    found = np.empty((size, 2), np.int32)
    found[held[y, x]] = np.stack([x, y], axis=1)
    return found


def fill(cells: Cells, wanted: NDArray[Any], columns: int) -> Cells:
    """Cells for new pictures, while the others keep theirs: what is free inside, then what follows the last.

    Parameters
    ----------
    cells : (N, 2) int32
        Taken.
    wanted : (M, 2) float
        Where the new ones would like to be, in cells.
    columns : int
        Of the grid.

    Returns
    -------
    (M, 2) int32
    """
    count = len(wanted)
    rows = max(int(cells[:, 1].max(initial=-1)) + 1, (len(cells) + count) // columns + 1)
    taken = np.zeros((rows + 1) * columns, bool)
    if len(cells):
        taken[cells[:, 1] * columns + cells[:, 0]] = True
    free = np.flatnonzero(~taken)[:count]
    spots = np.stack([free % columns, free // columns], axis=1).astype(np.int32)
    found = np.empty((count, 2), np.int32)
    order = np.argsort(wanted[:, 0], kind="stable")
    for start in range(0, count, 500):
        part = order[start : start + 500]
        some = spots[start : start + 500]
        one, other = scipy.optimize.linear_sum_assignment(_squares(wanted[part], some))
        found[part[one]] = some[other]
    return found


def neighbour_pairs(cells: Cells) -> NDArray[np.int64]:
    """Pairs of pictures side by side or one above the other, (P, 2): what a grid is judged by."""
    width, height = (int(value) + 1 for value in cells.max(axis=0))
    held = np.full((height, width), -1, np.int64)
    held[cells[:, 1], cells[:, 0]] = np.arange(len(cells))
    pairs = np.concatenate(
        [
            np.stack([held[:, :-1].ravel(), held[:, 1:].ravel()], axis=1),
            np.stack([held[:-1].ravel(), held[1:].ravel()], axis=1),
        ]
    )
    return pairs[(pairs >= 0).all(axis=1)]


def _unit(values: NDArray[np.floating]) -> Float:
    """Scaled to the unit square, each axis by itself."""
    low, extent = values.min(axis=0), np.maximum(np.ptp(values, axis=0), 1e-9)
    return np.asarray((values - low) / extent, np.float64)


def _squares(one: NDArray[np.generic], other: NDArray[np.generic]) -> Float:
    """Squared distances (N, M)."""
    a, b = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return np.asarray((a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1)[None, :])


def _smoothed(held: Rows, values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Mean features around each cell, (H W, D); cells without a picture do not count."""
    there = (held >= 0).astype(np.float32)
    grid = values[np.maximum(held, 0)] * there[..., None]
    side = 2 * radius + 1
    weight = scipy.ndimage.uniform_filter(there, side, mode="nearest")
    mean = scipy.ndimage.uniform_filter(grid, (side, side, 1), mode="nearest") / np.maximum(weight, 1e-6)[..., None]
    return np.asarray(mean.reshape(-1, values.shape[1]))


def _groups(held: Rows, side: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Cells in groups drawn from squares of about `side` cells that cover the grid, moved a little each time."""
    width = held.shape[1]
    top, left = (int(rng.integers(side)) for _ in range(2))
    y, x = np.nonzero(held >= 0)
    block = ((y + top) // side) * (width // side + 2) + (x + left) // side
    order = np.lexsort((rng.random(len(block)), block))
    cell = (y * width + x)[order]
    for part in np.split(cell, np.flatnonzero(np.diff(block[order])) + 1):
        count = max(1, round(len(part) / GROUP))
        yield from np.array_split(part, count)
