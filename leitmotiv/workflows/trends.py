"""Cuts through the tree over the clusters, as people changed them, remembered; pages and commands ask `browse`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import tree
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.records import Cluster, Clusters, TrendEdit
from leitmotiv.workflows import estimates, shown
from leitmotiv.workflows.estimates import bounded_distances
from leitmotiv.workflows.handwork import ALONE, Edited, edited
from leitmotiv.workflows.memory import recalled, remember
from leitmotiv.workflows.session import Session


def stored(session: Session) -> Clusters:
    """The clusters of the library.

    Raises
    ------
    NoIndexError
        No index was built yet.
    """
    return _stored(session)[1]


def _stored(session: Session) -> tuple[int | None, Clusters]:
    """The clusters with the stamp that is theirs: an index may be replaced at any moment."""
    library = session.library
    stamp = library.clusters.stamp()
    clusters = recalled(session, ("clusters", stamp))
    if clusters is None:
        stamp, clusters = found = library.clusters.stamped()
        remember(session, ("clusters", stamp), lambda: found[1])
    if clusters is None:
        raise NoIndexError(
            f"No index for {library.images.count():,} pictures yet. Run `leitmotiv build-index`, or wait for the job."
        )
    return stamp, clusters


def said(session: Session) -> tuple[tuple[int, ...], list[TrendEdit]]:
    """What people said about trends, the oldest first, and a number that changes with it."""
    library = session.library
    revision = library.revision("trend_edits")
    return revision, remember(session, ("trend edits", revision), library.trend_edits.list)


def cut(session: Session, count: int | None = None) -> tuple[Cluster, ...]:
    """The groups of a cut, largest first, as people changed them; as many as the index suggests without `count`.

    Raises
    ------
    NoIndexError
        No index was built yet.
    UsageError
        `count` is less than 1 or more than there are clusters.
    """
    return changed(session, count).groups


def changed(session: Session, count: int | None = None) -> Edited:
    """The same, with the pictures that people put into no trend."""
    stamp, clusters = _stored(session)
    count = clusters.default_count if count is None else count
    groups = by_tree(session, count)
    revision, edits = said(session)
    if not edits:
        return Edited(groups)

    def apply() -> Edited:
        return edited(clusters, groups, edits, bounded_distances(session, clusters))

    return remember(session, ("changed", stamp, count, revision), apply)


def by_tree(session: Session, count: int) -> tuple[Cluster, ...]:
    """The groups of a cut as the tree gives them, whatever people said."""
    stamp, clusters = _stored(session)
    if not 1 <= count <= len(clusters):
        raise UsageError(f"count is {count}, but must lie between 1 and {len(clusters)}.")
    indexed, revision = _indexed(session)
    # what joined since is put into the groups of the index, as long as these are the same that it joined
    same = indexed is not None and indexed.exemplars is clusters.exemplars and count == clusters.default_count
    if indexed is None or not same or not estimates.is_measure(session):
        return remember(
            session, ("cut", stamp, count), lambda: tree.cut(clusters, count, bounded_distances(session, clusters))
        )
    groups = remember(session, ("cut", "indexed", revision, count), lambda: shown.groups(session, indexed))
    if len(indexed.ids) == len(clusters.ids):
        return groups
    above = _above(session, indexed, revision)
    return remember(session, ("cut", stamp, count), lambda: _with_placed(groups, clusters, above, len(indexed.ids)))


def _indexed(session: Session) -> tuple[Clusters | None, int]:
    """The clusters of the index and their own revision; None where they are just being replaced, or there are none."""
    found = session.library.clusters.indexed()
    revision = None if found is None else session.library.clusters.revision_of(found)
    return (None, 0) if revision is None else (found, revision)


def _above(session: Session, clusters: Clusters, revision: int) -> NDArray[np.int64]:
    """The group shown first that each fine cluster is in; what joins changes nothing of that."""
    return remember(session, ("nodes", revision), lambda: tree.shown_nodes(clusters))


def _with_placed(
    groups: Sequence[Cluster], clusters: Clusters, above: NDArray[np.int64], first: int
) -> tuple[Cluster, ...]:
    """The groups shown first with those pictures that joined them, which stand from a row on."""
    nodes = above[clusters.labels[first:]]
    found = {group.id: group for group in groups}
    for node in np.unique(nodes).tolist():
        rows = first + np.flatnonzero(nodes == node)
        found[node] = tree.joined(found[node], [clusters.ids[row] for row in rows], clusters.distances[rows].tolist())
    return tuple(sorted(found.values(), key=lambda one: (-one.size, one.id)))


def of_placed(session: Session, image_id: str) -> Cluster | None:
    """The group shown first of a picture that was placed since the index; None of others, and where people moved it.

    Raises
    ------
    NoIndexError
        No index was built yet.
    """
    _, clusters = _stored(session)
    indexed, revision = _indexed(session)
    if indexed is None or indexed.exemplars is not clusters.exemplars:  # an index is just being replaced
        return None
    first = len(indexed.ids)
    if image_id not in (joined := clusters.ids[first:]):
        return None
    node = _above(session, indexed, revision)[clusters.labels[first + joined.index(image_id)]]
    return next((group for group in cut(session) if group.id == node and image_id in group.members), None)


def group(session: Session, cluster_id: int, count: int | None = None) -> Cluster:
    """One group by its id: of the cut at `count`, else of the one shown first, else as the tree gives it.

    Raises
    ------
    UsageError
        There is none.
    """
    for number in dict.fromkeys((count, None)):
        for candidate in cut(session, number):
            if candidate.id == cluster_id:
                return candidate
    stamp, clusters = _stored(session)
    if not 0 <= cluster_id < min(ALONE, len(clusters) + len(clusters.merges)):
        raise UsageError(f"There is no trend {cluster_id} in this index; it may have been built again since.")
    return remember(
        session,
        ("group", stamp, cluster_id),
        lambda: tree.group(clusters, cluster_id, bounded_distances(session, clusters)),
    )
