"""Trends of the whole library, or of a selection clustered by itself; one way to ask for both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import tree
from leitmotiv.errors import UsageError
from leitmotiv.records import Cluster, Clusters, Float
from leitmotiv.workflows import blended_trends, browse, correcting, large_parts, selecting, trends
from leitmotiv.workflows.handwork import edited
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.nearness import MOST, Nearness, between
from leitmotiv.workflows.session import Session

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """The trends of a selection.

    Attributes
    ----------
    distance : callable
        Of a row to others: divergences in nats by look, else from 0 to 1.
    left_out : int
        Pictures of the selection that were not compared, or looked at, yet.
    """

    clusters: Clusters
    distance: tree.Distance
    left_out: int


def clusters(session: Session, query: str = "", count: int | None = None, by: float = 0.0) -> browse.ClusterPage:
    """The trends of a selection, found among its pictures alone; without one those of the library.

    Names that people gave hold for both, other changes by hand for the trends of the library by look only. `by` is what
    counts, from 0, the look, to 1, the subject.

    Raises
    ------
    UsageError
        The selection cannot be read, or is empty; by subject, it has too many pictures to be clustered at once.
    UnfoundError
        It has too many pictures to be clustered while somebody waits, and no job did it yet.
    NoIndexError
        Its pictures were not compared yet, or nobody has looked at what they show.
    """
    if not query.strip() and not by:
        return browse.clusters(session, count)
    part = _part(session, query, by)
    wanted = part.clusters.default_count if count is None else count
    groups = _cut(session, query, wanted, by)
    return browse.ClusterPage(
        clusters=groups,
        count=len(groups),
        counts=tree.counts(part.clusters),
        total_images=len(part.clusters.ids),
        alone=sum(group.size == 1 for group in groups),
        stale=part.left_out > 0,
        wanted=wanted,
    )


def cluster(session: Session, cluster_id: int, query: str = "", count: int | None = None, by: float = 0.0) -> Cluster:
    """One trend by its number.

    Raises
    ------
    UsageError
        There is none.
    """
    if not query.strip() and not by:
        return browse.cluster(session, cluster_id, count)
    part = _part(session, query, by)
    for group in _cut(session, query, part.clusters.default_count if count is None else count, by):
        if group.id == cluster_id:
            return group
    if not 0 <= cluster_id < len(part.clusters) + len(part.clusters.merges):
        raise UsageError(f"There is no trend {cluster_id} in this selection; its pictures may have changed.")
    (found,) = _in_its_unit([tree.group(part.clusters, cluster_id, part.distance)], by)
    return found


def _cut(session: Session, query: str, count: int, by: float) -> tuple[Cluster, ...]:
    stamp = session.library.clusters.stamp()  # before what it stands for is read
    part = _part(session, query, by)
    if not 1 <= count <= len(part.clusters):
        raise UsageError(f"count is {count}, but must lie between 1 and {len(part.clusters)}.")
    revision, edits = trends.said(session)
    names = [edit for edit in edits if edit.kind == "name"]

    def make() -> tuple[Cluster, ...]:
        groups = tree.cut(part.clusters, count, part.distance)
        return _in_its_unit(edited(part.clusters, groups, names, part.distance).groups, by)

    return remember(session, ("cut", stamp, part.clusters.ids, count, revision, by), make)


def _in_its_unit(groups: Sequence[Cluster], by: float) -> tuple[Cluster, ...]:
    """Groups whose coherence is one minus the mean distance to the exemplar, where the largest distance is 1."""
    if not by:
        return tuple(groups)
    means = [sum(group.distances) / max(1, group.size - 1) for group in groups]
    return tuple(replace(group, coherence=max(0.0, 1 - mean)) for group, mean in zip(groups, means, strict=True))


def _part(session: Session, query: str, by: float) -> Part:
    ids = sorted(selecting.select(session, query))
    if not ids:
        raise UsageError("Nothing is selected, so there are no trends in it. Take a filter out.")
    if by:
        found = blended_trends.find(session, ids, by, whole=not query.strip())
        return Part(found.clusters, found.distance, found.left_out)
    if len(ids) > MOST:
        many, distance = large_parts.find(session, ids, query)
        return Part(many, distance, len(ids) - len(many.ids))
    stamp = session.library.clusters.stamp()  # before what it stands for is read
    near = between(session, ids, doing="way of finding trends")
    return remember(session, ("part", stamp, near.ids), lambda: _found(session, near, len(ids)), lane=True)


def _found(session: Session, near: Nearness, size: int) -> Part:
    """Cluster by what the library is clustered by: remoteness is that of the pictures in the whole library."""
    matrix = correcting.related(near.matrix, near.ids, correcting.stored(session.library, session.settings))
    found = tree.cluster(matrix, ids=near.ids, threads=1)

    def distance(row: int, rows: Rows) -> Float:
        return np.asarray(near.matrix[row, rows], np.float64)

    return Part(found, distance, size - len(near.ids))
