"""The clusters and their tree as the last index left them: replaced whole, never changed in part but by forgetting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters, Grain, Merge
from leitmotiv.store import tables
from leitmotiv.store.database import Database


class ClusterTree:
    """At most one set of clusters; reached as `library.clusters`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, clusters: Clusters, *, digest: str, names: Mapping[int, str] | None = None) -> None:
        """Put clusters in the place of the old ones, all at once.

        Parameters
        ----------
        digest : str
            What they were made from; the workflow compares it to tell whether the index is stale.
        names : mapping of int to str, optional
            By node of the tree; names of the old tree go.
        """
        with self._database.transaction():
            self._clear()
            self._database.run(tables.Clusters.insert(**_as_row(clusters, digest)))
            named = [{"node": node, "name": name} for node, name in (names or {}).items()]
            if named:
                self._database.run(tables.ClusterNames.insert_many(named))

    def get(self) -> Clusters | None:
        """The clusters; None before the first index."""
        trees = tables.Clusters
        row = self._database.row(
            trees.select(
                trees.ids,
                trees.labels,
                trees.exemplars,
                trees.distances,
                trees.merges,
                trees.heights,
                trees.default_count,
                trees.preference,
                trees.cost,
                trees.grain,
                trees.bound,
            )
        )
        return None if row is None else _as_clusters(*row)

    def digest(self) -> str | None:
        """What the clusters were made from; None before the first index."""
        row = self._database.row(tables.Clusters.select(tables.Clusters.digest))
        return None if row is None else str(row[0])

    def stamp(self) -> int | None:
        """A number that changes whenever the clusters do, cheap to ask for; None before the first index."""
        row = self._database.row(tables.Clusters.select(tables.Clusters.revision))
        return None if row is None else int(row[0])

    def names(self) -> dict[int, str]:
        """Names by node of the tree."""
        rows = self._database.rows(tables.ClusterNames.select(tables.ClusterNames.node, tables.ClusterNames.name))
        return {int(node): name for node, name in rows}

    def forget(self, ids: Sequence[str]) -> None:
        """Take images out, so that the clusters name none that the library does not have.

        A tree cannot stand without one of its exemplars: where one goes, the clusters go, and the next index finds
        them again from the divergences, which stay.
        """
        with self._database.transaction():
            clusters, digest, names = self.get(), self.digest(), self.names()
            if clusters is None or digest is None or set(ids).isdisjoint(clusters.ids):
                return
            rest = without(clusters, set(ids))
            if rest is None:
                self._clear()
            else:
                self.replace(rest, digest=digest, names=names)

    def _clear(self) -> None:
        self._database.run(tables.Clusters.delete())
        self._database.run(tables.ClusterNames.delete())


def without(clusters: Clusters, gone: set[str]) -> Clusters | None:
    """The same tree without some images; None where one of them is an exemplar."""
    kept = np.array([image_id not in gone for image_id in clusters.ids], bool)
    anchors = [*clusters.exemplars.tolist(), *(merge.exemplar for merge in clusters.merges)]
    if not all(kept[anchors]):
        return None
    row = np.cumsum(kept) - 1
    return replace(
        clusters,
        ids=tuple(image_id for image_id in clusters.ids if image_id not in gone),
        labels=clusters.labels[kept],
        exemplars=row[clusters.exemplars],
        distances=clusters.distances[kept],
        merges=tuple(replace(merge, exemplar=int(row[merge.exemplar])) for merge in clusters.merges),
    )


def _as_row(clusters: Clusters, digest: str) -> dict[str, Any]:
    merges = [(merge.left, merge.right, merge.exemplar) for merge in clusters.merges]
    return {
        "digest": digest,
        "ids": json.dumps(clusters.ids),
        "labels": _pack(clusters.labels, "<i8"),
        "exemplars": _pack(clusters.exemplars, "<i8"),
        "distances": _pack(clusters.distances, "<f8"),
        "merges": _pack(merges, "<i8"),
        "heights": _pack([merge.height for merge in clusters.merges], "<f8"),
        "default_count": clusters.default_count,
        "preference": clusters.preference,
        "cost": clusters.cost,
        "bound": clusters.bound,
        "grain": None if clusters.grain is None else json.dumps(asdict(clusters.grain)),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _as_clusters(
    ids: str,
    labels: bytes,
    exemplars: bytes,
    distances: bytes,
    merges: bytes,
    heights: bytes,
    default_count: int,
    preference: float | None,
    cost: float | None,
    grain: str | None,
    bound: float | None,
) -> Clusters:
    nodes = np.frombuffer(merges, "<i8").reshape(-1, 3).tolist()
    steps = zip(nodes, np.frombuffer(heights, "<f8").tolist(), strict=True)
    return Clusters(
        ids=tuple(json.loads(ids)),
        labels=_unpack(labels, "<i8"),
        exemplars=_unpack(exemplars, "<i8"),
        distances=_unpack(distances, "<f8"),
        merges=tuple(Merge(left, right, height, exemplar) for (left, right, exemplar), height in steps),
        default_count=default_count,
        preference=_number(preference),
        cost=_number(cost),
        grain=_as_grain(grain),
        bound=_number(bound),
    )


def _as_grain(text: str | None) -> Grain | None:
    if text is None:
        return None
    values = json.loads(text)
    return Grain(values["share"], values["price"], tuple(values["exemplars"]))


def _pack(values: Any, kind: str) -> bytes:
    return np.asarray(values, kind).tobytes()


def _unpack(blob: bytes, kind: str) -> NDArray[Any]:
    values = np.frombuffer(blob, kind)
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _number(value: float | None) -> float:
    """SQLite keeps a not-a-number as NULL."""
    return float("nan") if value is None else float(value)
