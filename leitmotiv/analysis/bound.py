"""How good a choice of exemplars is, without knowing the best: no other can cost less than what is found here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis.graph import Divergences, listed
from leitmotiv.kernels import bound as kernels
from leitmotiv.kernels.graph import Graph
from leitmotiv.records import Float

Progress = Callable[[int, int], None]

STEPS = 200
"""Most steps of the search; it ends after some 120 to 150 by itself."""
FRESH = 0.5
"""Share of the new direction in each step: alone, it goes to and fro."""
PATIENCE = 6
"""Steps without a gain after which steps become half as long."""
LEAST_GAIN = 2e-5
"""What counts as a gain, as a share of the cost."""
SHORTEST = 2e-3
"""Length of a step, as a share of what the cost promises, at which the search ends."""
CLOSE = 1e-6
"""Share of the cost that is as good as none."""
FEW = 20_000
"""Points up to which handing work to other threads costs more than it saves."""
NEAREST = 8
"""How many of the nearest of each point are looked at in a matrix, as a multiple of the square root of its size."""


@dataclass(frozen=True, eq=False)
class Bound:
    """What any choice of exemplars costs at least, and what proves it.

    Attributes
    ----------
    value : float
        In the unit of the costs.
    pays : (N,) float64
        What each point pays: no exemplar gets more than its price from what points pay beyond their divergences to it.
        They sum to `value`, but for rounding.
    """

    value: float
    pays: Float


def least_cost(graph: Graph, cost: float, *, preference: float, most: float | Float, threads: int = 1) -> Bound:
    """What exemplars cost at least that serve along the edges of a graph, whichever they are.

    The bound is that of the dual of facility location. What points pay is found by steps along its slope, as long as
    the known cost promises [1]_, each mixed with the ones before; in the end payments are lowered until no exemplar is
    overpaid, and then raised one by one as far as that allows [2]_.

    Parameters
    ----------
    graph : Graph
    cost : float
        Of some choice of exemplars: it sets how long steps are, and where there is nothing left to find.
    preference : float
        The price of an exemplar.
    most : float or (N,) float64
        What a point costs that none serves, or less, to let it pay no more.
    threads : int
        The result does not depend on it.

    References
    ----------
    .. [1] M. Held, P. Wolfe and H. P. Crowder, "Validation of subgradient optimization", Mathematical Programming 6
       (1974).
    .. [2] D. Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations Research 26 (1978).

    Examples
    --------
    >>> import numpy as np
    >>> from leitmotiv.analysis.graph import Pairs
    >>> graph = Pairs(3, np.array([1, 5]), np.array([0.1, 0.1], np.float32)).graph()
    >>> round(least_cost(graph, 0.7, preference=0.5, most=0.7).value, 4)
    0.7
    """
    size = len(graph.first) - 1
    if not size:
        return Bound(0.0, np.zeros(0))
    limits = np.minimum(np.broadcast_to(most, size), preference).astype(np.float64)
    threads = threads if size > FEW else 1
    with ThreadPoolExecutor(threads) as pool:
        pays = _search(_Dual(graph, preference, limits, pool, threads), cost, limits)
    kernels.lower(graph, preference, pays)
    rows, over = np.arange(size), np.empty(size)
    kernels.overpay(graph, preference, pays, rows, over)
    over = np.minimum(over, 0.0)
    kernels.ascend(graph, limits, pays, over)
    kernels.overpay(graph, preference, pays, rows, over)
    return Bound(float(pays.sum() - np.maximum(over, 0).sum()), pays)


def least_cost_of_matrix(divergence: Divergences, cost: float, *, preference: float, threads: int = 1) -> Bound:
    """The same over all pairs of a matrix (N, N).

    No point pays more than its divergence to the last of its nearest, so that only pairs of these count.
    """
    size = len(divergence)
    count = min(size - 1, NEAREST * int(np.ceil(np.sqrt(size))))
    if count < 1:
        return Bound(preference * size, np.full(size, preference))
    lists = np.argpartition(divergence, count, axis=1)[:, : count + 1].astype(np.int32)
    values = np.take_along_axis(divergence, lists, axis=1)
    farthest = values.max(axis=1).astype(np.float64) if count < size - 1 else np.full(size, np.inf)
    lists[lists == np.arange(size)[:, None]] = -1
    graph = listed(lists, values).graph()
    return least_cost(graph, cost, preference=preference, most=farthest, threads=threads)


class _Dual:
    """L, and its slope, at what points pay; on several threads."""

    def __init__(self, graph: Graph, price: float, limits: Float, pool: ThreadPoolExecutor, threads: int) -> None:
        self._graph, self._price, self._pool = graph, price, pool
        size = len(graph.first) - 1
        self.over, self.slope = np.empty(size), np.empty(size)
        self._parts = np.array_split(np.arange(size), threads)
        self.at(limits)
        # Whoever is not overpaid where all pay the most that they may, never is: usually most of them.
        rows = np.flatnonzero(self.over > 0)
        edges = np.cumsum(np.diff(graph.first)[rows])
        stops = np.searchsorted(edges, edges[-1] * np.arange(1, threads) / threads) if len(rows) else []
        self._parts = np.split(rows, stops)
        self.over[:] = 0

    def at(self, pays: Float) -> float:
        """L; `over` holds then by how much each exemplar is overpaid."""
        list(self._pool.map(lambda rows: kernels.overpay(self._graph, self._price, pays, rows, self.over), self._parts))
        return float(pays.sum() - np.maximum(self.over, 0).sum())

    def rise(self, pays: Float) -> Float:
        """The slope of L where it was looked at last."""
        kernels.slope(self._graph, pays, np.flatnonzero(self.over > 0), self.slope)
        return self.slope


def _search(dual: _Dual, cost: float, most: Float) -> Float:
    """What points pay at the best L that was found."""
    pays = np.minimum(cost / len(dual.over), most)
    best, at_best, direction = -np.inf, pays, np.zeros(0)
    length, waited = 1.0, 0
    for _ in range(STEPS):
        value = dual.at(pays)
        waited = 0 if value > best + LEAST_GAIN * cost else waited + 1
        if value > best:
            best, at_best = value, pays
        if best >= (1 - CLOSE) * cost or length < SHORTEST:
            break
        if waited >= PATIENCE:
            length, waited, direction = length / 2, 0, np.zeros(0)
            pays = at_best
            value = dual.at(pays)
        rise = dual.rise(pays)
        direction = rise.copy() if not len(direction) else FRESH * rise + (1 - FRESH) * direction
        steep = float(direction @ direction)
        if steep == 0:
            break
        pays = np.clip(pays + length * (cost - value) / steep * direction, 0, most)
    return at_best.copy()
