"""The nearest rows of large collections without comparing each with each: by cells about centres.

References
----------
.. [1] H. Jegou, M. Douze and C. Schmid, "Product quantization for nearest neighbor search", IEEE TPAMI 33 (2011):
   the inverted file.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float32

CELLS = 4.0
"""Cells, by the square root of the rows."""
PROBED = 0.06
"""Share of the cells whose rows a row is compared with: those whose centres are nearest to that of its own."""
LEAST_PROBED, MOST_PROBED = 8, 64
"""Cells, whatever their share: from about 70,000 rows on, work grows no faster than rows times cells."""
SAMPLE = 20_000
ROUNDS = 4
_ROWS = 4096
_ASKING = 1024

Tell = Callable[[int, int], None]


def nearest(rows: Float32, kept: int, tell: Tell | None = None) -> tuple[NDArray[np.int64], Float32]:
    """Nearly always the nearest other rows of each by cosine, and their cosines; the same for the same rows.

    Parameters
    ----------
    rows : (N, P) float32
        Unit rows.
    kept : int
        How many are wanted; less than N.

    Returns
    -------
    (N, kept) int64 and (N, kept) float32
        In no order.
    """
    centres = _centres(rows)
    cell = _cells(rows, centres)
    members = np.split(np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell, minlength=len(centres)))[:-1])
    probed = min(max(LEAST_PROBED, round(PROBED * len(centres))), MOST_PROBED)
    near, cosines = np.empty((len(rows), kept), np.int64), np.empty((len(rows), kept), np.float32)
    between = centres @ centres.T
    done = 0
    for own, asking in enumerate(members):
        order = np.argsort(-between[own], kind="stable")
        count = probed
        candidates = np.concatenate([members[at] for at in order[:count]])
        while len(asking) and len(candidates) <= kept:
            count *= 2
            candidates = np.concatenate([members[at] for at in order[:count]])
        for part in np.array_split(asking, len(asking) // _ASKING + 1) if len(asking) else ():
            near[part], cosines[part] = _best(rows, part, candidates, kept)
        done += len(asking)
        if tell is not None:
            tell(done, len(rows))
    return near, cosines


def _best(
    rows: Float32, asking: NDArray[np.int64], candidates: NDArray[np.int64], kept: int
) -> tuple[NDArray[np.int64], Float32]:
    cosine = rows[asking] @ rows[candidates].T
    cosine[asking[:, None] == candidates] = -np.inf
    columns = np.argpartition(cosine, len(candidates) - kept, axis=1)[:, -kept:]
    return candidates[columns], np.take_along_axis(cosine, columns, axis=1)


def _centres(rows: Float32) -> Float32:
    """Centres of cells by spherical k-means over rows drawn evenly, from rows drawn evenly; (C, P) float32."""
    sample = rows[np.unique(np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(np.int64))]
    count = round(CELLS * np.sqrt(len(rows)))
    centres = sample[np.unique(np.linspace(0, len(sample) - 1, min(count, len(sample))).astype(np.int64))].copy()
    for _ in range(ROUNDS):
        cell = _cells(sample, centres)
        order = np.argsort(cell, kind="stable")
        found, starts = np.unique(cell[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts)
        centres[found] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return centres


def _cells(rows: Float32, centres: Float32) -> NDArray[np.int64]:
    found = [(rows[at : at + _ROWS] @ centres.T).argmax(axis=1) for at in range(0, len(rows), _ROWS)]
    return np.concatenate(found)
