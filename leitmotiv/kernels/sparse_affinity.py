r"""The messages of affinity propagation along the edges of a graph; it holds no rule for when to stop.

With s(i, k) = -(what the edge costs), s(k, k) = -(price of exemplar k), and sums over the edges that there are:

.. math:: r(i, k) = s(i, k) - \max_{k' \ne k} (a(i, k') + s(i, k')), \quad
          a(i, k) = \min(0, t_k - \max(0, r(i, k))), \quad a(k, k) = t_k - r(k, k), \\
          t_k = r(k, k) + \sum_{i \ne k} \max(0, r(i, k))

Beside its edges, a point may always choose *nobody*, which costs it `most` and has no availability to wait for. So a
point that the graph links badly is not forced to be an exemplar.

References
----------
.. [1] B. J. Frey and D. Dueck, "Clustering by passing messages between data points", Science 315 (2007).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.graph import Graph

Float32 = NDArray[np.float32]

ITSELF = -1
NOBODY = -2


class Messages(NamedTuple):
    """One number for each edge (E,), and for each point (N,) those to itself; `totals` and `fresh` are t, old and new.

    All are 0 before the first sweep. `sums` (N,) is room to work in.
    """

    availability: Float32
    responsibility: Float32
    own_availability: Float32
    own_responsibility: Float32
    totals: Float32
    fresh: Float32
    sums: Float32


@kernel
def sweep(
    graph: Graph,
    price: Float32,
    most: np.float32,
    damping: np.float32,
    messages: Messages,
    exemplar: NDArray[np.bool_],
) -> None:
    """Pass all messages once, `damping` of the old ones staying; mark the points that then choose themselves.

    The edges of a point are few and stay in the cache, so that one short loop for each kind of message is quickest:
    those without a branch become vector instructions.
    """
    rest = np.float32(1) - damping
    totals, fresh = messages.totals, messages.fresh
    fresh[:] = 0
    for i in range(len(price)):
        first, last = graph.first[i], graph.first[i + 1]
        column, value = graph.column[first:last], graph.value[first:last]
        responsibility, sums = messages.responsibility[first:last], messages.sums[: last - first]
        own = totals[i] - messages.own_responsibility[i]
        own = messages.own_availability[i] = damping * messages.own_availability[i] + rest * own
        _make_available(column, value, totals, responsibility, messages.availability[first:last], sums, damping)
        place, best, second = _two_best(own - price[i], most, sums)
        rival = second if place == ITSELF else best
        own = damping * messages.own_responsibility[i] + rest * (-price[i] - rival)
        messages.own_responsibility[i] = own
        fresh[i] += own
        before = responsibility[place] if place >= 0 else best
        _respond(value, best, responsibility, damping)
        if place >= 0:
            responsibility[place] = damping * before + rest * (-value[place] - second)
        for e in range(last - first):
            if responsibility[e] > 0:
                fresh[column[e]] += responsibility[e]
    for k in range(len(price)):
        totals[k] = fresh[k]
        own = damping * messages.own_availability[k] + rest * (totals[k] - messages.own_responsibility[k])
        exemplar[k] = own + messages.own_responsibility[k] > 0


@kernel
def _make_available(
    column: NDArray[np.int32],
    value: Float32,
    totals: Float32,
    responsibility: Float32,
    availability: Float32,
    sums: Float32,
    damping: np.float32,
) -> None:
    """Update the availabilities of a row of edges, and their sums with the similarities."""
    rest, zero = np.float32(1) - damping, np.float32(0)
    for e in range(len(column)):
        others = totals[column[e]] - max(responsibility[e], zero)
        availability[e] = damping * availability[e] + rest * min(others, zero)
        sums[e] = availability[e] - value[e]


@kernel
def _two_best(own: np.float32, most: np.float32, sums: Float32) -> tuple[int, np.float32, np.float32]:
    """The place of the best sum in a row (or `ITSELF`, `NOBODY`), the best and the second sum."""
    place, best, second = ITSELF, own, -most
    if second > best:
        place, best, second = NOBODY, second, best
    for e in range(len(sums)):
        if sums[e] > second:
            if sums[e] > best:
                place, best, second = e, sums[e], best
            else:
                second = sums[e]
    return place, best, second


@kernel
def _respond(value: Float32, best: np.float32, responsibility: Float32, damping: np.float32) -> None:
    """Update the responsibilities of a row of edges, as if none of them were the best."""
    rest = np.float32(1) - damping
    for e in range(len(value)):
        responsibility[e] = damping * responsibility[e] + rest * (-value[e] - best)
