"""The tree over a library too large for a matrix: the same cuts and heights as `tree`, from pairs that matter.

Below the groups each is taken apart by the divergences of all pairs within it; a group of more pictures than it may
have leaves (`leaves_of`) is first divided into that many finer ones, which are the leaves there. Above, the groups are
merged by the divergences of their exemplars to a few members of each group near them, evenly drawn from the near to the
far; of groups far apart only the exemplars tell.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.graph import Divergences, Pairs, distinct, keys_of
from leitmotiv.analysis.sparse_exemplars import Compare, Served, exemplars
from leitmotiv.analysis.tree import Step, linkage, members_of, number_nodes, suggest_preference
from leitmotiv.records import Clusters, Float

Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]
Estimate = Callable[[Rows], Float]
"""About how far some points are from each other, (C, C): what is quick to tell of many pairs."""

LEAVES = 256
"""Most leaves of a group; one of no more pictures than it may have leaves is taken apart to each alone."""
FEWEST_LEAVES = 64
"""Leaves that each group may have, however many groups there are."""
WITHIN = 10
"""Pairs of leaves for each picture, all groups together, that a large library should have at most: each group has fewer
leaves then."""
ALWAYS = 500_000
"""Pairs of leaves, all groups together, that any library may have."""
DRAWN = 16
"""Members of a group that stand for all of them where groups are merged."""
NEAR = 64
"""Groups nearest to each that its members are compared with where groups are merged."""
EXACT = 1500
"""Groups up to which all pairs of exemplars are compared; above, they may be estimated."""
HALVINGS = 20
"""Most prices that are tried to divide a group: copies never part."""
BETWEEN = 1.01
"""Ratio of the price found and one that is too low, from which on none between them is tried."""
SAMPLE = 1000
"""Pictures whose tree suggests what a group costs."""


@dataclass(frozen=True, eq=False)
class _Part:
    """A group of M members, rows ascending, and the tree over its L leaves.

    `near` (M,): to the exemplar. `leaves` (L,): rows, ascending. `leaf` (M,): that of each, `distances` (M,) to it.
    `merges`: height, kept, gone (both places among the leaves) and medoid of each, from the leaves up.
    """

    exemplar: int
    members: Rows
    near: Float
    leaves: Rows
    leaf: Rows
    distances: Float
    merges: list[tuple[float, int, int, int]]


def suggest(size: int, compare: Compare, count: float | None = None) -> float:
    """What a group of a library of `size` pictures costs, from the tree over an even sample of it; nats.

    `count` groups stand at it then, if somebody asked for so many.
    """
    rows = np.unique(((np.arange(SAMPLE) + 0.5) * size / SAMPLE).astype(np.int64))
    return suggest_preference(_matrix(rows, size, compare), total=size, count=count)


def build(
    ids: tuple[str, ...],
    served: Served,
    pairs: Pairs,
    *,
    preference: float,
    most: float,
    compare: Compare,
    estimate: Estimate | None = None,
    progress: Progress | None = None,
) -> tuple[Clusters, Served]:
    """Build the tree over groups that were found along the edges of a graph.

    Parameters
    ----------
    ids : tuple of str
        Names of the N points.
    served : Served
        From `sparse_exemplars.augmented`: nobody is left to nobody.
    pairs : Pairs
        The edges of the graph.
    preference, most : float
        The price at which they were found, and the largest divergence there is, which it costs to be served by nobody.
    estimate : callable, optional
        Tells of exemplars how far they are from each other where there are more than `EXACT`.
    progress : callable, optional
        Called with groups done and groups in all.

    Returns
    -------
    Clusters
        Each group of the default cut stands around its exemplar, which is its medoid where it has no more pictures than
        leaves.
    Served
        The same groups with their medoids as exemplars.
    """
    groups, parts = members_of(served.labels), []
    inside, leaves = _within(pairs, served.labels, groups), leaves_of(len(ids), len(groups))
    for exemplar, members, own in zip(served.rows.tolist(), groups, inside, strict=True):
        parts.append(
            _take_apart(exemplar, members, served.near[members], own, len(ids), preference, most, compare, leaves)
        )
        if progress is not None:
            progress(len(parts), len(groups))
    parts.sort(key=lambda part: part.exemplar)
    every = np.sort(np.concatenate([part.leaves for part in parts]))
    group, labels = np.empty(len(ids), np.int64), np.empty(len(ids), np.int64)
    near, distances = np.empty(len(ids)), np.empty(len(ids))
    for place, part in enumerate(parts):
        group[part.members], near[part.members] = place, part.near
        labels[part.members] = np.searchsorted(every, part.leaves)[part.leaf]
        distances[part.members] = part.distances
    served = Served(np.array([part.exemplar for part in parts]), group, near)
    below = [
        Step(height, place, kept, gone, medoid)
        for place, part in enumerate(parts)
        for height, kept, gone, medoid in part.merges
    ]
    below.sort(key=lambda step: step.height)
    above = _merge_groups(parts, len(ids), preference, most, compare, estimate)
    clusters = Clusters(
        ids=ids,
        labels=labels,
        exemplars=every,
        distances=distances,
        merges=number_nodes([*below, *above], group[every]),
        default_count=len(parts),
        preference=preference,
        cost=served.cost(preference),
    )
    return clusters, served


def leaves_of(size: int, groups: int) -> int:
    """Most leaves of each of some groups of a library of `size` pictures.

    Examples
    --------
    >>> leaves_of(5_000, 10), leaves_of(100_000, 100), leaves_of(1_000_000, 10_000)
    (256, 141, 64)
    """
    return min(LEAVES, max(FEWEST_LEAVES, math.isqrt(2 * max(ALWAYS, WITHIN * size) // max(groups, 1))))


def _matrix(rows: Rows, size: int, compare: Compare) -> Divergences:
    """All pairwise divergences of some rows."""
    one, other = np.triu_indices(len(rows), 1)
    matrix = np.zeros((len(rows), len(rows)), np.float32)
    matrix[one, other] = matrix[other, one] = compare(keys_of(rows[one], rows[other], size))
    return matrix


def _take_apart(
    exemplar: int,
    members: Rows,
    near: Float,
    inside: Pairs,
    size: int,
    preference: float,
    most: float,
    compare: Compare,
    count: int,
) -> _Part:
    """The tree within a group over at most `count` leaves; where it has few enough pictures, also its true medoid."""
    if len(members) > count:
        finer = _divide(members, exemplar, inside, size, preference, most, compare, count)
        leaf, leaves, distances = finer.labels, members[finer.rows], finer.near
        matrix = _matrix(leaves, size, compare)
    else:
        leaf, leaves, distances = np.arange(len(members)), members, np.zeros(len(members))
        matrix = _matrix(members, size, compare)
        middle = int(matrix.sum(axis=0, dtype=np.float64).argmin())
        exemplar, near = int(members[middle]), matrix[middle].astype(np.float64)
    sums = matrix.astype(np.float64) * np.bincount(leaf)[:, None]
    merged, medoids, heights = linkage(sums, np.arange(len(leaves)))
    rising = np.minimum(np.maximum.accumulate(heights), preference).tolist()
    middles = leaves[medoids].tolist()
    middles[-1:] = [exemplar] * len(middles[-1:])
    kept, gone = merged.T.tolist()
    return _Part(exemplar, members, near, leaves, leaf, distances, list(zip(rising, kept, gone, middles, strict=True)))


def _divide(
    members: Rows, exemplar: int, inside: Pairs, size: int, preference: float, most: float, compare: Compare, count: int
) -> Served:
    """Finer groups of one group, in its own rows: as many as there may be leaves, found at lower and lower prices.

    Where the first price that is too low is known, those between are tried until there are half as many as may be.
    """
    graph = inside.graph()
    price, too_low = preference, 0.0
    found = exemplars(graph, preference=price, most=most, start=np.searchsorted(members, [exemplar]))
    for _ in range(HALVINGS):
        if too_low and (2 * len(found.rows) > count or price < BETWEEN * too_low):
            break
        lower = math.sqrt(price * too_low) if too_low else price / 2
        finer = exemplars(graph, preference=lower, most=most, start=found.rows)
        if len(finer.rows) > count:
            too_low = lower
        else:
            found, price = finer, lower
    lonely = np.flatnonzero(found.labels < 0)
    if len(lonely):
        keys = keys_of(members[lonely][:, None], members[found.rows], size)
        values = compare(keys.ravel()).reshape(keys.shape)
        found.labels[lonely], found.near[lonely] = values.argmin(axis=1), values.min(axis=1)
    return found


def _within(pairs: Pairs, labels: Rows, groups: list[Rows]) -> Iterator[Pairs]:
    """For each group the pairs with both ends in it, in its own rows."""
    lower, higher = (rows.astype(np.int32) for rows in np.divmod(pairs.keys, pairs.size))
    same = np.flatnonzero(labels[lower] == labels[higher])
    group = labels[lower[same]]
    same = same[np.argsort(group, kind="stable")]
    ends = np.cumsum(np.bincount(group, minlength=len(groups)))
    place = np.empty(pairs.size, np.int64)
    for members, part in zip(groups, np.split(same, ends[:-1]), strict=True):
        place[members] = np.arange(len(members))
        keys = place[lower[part]] * len(members) + place[higher[part]]
        yield Pairs(len(members), keys, pairs.values[part])


def _merge_groups(
    parts: list[_Part], size: int, preference: float, most: float, compare: Compare, estimate: Estimate | None
) -> Iterator[Step]:
    """Merges of the groups up to one, no lower than the price."""
    if len(parts) < 2:
        return
    rows = np.array([part.exemplar for part in parts])
    exact = estimate is None or len(rows) <= EXACT
    between = _matrix(rows, size, compare).astype(np.float64) if exact or estimate is None else estimate(rows)
    sums = _summed(parts, rows, size, between, most, compare)
    merged, medoids, heights = linkage(sums, np.arange(len(parts)))
    rising = np.maximum(np.maximum.accumulate(heights), preference)
    for (kept, gone), medoid, height in zip(merged.tolist(), medoids, rising.tolist(), strict=True):
        yield Step(height, -1, kept, gone, int(rows[medoid]))


def _summed(parts: list[_Part], rows: Rows, size: int, between: Float, most: float, compare: Compare) -> Float:
    """Summed divergence of each group's members to each exemplar, (C, C).

    Of the `NEAR` nearest groups by what lies between exemplars, it is that of the drawn members. What they have more
    on average than the exemplars alone would tell, as a straight line, is added to the others.
    """
    count = len(parts)
    members = np.array([len(part.members) for part in parts], np.float64)
    picked = [_even(np.argsort(part.near, kind="stable")) for part in parts]
    drawn = np.concatenate([part.members[few] for part, few in zip(parts, picked, strict=True)])
    lengths = np.array([len(few) for few in picked])
    first = np.cumsum(lengths) - lengths
    one, other = np.nonzero(_near(between))
    starts = np.cumsum(lengths[one]) - lengths[one]
    place = np.arange(lengths[one].sum()) + np.repeat(first[one] - starts, lengths[one])
    keys = keys_of(drawn[place], np.repeat(rows[other], lengths[one]), size)
    asked = distinct(keys)
    values = compare(asked)[np.searchsorted(asked, keys)].astype(np.float64)
    means = np.add.reduceat(values, starts) / lengths[one]
    sums = between.copy()
    if len(one) < count * (count - 1):
        slope, height = _line(between[one, other], means)
        sums = np.clip(height + slope * between, 0, most)
    sums[one, other] = means
    sums[np.diag_indices(count)] = [part.near[few].mean() for part, few in zip(parts, picked, strict=True)]
    return sums * members[:, None]


def _line(x: Float, y: Float) -> tuple[float, float]:
    """Slope and height of the straight line with the least squared error; level where all x are equal."""
    away = x - x.mean()
    spread = float(away @ away)
    slope = float(away @ y) / spread if spread > 0 else 0.0
    return slope, float(y.mean()) - slope * float(x.mean())


def _near(between: Float) -> NDArray[np.bool_]:
    """Which pairs of groups are near: either is among the `NEAR` nearest of the other."""
    count = len(between)
    near = np.zeros((count, count), np.bool_)
    if count - 1 <= NEAR:
        near[:] = True
    else:
        nearest = np.argpartition(between + np.diag(np.full(count, np.inf)), NEAR, axis=1)[:, :NEAR]
        np.put_along_axis(near, nearest, True, axis=1)
        near |= near.T
    near[np.diag_indices(count)] = False
    return near


def _even(members: Rows) -> Rows:
    """At most `DRAWN` of some, evenly."""
    count = min(DRAWN, len(members))
    return members[((np.arange(count) + 0.5) * len(members) / count).astype(np.int64)]
