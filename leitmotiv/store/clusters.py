"""The clusters and their tree as the last index left them, and the pictures that joined them since.

They are replaced whole, never changed in part but by forgetting; what joined lies in rows of its own (`placed`), and is
given as if it were among the rest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters, Grain, Merge
from leitmotiv.store import tables
from leitmotiv.store.database import Database, chunks
from leitmotiv.store.orm import fn
from leitmotiv.store.placed import PlacedPictures


class ClusterTree:
    """At most one set of clusters; reached as `library.clusters`."""

    def __init__(self, database: Database, placed: PlacedPictures) -> None:
        self._database = database
        self._placed = placed
        self._read: tuple[int | None, Clusters | None] = None, None

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
            noted = self._noted(clusters.ids)
            self._clear()
            self._placed.clear()
            self._put(clusters, names or {}, digest=digest, **noted)

    def _noted(self, ids: Sequence[str]) -> dict[str, Any]:
        """Which pictures there are beside those of some clusters."""
        images, known = tables.Images, set(ids)
        everything = self._database.rows(images.select(images.serial, images.id))
        rest = [image_id for _, image_id in everything if image_id not in known]
        return {"up_to": max((serial for serial, _ in everything), default=0), "unplaced": json.dumps(rest)}

    def _put(self, clusters: Clusters, names: Mapping[int, str], **about: Any) -> None:
        self._database.run(tables.Clusters.insert(**_as_row(clusters), **about))
        named = [{"node": node, "name": name} for node, name in names.items()]
        if named:
            self._database.run(tables.ClusterNames.insert_many(named))

    def get(self) -> Clusters | None:
        """The clusters with all that joined them; None before the first index."""
        return self._joined(not self._database.is_inside())

    def stamped(self) -> tuple[int | None, Clusters | None]:
        """The same with the stamp that is theirs, whatever is replaced meanwhile."""
        hold = not self._database.is_inside()
        with self._database.snapshot():
            return self.stamp(), self._joined(hold)

    def _joined(self, hold: bool) -> Clusters | None:
        with self._database.snapshot():
            found = self._found(hold)
            placed = () if found is None else self._placed.all(hold)
        if found is None or not placed:
            return found
        return replace(
            found,
            ids=(*found.ids, *(one.image_id for one in placed)),
            labels=np.concatenate([found.labels, np.array([one.label for one in placed], np.int64)]),
            distances=np.concatenate([found.distances, [one.distance for one in placed]]),
        )

    def unplaced(self) -> list[str]:
        """Pictures that are neither in the clusters nor joined them, without the missing ones, in the order of adding.

        It costs what came since the index; the caller holds the writer's lock. Empty where there are no clusters.
        """
        images, placed, trees = tables.Images, tables.Placed, tables.Clusters
        noted = trees.select(trees.up_to, trees.unplaced)
        row = self._database.row(noted)
        if row is not None and row[0] is None:  # an earlier version found the clusters
            clusters = self.indexed()
            self._database.run(trees.update(**self._noted(() if clusters is None else clusters.ids)))
            row = self._database.row(noted)
        if row is None:
            return []
        with self._database.snapshot():
            there = ~fn.EXISTS(placed.select(placed.serial).where(placed.image_id == images.id))
            query = images.select(images.serial, images.id).where(images.state != "missing", there)
            found = self._database.rows(query.where(images.serial > row[0]))
            for part in chunks(json.loads(row[1])):
                # one that was forgotten and added again came later, whatever an earlier version left in the list
                found += self._database.rows(query.where(images.serial <= row[0], images.id.in_(part)))
        return [image_id for _, image_id in sorted(found)]

    def indexed(self) -> Clusters | None:
        """The clusters as the index left them, of which those who ask again get the same; None before the first one."""
        hold = not self._database.is_inside()
        with self._database.snapshot():
            return self._found(hold)

    def revision_of(self, clusters: Clusters) -> int | None:
        """The revision of clusters that `indexed` gave; None where it gives others by now."""
        revision, known = self._read
        return revision if known is clusters else None

    def _found(self, hold: bool) -> Clusters | None:
        """The clusters of the index; what a transaction sees may be taken back, and is not to be held."""
        if not hold:
            return self._stored()
        stamp, (known, found) = self.revision(), self._read
        if stamp is None:
            return None
        if known != stamp:
            found = self._stored()
            self._read = stamp, found
        return found

    def _stored(self) -> Clusters | None:
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
        """A number that changes whenever the clusters do, or something joins them; None before the first index."""
        with self._database.snapshot():
            revision = self.revision()
            return None if revision is None else (revision << 32) + self._placed.stamp()

    def revision(self) -> int | None:
        """A number that changes whenever an index replaces the clusters, or something in them is forgotten."""
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
        gone = set(ids)
        with self._database.transaction():
            clusters, names = self._stored(), self.names()
            if clusters is None:
                return
            unplaced = self._without_unplaced(gone)
            if gone.isdisjoint(clusters.ids):
                return  # what joined goes with its picture
            about = tables.Clusters.select(tables.Clusters.digest, tables.Clusters.up_to)
            digest, up_to = self._database.row(about) or ("", None)
            rest = without(clusters, gone)
            self._clear()
            if rest is None:
                self._placed.clear()
            else:
                self._put(rest, names, digest=digest, up_to=up_to, unplaced=unplaced)

    def _without_unplaced(self, gone: set[str]) -> str | None:
        """What is noted of pictures beside the clusters, from now on without some; None where nothing is noted."""
        (noted,) = self._database.row(tables.Clusters.select(tables.Clusters.unplaced)) or (None,)
        if noted is None:
            return None
        before: list[str] = json.loads(noted)
        if gone.isdisjoint(before):
            return str(noted)
        rest = json.dumps([image_id for image_id in before if image_id not in gone])
        self._database.run(tables.Clusters.update(unplaced=rest))
        return rest

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


def _as_row(clusters: Clusters) -> dict[str, Any]:
    merges = [(merge.left, merge.right, merge.exemplar) for merge in clusters.merges]
    return {
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
