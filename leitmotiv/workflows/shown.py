"""The groups shown first, kept on disk with a large index: to describe a million members takes a server seconds."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import tree
from leitmotiv.errors import DiskFullError, PermissionDeniedError
from leitmotiv.records import Cluster, Clusters
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows.estimates import bounded_distances
from leitmotiv.workflows.measuring import measure_digest
from leitmotiv.workflows.session import Session

SHOWN = "shown"
"""The name of the stored arrays: members of all groups one behind the other, as rows of the clusters."""
KEPT_FROM = 20_000
"""Pictures from which groups are kept: of fewer they are found as quickly."""
_REVISION = 2


def keep(session: Session) -> None:
    """Keep the groups that the index shows first; the caller holds the writer's lock."""
    library = session.library
    clusters = library.clusters.indexed()
    digest = None if clusters is None or len(clusters.ids) < KEPT_FROM else _digest(session, clusters)
    if clusters is None or digest is None or _stored(session, clusters) is not None:
        return
    with suppress(DiskFullError, PermissionDeniedError):  # then each server finds them by itself
        groups = tree.cut(clusters, clusters.default_count, bounded_distances(session, clusters))
        library.arrays.put(SHOWN, _packed(groups, clusters), (), digest)


def groups(session: Session, clusters: Clusters) -> tuple[Cluster, ...]:
    """The groups that clusters show first, without pictures that joined later: those kept, or found now."""
    stored = _stored(session, clusters)
    if stored is None:
        return tree.cut(clusters, clusters.default_count, bounded_distances(session, clusters))
    return tuple(_unpacked(stored, clusters))


def _stored(session: Session, clusters: Clusters) -> Stored | None:
    if len(clusters.ids) < KEPT_FROM:
        return None
    stored, digest = session.library.arrays.get(SHOWN), _digest(session, clusters)
    return stored if stored is not None and digest is not None and stored.digest == digest else None


def _digest(session: Session, clusters: Clusters) -> str | None:
    """Which clusters the groups are of, and by what measure their members are in order.

    Their revision alone does not tell: a library that was brought back from a copy gives the same number again.
    """
    revision = session.library.clusters.revision_of(clusters)
    if revision is None:
        return None
    made = hashlib.sha256(measure_digest(session.settings).encode())
    for part in (clusters.labels, clusters.exemplars, clusters.distances):
        made.update(part.tobytes())
    return f"{_REVISION} {revision} {made.hexdigest()}"


def _packed(found: Sequence[Cluster], clusters: Clusters) -> dict[str, NDArray[Any]]:
    row_of = {image: row for row, image in enumerate(clusters.ids)}
    return {
        "ids": np.array([one.id for one in found], np.int64),
        "sizes": np.array([one.size for one in found], np.int64),
        "coherence": np.array([one.coherence for one in found]),
        "outliers": np.array([len(one.outliers) for one in found], np.int64),
        "members": np.array([row_of[image] for one in found for image in one.members], np.int32),
        "distances": np.concatenate([np.array(one.distances) for one in found]),
    }


def _unpacked(stored: Stored, clusters: Clusters) -> Iterator[Cluster]:
    ends = np.cumsum(stored["sizes"]).tolist()
    about = zip(stored["ids"].tolist(), stored["coherence"].tolist(), stored["outliers"].tolist(), strict=True)
    for (number, coherence, outliers), start, end in zip(about, [0, *ends], ends, strict=False):
        members = tuple(clusters.ids[row] for row in stored["members"][start:end].tolist())
        yield Cluster(
            id=number,
            exemplar=members[0],
            members=members,
            distances=tuple(stored["distances"][start:end].tolist()),
            coherence=coherence,
            outliers=members[end - start - outliers :],
        )
