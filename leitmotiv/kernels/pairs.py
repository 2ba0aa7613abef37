"""Sorted lists of pairs: looked up, merged and made into a graph in one pass each; no pair is compared here."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.graph import Graph

Keys = NDArray[np.int64]
Values = NDArray[np.float32]


@kernel
def look_up(keys: Keys, values: Values, wanted: Keys, found: Values) -> None:
    """Put the values of `wanted` (W,), ascending, into `found` (W,), which stays as it is where there is none.

    From one to the next it leaps by twice as far each time, and then halves: few are found in many without reading all.
    """
    place = 0
    for w in range(len(wanted)):
        leap = 1
        while place + leap < len(keys) and keys[place + leap] < wanted[w]:
            place += leap
            leap *= 2
        end = min(place + leap, len(keys))
        while place < end:
            middle = (place + end) // 2
            if keys[middle] < wanted[w]:
                place = middle + 1
            else:
                end = middle
        if place == len(keys):
            return
        if keys[place] == wanted[w]:
            found[w] = values[place]


@kernel
def merge(keys: Keys, values: Values, others: Keys, their_values: Values, out: Keys, out_values: Values) -> int:
    """Merge two ascending lists into one; of equal keys the first list's is taken. Count what was written."""
    a, b, count = 0, 0, 0
    while a < len(keys) or b < len(others):
        if b == len(others) or (a < len(keys) and keys[a] <= others[b]):
            b += b < len(others) and others[b] == keys[a]
            out[count], out_values[count] = keys[a], values[a]
            a += 1
        else:
            out[count], out_values[count] = others[b], their_values[b]
            b += 1
        count += 1
    return count


@kernel
def connect(size: int, keys: Keys, values: Values, graph: Graph) -> None:
    """Fill a graph over `size` points, whose `first` is zero, with pairs in ascending order.

    In that order the lower ends that a point is joined to come first, ascending, then the higher ones. So each point's
    edges only have to be appended.
    """
    for key in keys:
        graph.first[key // size + 1] += 1
        graph.first[key % size + 1] += 1
    for i in range(size):
        graph.first[i + 1] += graph.first[i]
    place = graph.first[:-1].copy()
    for e in range(len(keys)):
        lower, higher = keys[e] // size, keys[e] % size
        graph.column[place[lower]], graph.value[place[lower]] = higher, values[e]
        graph.column[place[higher]], graph.value[place[higher]] = lower, values[e]
        place[lower] += 1
        place[higher] += 1
