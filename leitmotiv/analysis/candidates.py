"""The pictures nearest to each by their vectors: candidates for an exact comparison; no N x N matrix is made.

Up to `WHOLE` pictures each is held against all others. Among more, each is held against those of the cells nearest to
its own, which misses few. Both ways are exact in what they look through.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import cells
from leitmotiv.analysis.embedding import Coordinates
from leitmotiv.analysis.threads import products_on_one
from leitmotiv.kernels.graph import Nearest, keep_among, keep_listed, keep_nearest

Rows = NDArray[np.int64]
Lists = NDArray[np.int32]
Progress = Callable[[int, int], None]

ROWS = 256
COLUMNS = 4096
"""A block of products, 4 MB: it stays in the cache between the multiplication and the search."""
WHOLE = 20_000
"""Most pictures of which each is held against all."""
MEMBERS = 1024
"""Vectors of a cell that those near it are compared with at once."""
PROBED = 64
"""Nearest cells that are looked through, by the distance of their centres from the picture itself."""
CHUNK = 16384
"""Pictures that are looked for at once among the members of a cell after another."""


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
        Of cells, see `cells`; each row then chooses from the `columns` in the cells nearest to it.
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
    held = None if centres is None else _members(coordinates, offered, centres)

    def fill(start: int) -> int:
        part = slice(start, start + (ROWS if held is None else CHUNK))
        own = wanted[part]
        found = Nearest(np.full((len(own), count), -np.inf, np.float32), out[part])
        if listed is not None:
            keep_listed(coordinates, own, np.ascontiguousarray(listed[part]), found)
        mine = 2 * coordinates[own].astype(np.float32)
        if centres is None or held is None:
            for first in range(0, len(offered), COLUMNS):
                others = offered[first : first + COLUMNS]
                nearness = mine @ coordinates[others].T.astype(np.float32) - squares[others]
                keep_nearest(nearness, own, others, found)
        else:
            for places, cell in _probes(coordinates[own], centres, held):
                for first in range(0, len(cell), MEMBERS):  # a cell of pictures that are all alike may be large
                    others = cell[first : first + MEMBERS]
                    nearness = mine[places] @ coordinates[others].T.astype(np.float32) - squares[others]
                    keep_among(nearness, places, own, others, found)
        out[part] = np.take_along_axis(found.column, np.lexsort((found.column, -found.nearness)), axis=1)
        return len(own)

    done = 0
    with products_on_one(), ThreadPoolExecutor(threads) as pool:
        for part in pool.map(fill, range(0, len(wanted), ROWS if held is None else CHUNK)):
            done += part
            if progress is not None:
                progress(done, len(wanted))
    return out


def _members(coordinates: Coordinates, offered: Rows, centres: Coordinates) -> list[Rows]:
    """What each cell offers, ascending."""
    cell = cells.assign(coordinates[offered], centres)
    order = np.argsort(cell, kind="stable")
    return np.split(offered[order], np.cumsum(np.bincount(cell, minlength=len(centres)))[:-1])


def _probes(own: Coordinates, centres: Coordinates, held: list[Rows]) -> Iterator[tuple[Rows, Rows]]:
    """For each cell that is near some vectors: their places, and what the cell offers."""
    probed = min(PROBED, len(centres))
    near = cells.nearest_cells(own, centres, probed).ravel()
    order = np.argsort(near, kind="stable")
    found, starts = np.unique(near[order], return_index=True)
    for cell, places in zip(found.tolist(), np.split(order // probed, starts[1:]), strict=True):
        if len(held[cell]):
            yield places, held[cell]


def divided(coordinates: Coordinates) -> Coordinates | None:
    """Centres of cells for as many vectors as are not held against all others; None for fewer."""
    return cells.centres(coordinates) if len(coordinates) > WHOLE else None


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    coordinates = np.arange(6, dtype=np.int16).reshape(3, 2)
    nearest(coordinates, 2, listed=np.full((3, 1), -1, np.int32))
    nearest(coordinates, 2, centres=coordinates[:2])
