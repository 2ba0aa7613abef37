r"""The dual of facility location along the edges of a graph: what exemplars must cost at least; it chooses none.

Each point i pays v_i, at most what it costs to be served by nobody. An exemplar k is *overpaid* by

.. math:: o_k = \sum_i \max(0, v_i - d(i, k)) - (\text{price of an exemplar}), \quad d(k, k) = 0,

with the sum over the points that have an edge to k, and k. Whatever the v, no choice of exemplars costs less than

.. math:: L(v) = \sum_i v_i - \sum_k \max(0, o_k).

References
----------
.. [1] D. Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations Research 26 (1978).
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.graph import Graph

Float = NDArray[np.float64]
Rows = NDArray[np.int64]


@kernel
def overpay(graph: Graph, price: float, pays: Float, rows: Rows, over: Float) -> None:
    """Put by how much each of some points would be overpaid as an exemplar into `over` (N,)."""
    for k in rows:
        total = max(pays[k], 0.0) - price
        for e in range(graph.first[k], graph.first[k + 1]):
            total += max(pays[graph.column[e]] - np.float64(graph.value[e]), 0.0)
        over[k] = total


@kernel
def slope(graph: Graph, pays: Float, taken: Rows, out: Float) -> None:
    """How L rises with what each point pays, (N,): by 1, less 1 for each overpaid exemplar (`taken`) it gives to."""
    out[:] = 1.0
    for k in taken:
        out[k] -= pays[k] > 0
        for e in range(graph.first[k], graph.first[k + 1]):
            out[graph.column[e]] -= pays[graph.column[e]] > graph.value[e]


@kernel
def lower(graph: Graph, price: float, pays: Float) -> None:
    """Let points pay less, until no exemplar is overpaid: what each gives beyond its own cost shrinks by one factor."""
    for k in range(len(pays)):
        total = max(pays[k], 0.0)
        for e in range(graph.first[k], graph.first[k + 1]):
            total += max(pays[graph.column[e]] - np.float64(graph.value[e]), 0.0)
        if total <= price:
            continue
        kept = price / total
        pays[k] *= kept
        for e in range(graph.first[k], graph.first[k + 1]):
            i, d = graph.column[e], np.float64(graph.value[e])
            if pays[i] > d:
                pays[i] = d + kept * (pays[i] - d)


@kernel
def ascend(graph: Graph, most: Float, pays: Float, over: Float) -> None:
    """Let each point in turn pay as much more as overpays no exemplar; `over`, nowhere above 0, is kept up to date."""
    for i in range(len(pays)):
        more = min(most[i] - pays[i], -over[i])
        for e in range(graph.first[i], graph.first[i + 1]):
            until = max(np.float64(graph.value[e]) - pays[i], 0.0)
            more = min(more, until - over[graph.column[e]])
        if more <= 0:
            continue
        over[i] += more
        for e in range(graph.first[i], graph.first[i + 1]):
            d = max(np.float64(graph.value[e]), pays[i])
            if pays[i] + more > d:
                over[graph.column[e]] += pays[i] + more - d
        pays[i] += more
