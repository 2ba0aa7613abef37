"""Values of pairs that stand in lists of neighbours, with each picture's list on its own; no pair is compared here.

`lists` (N, C) int32 names rows, negative where a place is free; `values` (N, C) float32 is NaN where nothing is known.
A pair may stand in the list of either of its ends, or of both.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel

Lists = NDArray[np.int32]
Values = NDArray[np.float32]
Rows = NDArray[np.int64]


@kernel
def _place(row: NDArray[np.int32], other: int) -> int:
    for s in range(len(row)):
        if row[s] == other:
            return s
    return -1


@kernel
def look_up(lists: Lists, values: Values, lower: Rows, higher: Rows, found: Values) -> None:
    """Put what lists say of pairs (P,) into `found` (P,), which stays as it is where they say nothing."""
    for p in range(len(found)):
        for turn in range(2):
            one, other = (lower[p], higher[p]) if turn == 0 else (higher[p], lower[p])
            s = _place(lists[one], other)
            if s >= 0 and not np.isnan(values[one, s]):
                found[p] = values[one, s]
                break


@kernel
def carry(lists: Lists, values: Values, old_lists: Lists, old_values: Values) -> None:
    """Fill values of new lists from old ones over the same rows."""
    for i in range(len(lists)):
        for s in range(lists.shape[1]):
            j = lists[i, s]
            if j < 0 or not np.isnan(values[i, s]):
                continue
            same = s < old_lists.shape[1] and old_lists[i, s] == j
            t = s if same else _place(old_lists[i], j)
            if t >= 0:
                values[i, s] = old_values[i, t]
            if np.isnan(values[i, s]):
                t = _place(old_lists[j], i)
                if t >= 0:
                    values[i, s] = old_values[j, t]


@kernel
def gather(lists: Lists, values: Values, block: Rows, inside: NDArray[np.bool_], rows: Rows, places: Rows) -> int:
    """Find pairs of the rows in `block` (B,) of which nothing is known, each once; what the other end knows is copied.

    Writes the row and the place in its list to `rows` and `places` (B * C,), and counts them. `inside` (N,) marks the
    block.
    """
    count = 0
    for i in block:
        for s in range(lists.shape[1]):
            j = lists[i, s]
            if j < 0 or not np.isnan(values[i, s]):
                continue
            t = _place(lists[j], i)
            if t >= 0 and not np.isnan(values[j, t]):
                values[i, s] = values[j, t]
            elif t < 0 or not inside[j] or j > i:
                rows[count], places[count] = i, s
                count += 1
    return count


@kernel
def fill(lists: Lists, values: Values, rows: Rows, places: Rows, found: Values) -> None:
    """Put what was found of pairs, as `gather` named them, into the lists of both ends."""
    for p in range(len(found)):
        i, s = rows[p], places[p]
        j = lists[i, s]
        values[i, s] = found[p]
        t = _place(lists[j], i)
        if t >= 0:
            values[j, t] = found[p]
