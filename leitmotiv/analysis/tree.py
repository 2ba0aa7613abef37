"""The tree over the pictures of a library, from one group down to each picture alone, and cuts through it.

The groups shown first are the exemplars' own, as good as the search finds them; above them groups are merged, below
them each is taken apart, both by medoid cost. It computes no divergence.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.exemplars import Divergences, Rows, as_divergences, exemplars, total_cost
from leitmotiv.analysis.overlaps import members
from leitmotiv.analysis.prices import Priced, Wanted, settled
from leitmotiv.kernels.linkage import link
from leitmotiv.records import Cluster, Clusters, Float, Merge

Distance = Callable[[int, Rows], Float]
"""Divergences, nats, of the image in one row of the index to those in others, whatever was clustered."""
Progress = Callable[[int, int], None]

PULL = 3.0
"""How much the default number of groups keeps to the square root of the number of pictures: how many times the usual
range of prices another number has to stand for, for each e-fold away from it."""
LEAST_RANGE = 0.1
"""The least that is taken for usual, where many heights are equal."""
NO_DIFFERENCE = 0.01
"""Share of the largest divergence below which heights count as equal."""
WHISKER = 1.5
"""Tukey's fence: how many interquartile ranges above the upper quartile an outlier lies."""
FEWEST = 5
"""Members beside the exemplar below which none is called an outlier."""
EVERY_COUNT = 48
"""Up to how many groups the slider offers each number; above, about every sixteenth."""


@dataclass(frozen=True)
class Step:
    """A merge before nodes have numbers: in `part`, the branch `gone` joins the branch `kept`."""

    height: float
    part: int
    kept: int
    gone: int
    exemplar: int


