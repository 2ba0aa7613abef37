"""Exemplars of a library too large for a matrix, along the edges of a graph; `exemplars` is the form for all pairs.

A point without an edge to an exemplar counts as served by nobody, at the largest divergence that there is. So the cost
is an upper bound of that over all pairs, and every graph has a solution.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import sparse_medoids
from leitmotiv.analysis.exemplars import DAMPING, FLIPS, LEAST_GAIN, MAX_STEPS, QUIET_STEPS, RELUCTANCE
from leitmotiv.analysis.graph import Divergences, Keys, Lists, Pairs, distinct, keys_of
from leitmotiv.kernels import sparse_affinity, sparse_exemplars
from leitmotiv.kernels.graph import Graph
from leitmotiv.records import Float

Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]
Compare = Callable[[Keys], Divergences]
"""Divergences of pairs by their keys, nats."""
Shortlist = Callable[[Rows], Lists]
"""The exemplars nearest to each point, by a measure that is quick: rows (N, S), -1 where there are fewer."""

ROUNDS = 6
"""Most rounds of edges to exemplars; each takes less than the one before."""
MIDDLES = 16
"""Members nearest to each exemplar that all of its group get an edge to: one of them may stand better for it."""
LARGE = 300
"""Members of a group up to which `MIDDLES` are chosen; in a larger one a race is cheaper."""
FEW = 0.01
"""New edges to exemplars, as a share of the points, from which on another round would change nothing."""
ROUGH_ROUNDS = 4
LITTLE = 5e-4
"""Share of the cost by which a round must lower it for another to follow."""


@dataclass(frozen=True, eq=False)
class Served:
    """Exemplars, and how they serve N points.

    Attributes
    ----------
    rows : (C,) int64
        The exemplars, ascending.
    labels : (N,) int64
        Position in `rows` of the nearest exemplar; -1 for nobody.
    near : (N,) float64
        The divergence to it, nats; the largest that there is for nobody.
    """

    rows: Rows
    labels: Rows
    near: Float

    def cost(self, preference: float) -> float:
        """Summed divergence to the exemplars and the price of these, nats."""
        return float(self.near.sum() + preference * len(self.rows))


def exemplars(
    graph: Graph,
    *,
    preference: float,
    most: float,
    start: Rows | None = None,
    fresh: Rows | None = None,
    progress: Progress | None = None,
) -> Served:
    """Choose exemplars so that the summed divergence to them along edges, and a price for each, is small.

    As `leitmotiv.analysis.exemplars.exemplars`, with the same rule for what a move must gain.

    Parameters
    ----------
    graph : Graph
        No value above `most`.
    preference : float
        Price of an exemplar, above 0; nats.
    most : float
        What a point costs that no edge joins to an exemplar, nats.
    start : (M,) int64, optional
        Rows of old exemplars. With them no message is passed, and the search stays near the old clusters.
    fresh : (F,) int64, optional
        Rows that came since: the search begins among them and those near them.
    progress : callable, optional
        Called with steps done and the most there can be.

    Raises
    ------
    ValueError
        `preference` or `most` is not a positive number.

    References
    ----------
    .. [1] D. Dueck, "Affinity propagation: clustering data by passing messages", thesis, Toronto (2009), section 2.
    .. [2] E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from leitmotiv.analysis.graph import Pairs
    >>> pairs = Pairs(4, np.array([0 * 4 + 1, 1 * 4 + 2]), np.array([0.1, 0.2], np.float32))
    >>> found = exemplars(pairs.graph(), preference=0.5, most=0.7)
    >>> found.rows, found.labels
    (array([1]), array([ 0,  0,  0, -1]))
    """
    if not (0 < preference < np.inf and 0 < most < np.inf):
        raise ValueError(f"preference and most are {preference!r} and {most!r}, but must be positive numbers of nats.")
    if len(graph.first) < 2:
        return Served(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    if start is not None and len(start):
        return _search(graph, preference, most, np.unique(start), RELUCTANCE * preference, fresh)
    start = _propagate(graph, preference, most, progress)
    return _search(graph, preference, most, start, LEAST_GAIN * max(most, preference))


def augmented(
    pairs: Pairs,
    *,
    preference: float,
    most: float,
    shortlist: Shortlist,
    compare: Compare,
    central: sparse_medoids.Central | None = None,
    rough: Compare | None = None,
    start: Rows | None = None,
    fresh: Rows | None = None,
    progress: Progress | None = None,
) -> tuple[Served, Pairs]:
    """Choose exemplars, and give the graph the edges that it lacks: to exemplars, and to what could stand for a group.

    After the first choice every point gets an edge to each exemplar of its shortlist, and to members of its group that
    may stand better for it: the `MIDDLES` nearest to the exemplar, or in a large group those that win a race. The
    search goes on from there; again, until hardly an edge is new, or a round lowers the cost by little. Edges only come
    and moves only gain, so that the cost only falls.

    Where somebody tells divergences `rough`ly, the first rounds ask for these, and only their exemplars are kept.

    From old exemplars the first search has the shortlists already: a point that came since would be served by nobody
    before.

    Parameters
    ----------
    pairs : Pairs
        The edges there are.
    central : callable, optional
        Who is near the middle of a group, for the races.
    rough : callable, optional
        Divergences that are quick to tell, with errors that have no direction; none of them are returned.

    Returns
    -------
    Served
        Nobody is left to nobody, unless its shortlist is empty.
    Pairs
        `pairs` and the new ones.
    """
    warm = start is not None and len(start)
    least = RELUCTANCE * preference if warm else LEAST_GAIN * max(most, preference)
    graph = pairs.graph()
    if start is not None and warm:
        rows = np.unique(start)
        pairs, _ = with_shortlists(pairs, rows, shortlist, compare)
        graph = pairs.graph()
    else:
        rows = _propagate(graph, preference, most, progress)
        if rough is not None:
            found, trial = _search(graph, preference, most, rows, least), pairs
            for _ in range(ROUGH_ROUNDS):
                trial, _ = _round(trial, found, shortlist, rough, central)
                found = _search(trial.graph(), preference, most, found.rows, least)
            del trial
            rows = found.rows
            pairs, _ = _round(pairs, found, shortlist, compare, central)
            graph = pairs.graph()
    found = _search(graph, preference, most, rows, least, fresh)
    for _ in range(ROUNDS):
        rows, before = found.rows, found.cost(preference)
        pairs, added = _round(pairs, found, shortlist, compare, central)
        found = _search(pairs.graph(), preference, most, rows, least, fresh)
        gain = before - found.cost(preference)
        if added <= FEW * pairs.size or gain <= LITTLE * before or np.array_equal(found.rows, rows):
            break
    if not np.array_equal(found.rows, rows):
        pairs, added = with_shortlists(pairs, found.rows, shortlist, compare)
        found = _served(_choice(pairs.graph(), most, found.rows)) if added else found
    return found, pairs


def _round(
    pairs: Pairs, found: Served, shortlist: Shortlist, compare: Compare, central: sparse_medoids.Central | None
) -> tuple[Pairs, int]:
    """Add the edges of a round; tell how many were new, but for those of the races."""
    pairs, middles = _to_middles(pairs, found, compare, central)
    return _with(pairs, [*_to_shortlists(found.rows, shortlist), *middles], compare)


def with_shortlists(pairs: Pairs, rows: Rows, shortlist: Shortlist, compare: Compare) -> tuple[Pairs, int]:
    """Add the edges that are not there yet to the exemplars near each point; tell how many these were."""
    return _with(pairs, _to_shortlists(rows, shortlist), compare)


def _with(pairs: Pairs, keys: Iterable[Keys], compare: Compare) -> tuple[Pairs, int]:
    """Add the edges of some keys that are not there yet; tell how many these were."""
    asked = distinct(np.concatenate([np.zeros(0, np.int64), *keys]))
    new = asked[np.isnan(pairs.look_up(asked))]
    return pairs.joined(Pairs(pairs.size, new, compare(new))), len(new)


def _to_shortlists(rows: Rows, shortlist: Shortlist) -> Iterator[Keys]:
    """From each point to the exemplars near it."""
    lists = shortlist(rows)
    points = np.arange(len(lists))
    for column in lists.T:
        there = (column >= 0) & (column != points)
        yield keys_of(points[there], column[there], len(lists))


def _to_middles(
    pairs: Pairs, found: Served, compare: Compare, central: sparse_medoids.Central | None
) -> tuple[Pairs, list[Keys]]:
    """From the members of each group to those that may stand better for it; with the pairs that tell which."""
    order = np.lexsort((found.near, found.labels))
    order = order[found.labels[order] >= 0]
    first = np.searchsorted(found.labels[order], np.arange(len(found.rows) + 1))
    large = np.flatnonzero(np.diff(first) > LARGE)
    groups = [order[first[place] : first[place + 1]] for place in large]
    pairs, best = sparse_medoids.promising(groups, pairs, compare, central)
    keys = [
        keys_of(members[members != one], one, pairs.size)
        for members, left in zip(groups, best, strict=True)
        for one in left
    ]
    small = order[~np.isin(found.labels[order], large)]
    group = found.labels[small]
    first = np.searchsorted(group, np.arange(len(found.rows)))
    last = np.append(first[1:], len(small)) - 1
    for place in range(MIDDLES if len(small) else 0):
        one = small[np.minimum(first + place, last)[group]]
        keys.append(keys_of(small[small != one], one[small != one], pairs.size))
    return pairs, keys


def _propagate(graph: Graph, preference: float, most: float, progress: Progress | None) -> Rows:
    """Pass messages until few points flip; the rows that choose themselves, or the one that serves others best."""
    size, graph = len(graph.first) - 1, _below(graph, preference)
    # Prices that differ a little break the ties between copies of one picture.
    price = (preference * (1 + 1e-4 * np.random.default_rng(0).random(size))).astype(np.float32)
    edges, points = (np.zeros((2, len(graph.column)), np.float32), np.zeros((5, size), np.float32))
    messages = sparse_affinity.Messages(*edges, *points)
    before, now, quiet = np.zeros(size, np.bool_), np.zeros(size, np.bool_), 0
    for step in range(MAX_STEPS):
        sparse_affinity.sweep(graph, price, np.float32(most), np.float32(DAMPING), messages, now)
        quiet = quiet + 1 if now.any() and np.count_nonzero(now != before) <= FLIPS * size else 0
        before[:] = now
        if progress is not None:
            progress(step + 1, MAX_STEPS)
        if quiet == QUIET_STEPS:
            break
    if now.any():
        return np.flatnonzero(now)
    saved = np.bincount(np.repeat(np.arange(size), np.diff(graph.first)), most - graph.value, minlength=size)
    return np.array([saved.argmax()])


def _below(graph: Graph, price: float) -> Graph:
    """The graph without edges that cost as much as being an exemplar oneself: no point gains by them."""
    kept = graph.value < price
    before = np.concatenate([[0], np.cumsum(kept)])
    return Graph(before[graph.first], graph.column[kept], graph.value[kept])


def _search(
    graph: Graph, preference: float, most: float, start: Rows, least: float, fresh: Rows | None = None
) -> Served:
    """Drop, swap and add exemplars while a move lowers the cost by more than `least`; first near what is fresh.

    After a pass only those are looked at that have an edge to what it changed; the last pass is over all points.
    """
    choice = _choice(graph, most, start)
    size = len(choice.near)
    room = sparse_exemplars.Room(np.zeros(size), np.zeros(size, np.int64))
    everything = np.arange(size)
    rows = everything if fresh is None or not len(fresh) else _around(graph, np.isin(everything, fresh))
    while True:
        near, far = choice.near.copy(), choice.far.copy()
        if sparse_exemplars.improve(graph, rows, preference, least, most, choice, room):
            rows = _around(graph, (choice.near != near) | (choice.far != far))
        elif rows is everything:
            return _served(choice)
        else:
            rows = everything


def _around(graph: Graph, marked: NDArray[np.bool_]) -> Rows:
    """Some points and those that an edge joins to them."""
    around = marked.copy()
    sparse_exemplars.mark_joined(graph, marked, around)
    return np.flatnonzero(around)


def _choice(graph: Graph, most: float, rows: Rows) -> sparse_exemplars.Choice:
    size = len(graph.first) - 1
    choice = sparse_exemplars.Choice(
        open=np.zeros(size, np.bool_),
        nearest=np.full(size, sparse_exemplars.NOBODY),
        second=np.full(size, sparse_exemplars.NOBODY),
        near=np.full(size, float(most)),
        far=np.full(size, float(most)),
        loss=np.zeros(size),
    )
    for row in rows:
        sparse_exemplars.open_exemplar(graph, row, choice)
    return choice


def _served(choice: sparse_exemplars.Choice) -> Served:
    rows = np.flatnonzero(choice.open)
    labels = np.where(choice.nearest < 0, -1, np.searchsorted(rows, choice.nearest))
    labels[rows] = np.arange(len(rows))
    return Served(rows, labels, choice.near.copy())


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    one = Pairs(3, np.array([1, 5]), np.array([0.1, 0.2], np.float32))
    exemplars(one.joined(one).graph(), preference=0.1, most=0.7)
    one.look_up(one.keys)
