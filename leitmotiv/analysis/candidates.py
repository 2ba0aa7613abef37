"""The pictures nearest to each by their vectors: candidates for an exact comparison; no N x N matrix is made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.embedding import Coordinates, products_on_one_thread
from leitmotiv.kernels.graph import Nearest, keep_listed, keep_nearest

Rows = NDArray[np.int64]
Lists = NDArray[np.int32]
Progress = Callable[[int, int], None]

ROWS = 256
COLUMNS = 4096
"""A block of products, 4 MB: it stays in the cache between the multiplication and the search."""


def nearest(
    coordinates: Coordinates,
    count: int,
    *,
    rows: Rows | None = None,
    columns: Rows | None = None,
    listed: Lists | None = None,
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

    def fill(start: int) -> int:
        block = slice(start, start + ROWS)
        part = wanted[block]
        found = Nearest(np.full((len(part), count), -np.inf, np.float32), out[block])
        if listed is not None:
            keep_listed(coordinates, part, np.ascontiguousarray(listed[block]), found)
        mine = 2 * coordinates[part].astype(np.float32)
        for first in range(0, len(offered), COLUMNS):
            others = offered[first : first + COLUMNS]
            nearness = mine @ coordinates[others].T.astype(np.float32) - squares[others]
            keep_nearest(nearness, part, others, found)
        out[block] = np.take_along_axis(found.column, np.lexsort((found.column, -found.nearness)), axis=1)
        return len(part)

    done = 0
    with products_on_one_thread(), ThreadPoolExecutor(threads) as pool:
        for part in pool.map(fill, range(0, len(wanted), ROWS)):
            done += part
            if progress is not None:
                progress(done, len(wanted))
    return out


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    coordinates = np.arange(6, dtype=np.int16).reshape(3, 2)
    nearest(coordinates, 2, listed=np.full((3, 1), -1, np.int32))
