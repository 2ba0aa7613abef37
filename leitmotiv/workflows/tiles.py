"""Pairs cut into tiles, each of two blocks of pictures: a worker needs little for many pairs, and keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 1000
"""Pictures of a block: about 10 MB once they are ready to be compared."""
MOST = 20_000
"""Pairs of a tile: about a second of one core."""


@dataclass(frozen=True, eq=False)
class Tile:
    """Some of the pairs.

    Attributes
    ----------
    left, right : int
        Blocks: rows from `SIDE` times their number on.
    places : (P,) int64
        Which pairs these are.
    pairs : (P, 2) uint16
        Rows within the two blocks; in the order of the first, so that its points stay in the cache.
    """

    left: int
    right: int
    places: NDArray[np.int64]
    pairs: NDArray[np.uint16]


def tiles(pairs: NDArray[np.int64], *, side: int = SIDE, most: int = MOST) -> Iterator[Tile]:
    """Each pair in exactly one tile; tiles of the same left block come one after the other.

    Parameters
    ----------
    pairs : (P, 2) int64
        Rows of pictures.
    """
    if not len(pairs):
        return
    blocks, within = pairs // side, (pairs % side).astype(np.uint16)
    order = np.lexsort((within[:, 1], within[:, 0], blocks[:, 1], blocks[:, 0]))
    ordered = blocks[order]
    cuts = np.flatnonzero((ordered[1:] != ordered[:-1]).any(axis=1)) + 1
    for part in np.split(order, cuts):
        left, right = blocks[part[0]].tolist()
        for start in range(0, len(part), most):
            places = part[start : start + most]
            yield Tile(left, right, places, within[places])
