"""The pictures nearest to each by their vectors: candidates for an exact comparison; no N x N matrix is made.

Up to `WHOLE` pictures each is held against all others. Among more, each is held against those of the cells nearest to
its own, which misses few. Both ways are exact in what they look through.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import cells
from leitmotiv.analysis.embedding import Coordinates, products_on_one_thread
from leitmotiv.kernels.graph import Nearest, keep_listed, keep_nearest

Rows = NDArray[np.int64]
Lists = NDArray[np.int32]
Progress = Callable[[int, int], None]
Block = tuple[Rows, Callable[[], Rows]]
"""Places among the rows, and what gives the rows that they are held against."""

ROWS = 256
COLUMNS = 4096
"""A block of products, 4 MB: it stays in the cache between the multiplication and the search."""
WHOLE = 20_000
"""Most pictures of which each is held against all."""
PROBED = 32
"""Nearest cells that are looked through; more where they hold fewer than are wanted."""


def nearest(
    coordinates: Coordinates,
    count: int,
    *,
    rows: Rows | None = None,
    columns: Rows | None = None,
    listed: Lists | None = None,
    centres: Coordinates | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Lists:
    """The nearest `columns` of each of `rows`, nearest first; of equal distances the lower row comes first.

    Parameters
    ----------
    coordinates : (N, D) int16
        From `embedding.embed`.
    count : int
        How many, C.
    rows, columns : (R,), (M,) int64, optional
        Ascending, different; all if not given. No row is its own neighbour.
    listed : (R, L) int32, optional
        What else each row may choose from, none of them in `columns`; -1 for none.
    centres : (M, D) int16, optional
        Of cells, see `cells`; each row then chooses from the `columns` in the cells near its own.
    progress : callable, optional
        Called with rows done and rows in all.

    Returns
    -------
    (R, C) int32
        Filled up with -1 where there are fewer. A list depends on nothing but the coordinates: finding lists anew, and
        adding `columns` to what was `listed`, give the same.
    """
    everything = np.arange(len(coordinates))
    wanted = everything if rows is None else np.ascontiguousarray(rows, np.int64)
    offered = everything if columns is None else np.ascontiguousarray(columns, np.int64)
    out = np.full((len(wanted), count), -1, np.int32)
    if not count or not len(wanted):
        return out
    squares = np.square(coordinates, dtype=np.float32).sum(axis=1)

    def fill(part: Block) -> int:
        places, others_of = part
        own = wanted[places]
        found = Nearest(np.full((len(own), count), -np.inf, np.float32), np.full((len(own), count), -1, np.int32))
        if listed is not None:
            keep_listed(coordinates, own, np.ascontiguousarray(listed[places]), found)
        mine, among = 2 * coordinates[own].astype(np.float32), others_of()
        for first in range(0, len(among), COLUMNS):
            others = among[first : first + COLUMNS]
            nearness = mine @ coordinates[others].T.astype(np.float32) - squares[others]
            keep_nearest(nearness, own, others, found)
        out[places] = np.take_along_axis(found.column, np.lexsort((found.column, -found.nearness)), axis=1)
        return len(own)

    done = 0
    blocks = _all(len(wanted), offered) if centres is None else _near(coordinates, wanted, offered, centres, count)
    with products_on_one_thread(), ThreadPoolExecutor(threads) as pool:
        for filled in pool.map(fill, blocks):
            done += filled
            if progress is not None:
                progress(done, len(wanted))
    return out


def _all(count: int, offered: Rows) -> Iterator[Block]:
    """Blocks of rows, each to be held against all that is offered."""
    for start in range(0, count, ROWS):
        yield np.arange(start, min(start + ROWS, count)), lambda: offered


def _near(coordinates: Coordinates, wanted: Rows, offered: Rows, centres: Coordinates, count: int) -> Iterator[Block]:
    """The rows of each cell, to be held against what the cells near it offer."""
    cell = cells.assign(coordinates, centres)
    asking, offering = _members(cell[wanted], len(centres)), _members(cell[offered], len(centres))
    sizes = np.bincount(cell, minlength=len(centres))
    near = cells.nearest_cells(centres, len(centres))

    def among(own: int) -> Rows:
        probed = PROBED
        while probed < len(centres) and sizes[near[own, :probed]].sum() <= count:
            probed *= 2
        return np.sort(np.concatenate([offered[offering[other]] for other in near[own, :probed]]))

    for own, places in enumerate(asking):
        for start in range(0, len(places), ROWS):
            yield places[start : start + ROWS], partial(among, own)


def _members(cell: NDArray[np.int32], count: int) -> list[Rows]:
    """Places in each cell, ascending."""
    return np.split(np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell, minlength=count))[:-1])


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    coordinates = np.arange(6, dtype=np.int16).reshape(3, 2)
    nearest(coordinates, 2, listed=np.full((3, 1), -1, np.int32))