def cluster(
    divergence: NDArray[np.floating[Any]],
    *,
    ids: Sequence[str] | None = None,
    preference: float | None = None,
    start: Rows | None = None,
    previous: float | None = None,
    wanted: Wanted | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Clusters:
    """Group pictures by their divergences, and build the tree.

    The finest level is every picture alone. At `preference` the cut is the optimum that `exemplars` finds, and
    `default_count` is its number of groups; the heights of merges inside its groups do not exceed `preference`, those
    of merges of its groups do not fall below.

    Parameters
    ----------
    divergence : (N, N) float32 or float64
        Symmetric, zero on the diagonal, not negative; nats, or relative divergences.
    ids : sequence of str, optional
        Names of the rows; "0", "1", … if not given.
    preference : float, optional
        What a group costs, in the same unit; `suggest_preference` if not given.
    start : (M,) int64, optional
        Rows of old exemplars, near which the new groups stay.
    previous : float, optional
        What a group cost in the old clusters. It stays, without `preference`, as long as it gives between half
        and twice the square root of N groups: otherwise a new picture could move the price, and with it all groups.
    wanted : Wanted, optional
        How many groups somebody asked for, in place of those; without `preference`.
    threads : int
        The result does not depend on it.
    progress : callable, optional
        Called with parts done and parts in all.

    Raises
    ------
    ValueError
        `divergence`, `ids` or `preference` is not as it should be.
    """
    matrix = as_divergences(divergence)
    names = tuple(str(row) for row in range(len(matrix))) if ids is None else tuple(ids)
    if len(names) != len(matrix):
        raise ValueError(f"{len(names)} ids were given for {len(matrix)} rows.")
    report = progress or (lambda _done, _total: None)

    def messages(done: int, total: int) -> None:
        report(20 + 50 * done // total, 100)

    def search(price: float, start: Rows | None) -> Priced[Rows]:
        report(20, 100)
        rows, labels = exemplars(matrix, preference=price, start=start, threads=threads, progress=messages)
        report(70, 100)
        return Priced(price, rows, labels)

    def suggest() -> float:
        return suggest_preference(matrix, count=None if wanted is None else wanted.count)

    if preference is not None:
        made = search(float(preference), start)
    else:
        made = settled(len(matrix), search, suggest, start=start, previous=previous, wanted=wanted)
    price, rows, labels = made.price, made.rows, made.found
    steps = [*_inside(matrix, labels, price), *_above(matrix, labels, len(rows), price)]
    report(100, 100)
    return Clusters(
        ids=names,
        labels=np.arange(len(names)),
        exemplars=np.arange(len(names)),
        distances=np.zeros(len(names)),
        merges=number_nodes(steps, labels),
        default_count=len(rows),
        preference=price,
        cost=total_cost(matrix, rows, labels, price),
    )


def suggest_preference(divergence: Divergences, *, total: int | None = None, count: float | None = None) -> float:
    """Choose what a group costs so that about as many groups stand as each has pictures.

    A tree over all pictures tells how many groups stand at each price: the wider the range of prices, as a ratio,
    over which a number of groups stands, the more marked they are. k groups usually stand over a range that goes
    with 1 / k, so ranges are compared as multiples of that: without structure, they are like draws from an
    exponential distribution. Among the numbers up to twice the square root of N, the one with the widest range wins,
    less `PULL` for each e-fold from the square root, so that few groups need more than chance. In the middle of its
    range lies the price. 800 mixed photos get 20 to 40 groups so, where their own structure does not say otherwise.

    Parameters
    ----------
    divergence : (N, N) float32
        Symmetric, zero on the diagonal, not negative; nats, or relative divergences.
    total : int, optional
        Of how many pictures the N are an even sample, if not of N.
    count : float, optional
        A number of groups that somebody asked for, in place of the one that wins.

    Returns
    -------
    float
        In the unit of `divergence`, above 0; 1 where nothing differs.
    """
    size, largest = len(divergence), float(divergence.max(initial=0))
    total = size if total is None else total
    if largest == 0:
        return 1.0
    if size == 2:
        return largest
    _, _, heights = linkage(divergence.astype(np.float64), np.arange(size))
    rising = np.maximum(np.maximum.accumulate(heights), NO_DIFFERENCE * largest)
    if count is not None:
        prices = np.concatenate([rising[:1] / 2, rising, rising[-1:] * 2])
        place = size - min(max(round(count), 1), size)
        return float(np.sqrt(prices[place] * prices[place + 1]) * total / size)
    counts = np.arange(2, min(size - 1, math.isqrt(4 * total)) + 1)
    upper, lower = rising[size - counts], rising[size - counts - 1]
    ranges = counts * np.log(upper / lower)
    usual = max(float(np.median(ranges)) / math.log(2), LEAST_RANGE)
    scores = ranges / usual - PULL * np.abs(np.log(counts / math.sqrt(total)))
    best = int(scores.argmax())
    return float(np.sqrt(upper[best] * lower[best]) * total / size)


def linkage(sums: Float, labels: Rows) -> tuple[Rows, Rows, Float]:
    """Merge clusters into one: pairs (K - 1, 2), medoids and heights (K - 1,)."""
    steps = len(sums) - 1
    merged, medoids, heights = np.empty((steps, 2), np.int64), np.empty(steps, np.int64), np.empty(steps)
    link(sums, labels, merged, medoids, heights)
    return merged, medoids, heights


def _inside(matrix: Divergences, labels: Rows, price: float) -> Iterator[Step]:
    """Merges from single pictures up to the groups, lowest first over all groups."""
    steps = []
    for part, rows in enumerate(members_of(labels)):
        merged, medoids, heights = linkage(matrix[np.ix_(rows, rows)].astype(np.float64), np.arange(len(rows)))
        rising = np.minimum(np.maximum.accumulate(heights), price)
        for (kept, gone), medoid, height in zip(merged.tolist(), medoids, rising.tolist(), strict=True):
            steps.append(Step(height, part, kept, gone, int(rows[medoid])))
    yield from sorted(steps, key=lambda step: step.height)


def _above(matrix: Divergences, labels: Rows, count: int, price: float) -> Iterator[Step]:
    """Merges of the groups up to one."""
    if count < 2:
        return
    sums = np.array([matrix[rows].sum(axis=0, dtype=np.float64) for rows in members_of(labels)])
    merged, medoids, heights = linkage(sums, labels.copy())
    rising = np.maximum(np.maximum.accumulate(heights), price)
    for (kept, gone), medoid, height in zip(merged.tolist(), medoids.tolist(), rising.tolist(), strict=True):
        yield Step(height, -1, kept, gone, medoid)


def members_of(labels: Rows) -> list[Rows]:
    """Rows of each label, ascending."""
    if not len(labels):
        return []
    return np.split(np.argsort(labels, kind="stable"), np.flatnonzero(np.diff(np.sort(labels))) + 1)


def number_nodes(steps: Sequence[Step], labels: Rows) -> tuple[Merge, ...]:
    """Give each merge the numbers of the nodes that it joins."""
    groups = members_of(labels)
    node = {(part, place): int(row) for part, rows in enumerate(groups) for place, row in enumerate(rows)}
    top = {part: int(rows[0]) for part, rows in enumerate(groups)}
    merges = []
    for number, step in enumerate(steps, start=len(labels)):
        if step.part < 0:
            left, right = top[step.kept], top[step.gone]
            top[step.kept] = number
        else:
            left, right = node[step.part, step.kept], node[step.part, step.gone]
            node[step.part, step.kept] = top[step.part] = number
        merges.append(Merge(left, right, step.height, step.exemplar))
    return tuple(merges)


def cut(clusters: Clusters, count: int, distance: Distance) -> tuple[Cluster, ...]:
    """Cut the tree into groups, largest first.

    Parameters
    ----------
    count : int
        How many groups, from 1 to as many as the finest level has.
    distance : callable
        ``distance(row, rows)`` gives divergences, nats; it is asked once for each group of two or more.

    Raises
    ------
    ValueError
        The tree cannot be cut into so many groups.
    """
    finest = len(clusters)
    if not min(1, finest) <= count <= finest:
        raise ValueError(f"The tree can be cut into 1 to {finest} groups, not {count}.")
    node = labels(clusters, count)
    order = np.argsort(node, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(node[order])) + 1) if len(order) else []
    found = [_describe(clusters, int(node[rows[0]]), rows, distance) for rows in groups]
    return tuple(sorted(found, key=lambda one: (-one.size, one.id)))


def group(clusters: Clusters, node: int, distance: Distance) -> Cluster:
    """Describe the group of one node of the tree, whatever cuts it belongs to.

    Raises
    ------
    ValueError
        The tree has no such node.
    """
    finest = len(clusters)
    if not 0 <= node < finest + len(clusters.merges):
        raise ValueError(f"The tree has nodes 0 to {finest + len(clusters.merges) - 1}, but no node {node}.")
    return _describe(clusters, node, members(clusters, node), distance)


def counts(clusters: Clusters) -> tuple[int, ...]:
    """Numbers of groups worth a place on a slider, ascending, the default among them."""
    finest = len(clusters)
    chosen = {*range(1, min(EVERY_COUNT, finest) + 1), clusters.default_count, finest}
    value = EVERY_COUNT
    while value < finest:
        chosen.add(value)
        value += max(1, value // 16)
    return tuple(sorted(chosen - {0}))


def shown_exemplars(clusters: Clusters, count: int | None = None) -> tuple[str, ...]:
    """Ids of the exemplars of the groups of a cut, by default those shown first, in the order of their nodes."""
    nodes = np.unique(_nodes(clusters, clusters.default_count if count is None else count))
    return tuple(clusters.ids[_exemplar(clusters, int(node))] for node in nodes)


def assigned(clusters: Clusters, count: int | None = None) -> tuple[Rows, dict[int, int]]:
    """Node of each image in a cut, (N,), by default the one shown first; and the exemplar's row of each node."""
    nodes = _nodes(clusters, clusters.default_count if count is None else count)
    return nodes[clusters.labels], {int(node): _exemplar(clusters, int(node)) for node in np.unique(nodes)}


def _nodes(clusters: Clusters, count: int) -> Rows:
    """Node of the cut above each fine cluster, (C,)."""
    finest = len(clusters)
    joined = clusters.merges[: finest - count]
    above = np.arange(finest + len(joined))
    for number, merge in zip(itertools.count(len(above) - 1, -1), reversed(joined), strict=False):
        above[merge.left] = above[merge.right] = above[number]
    return above[:finest]


def _exemplar(clusters: Clusters, node: int) -> int:
    finest = len(clusters)
    return int(clusters.exemplars[node]) if node < finest else clusters.merges[node - finest].exemplar


def _describe(clusters: Clusters, node: int, rows: Rows, distance: Distance) -> Cluster:
    return describe(clusters, node, rows, _exemplar(clusters, node), distance)


def describe(clusters: Clusters, number: int, rows: Rows, exemplar: int, distance: Distance) -> Cluster:
    """Order the members of a group by their divergence to its exemplar, and sum up how alike they are.

    Parameters
    ----------
    number : int
        What the group is called by.
    rows : (m,) int64
        Its members, the row `exemplar` among them.
    """
    name = clusters.ids[exemplar]
    if len(rows) == 1:
        return Cluster(number, name, (name,), (0.0,), 1.0)
    others = rows[rows != exemplar]
    values = np.asarray(distance(exemplar, others), np.float64)
    order = np.lexsort((others, values))
    return _summed_up(number, name, [clusters.ids[row] for row in others[order]], values[order])


def joined(group: Cluster, ids: Sequence[str], distances: Sequence[float]) -> Cluster:
    """A group with further members, in rows behind all others; divergences to its exemplar are in nats."""
    values, members = np.array([*group.distances[1:], *distances]), [*group.members[1:], *ids]
    order = np.argsort(values, kind="stable")
    return _summed_up(group.id, group.exemplar, [members[row] for row in order], values[order])


def _summed_up(number: int, exemplar: str, members: Sequence[str], values: Float) -> Cluster:
    """A group of an exemplar and others, ascending by their divergences to it."""
    fence = _fence(values)
    return Cluster(
        id=number,
        exemplar=exemplar,
        members=(exemplar, *members),
        distances=(0.0, *values.tolist()),
        coherence=float(np.clip(1 - values.mean() / math.log(2), 0, 1)),
        outliers=tuple(members[int(np.searchsorted(values, fence, side="right")) :]),
    )


def shown_nodes(clusters: Clusters) -> Rows:
    """The node of the cut shown first that each fine cluster is below, (C,)."""
    return _nodes(clusters, clusters.default_count)


def labels(clusters: Clusters, count: int) -> Rows:
    """The node of a cut that each image is below, (N,) int64."""
    return _nodes(clusters, count)[clusters.labels]


def _fence(values: Float) -> float:
    """Tukey's upper fence of ascending values: beyond it a member is an outlier."""
    if len(values) < FEWEST:
        return math.inf
    lower, upper = values[(len(values) - 1) // 4], values[-1 - (len(values) - 1) // 4]
    return float(upper + WHISKER * (upper - lower))
