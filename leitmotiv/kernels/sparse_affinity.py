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

    All are 0 before the first sweep.
    """

    availability: Float32
    responsibility: Float32
    own_availability: Float32
    own_responsibility: Float32
    totals: Float32
    fresh: Float32


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

    A row of edges is read once for the availabilities and the two best sums, and once more, from the cache, for the
    responsibilities, which are added to their columns at once.
    """
    rest = np.float32(1) - damping
    messages.fresh[:] = 0
    for i in range(len(price)):
        own = messages.totals[i] - messages.own_responsibility[i]
        messages.own_availability[i] = damping * messages.own_availability[i] + rest * own
        place, best, second = _two_best(i, graph, price[i], most, damping, messages)
        rival = second if place == ITSELF else best
        own_responsibility = damping * messages.own_responsibility[i] + rest * (-price[i] - rival)
        messages.own_responsibility[i] = own_responsibility
        messages.fresh[i] += own_responsibility
        for e in range(graph.first[i], graph.first[i + 1]):
            rival = second if place == e else best
            responsibility = damping * messages.responsibility[e] + rest * (-graph.value[e] - rival)
            messages.responsibility[e] = responsibility
            if responsibility > 0:
                messages.fresh[graph.column[e]] += responsibility
    for k in range(len(price)):
        messages.totals[k] = messages.fresh[k]
        own = damping * messages.own_availability[k] + rest * (messages.totals[k] - messages.own_responsibility[k])
        exemplar[k] = own + messages.own_responsibility[k] > 0


@kernel
def _two_best(
    i: int, graph: Graph, price: np.float32, most: np.float32, damping: np.float32, messages: Messages
) -> tuple[int, np.float32, np.float32]:
    """Update the availabilities of a row; the edge with the best sum (or `ITSELF`, `NOBODY`), the best, the second."""
    rest, zero = np.float32(1) - damping, np.float32(0)
    place, best, second = ITSELF, messages.own_availability[i] - price, -most
    if second > best:
        place, best, second = NOBODY, second, best
    for e in range(graph.first[i], graph.first[i + 1]):
        others = messages.totals[graph.column[e]] - max(messages.responsibility[e], zero)
        availability = damping * messages.availability[e] + rest * min(others, zero)
        messages.availability[e] = availability
        value = availability - graph.value[e]
        if value > best:
            place, best, second = e, value, best
        elif value > second:
            second = value
    return place, best, second
