"""Pictures that came after the index: each joins the trend of the exemplar nearest to it, at once; nothing else moves.

What is stored of the library stays as it is, with a row for each new picture beside it (`store.placed`).

The next index finds them a place of their own, and begins its search among them.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence, embedding, tree
from leitmotiv.analysis.embedding import Coordinates
from leitmotiv.analysis.graph import Divergences
from leitmotiv.analysis.packing import Packed
from leitmotiv.records import Clusters, Float, Image, Mixture, PlacedPicture
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting, likeness
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.measuring import MATRIX, look, measure_digest, ready, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import Vectors, indexed_vectors, put_vectors, stored_vectors

SHORTLIST = 20
"""Exemplars nearest by their vectors that a new picture is compared with: among them is the nearest of all, or one
hardly farther. Where pictures have no vectors there are few exemplars, and it is compared with each."""
AT_ONCE = 500
"""Pictures whose mixtures are held at once."""
LEAST, SHARE = 500, 0.02
"""Pictures, and share of the library, up to which those that are placed lie in rows beside the index. More are written
into its arrays, as reading them one by one would take longer."""
PAIRS_A_THREAD = 2000

Placed = tuple[Clusters, correcting.Remoteness | None]
"""Clusters, and the remoteness of the pictures in them where the settings correct for hubs."""
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Anchors:
    """What new pictures are compared with.

    Attributes
    ----------
    shown : tuple of str
        The exemplars of the trends shown first.
    leaves : (S,) int64
        The fine cluster of each.
    packed : Packed
        The exemplars, and behind them the witnesses.
    coordinates : (S, D) int16 or None
        Vectors of the exemplars; None where a picture is compared with all of them.
    """

    shown: tuple[str, ...]
    leaves: Rows
    packed: Packed
    coordinates: Coordinates | None


def place_new(session: Session, *, report: Report | None = None) -> int:
    """Let pictures that came after the index join their nearest exemplar; the index stays marked as stale.

    Each is a row in the database beside what the index left, so that it costs little however large the library is.
    """
    library, settings = session.library, session.settings
    if library.clusters.digest() is None:
        return 0
    with library.writer("placing new pictures"):
        clusters, made_from = library.clusters.indexed(), library.clusters.digest()
        if clusters is None or made_from is None or not _compared_at_all(library, settings):
            return 0
        others = library.clusters.unplaced()
        if others:
            with recorded(library, "place", "New pictures", report) as step:
                _place(session, clusters, made_from, others, step)
    return len(others)


def _place(session: Session, clusters: Clusters, made_from: str, others: Sequence[str], step: Recorder) -> None:
    library, settings = session.library, session.settings
    vectors, numbers = indexed_vectors(library, settings), correcting.stored(library, settings)
    made_by = None if vectors is None else vectors.embedded_by
    state = library.clusters.revision(), measure_digest(settings), made_by, numbers and numbers.witnesses

    def anchors() -> _Anchors:
        return _anchors(library, settings, clusters, numbers, vectors)

    found = _found(library, settings, others, remember(session, ("anchors", state), anchors), (vectors, numbers), step)
    if library.placed.count() + len(found) <= max(LEAST, int(SHARE * len(clusters.ids))):
        library.placed.add(found)
        return
    made = library.clusters.get() or clusters, numbers
    clusters, numbers = _written(library, settings, made, stored_vectors(library, settings), found)
    correcting.store(library, settings, numbers)
    library.clusters.replace(clusters, digest=made_from)


def joined(library: Library, settings: Settings, made: Placed, others: Sequence[str], step: Recorder) -> Placed:
    """Append pictures to their nearest shown exemplars, and measure their remoteness; new vectors are stored."""
    clusters, numbers = made
    vectors = stored_vectors(library, settings)
    anchors = _anchors(library, settings, clusters, numbers, vectors)
    found = _found(library, settings, others, anchors, (vectors, numbers), step)
    return _written(library, settings, made, vectors, found)


def _written(
    library: Library, settings: Settings, made: Placed, vectors: Vectors | None, found: Sequence[PlacedPicture]
) -> Placed:
    """Clusters and remoteness with further pictures; their vectors are stored among the others."""
    clusters, numbers = made
    if vectors is not None:
        held = set(vectors.ids)
        new = {one.image_id: one.vector for one in found if one.vector is not None and one.image_id not in held}
        kept = np.array([bool(image) for image in vectors.ids], bool)
        coordinates = np.concatenate([vectors.coordinates[kept], *(vector[None] for vector in new.values())])
        ids = (*filter(None, vectors.ids), *new)
        put_vectors(library, settings, replace(vectors, ids=ids, coordinates=coordinates))
    clusters = replace(
        clusters,
        ids=(*clusters.ids, *(one.image_id for one in found)),
        labels=np.concatenate([clusters.labels, np.array([one.label for one in found], np.int64)]),
        distances=np.concatenate([clusters.distances, [one.distance for one in found]]),
    )
    if numbers is not None:
        more = np.array([one.remoteness for one in found], np.float64)
        numbers = correcting.joined(numbers, [one.image_id for one in found], more)
    return clusters, numbers


def _anchors(
    library: Library,
    settings: Settings,
    clusters: Clusters,
    numbers: correcting.Remoteness | None,
    vectors: Vectors | None,
) -> _Anchors:
    shown = tree.shown_exemplars(clusters)
    wanted = dict.fromkeys(shown)
    row_of = {image: row for row, image in enumerate(clusters.ids) if image in wanted}
    leaves = clusters.labels[[row_of[image] for image in shown]]
    witnesses = () if numbers is None else numbers.witnesses
    packed = divergence.pack(library.mixtures.many([*shown, *witnesses]), look=look(settings))
    coordinates = None
    if vectors is not None and len(shown) > SHORTLIST:
        place = {image: row for row, image in enumerate(vectors.ids) if image in wanted}
        if len(place) == len(shown):
            coordinates = vectors.coordinates[[place[image] for image in shown]]
    return _Anchors(shown, leaves, packed, coordinates)


def _found(
    library: Library,
    settings: Settings,
    others: Sequence[str],
    anchors: _Anchors,
    known: tuple[Vectors | None, correcting.Remoteness | None],
    step: Recorder,
) -> list[PlacedPicture]:
    """Where new pictures belong, with their remoteness and their vectors; nothing is stored."""
    vectors, numbers = known
    found: list[PlacedPicture] = []
    for start in range(0, len(others), AT_ONCE):
        part = others[start : start + AT_ONCE]
        packed = divergence.pack(library.mixtures.many(part), look=look(settings))
        new = None if vectors is None else embedding.embed(vectors.model, packed, threads=settings.cores)
        lists = _shortlists(anchors, new, len(part))
        near, to_witnesses = _compared(settings, packed, anchors, lists)
        remote = [None if numbers is None else correcting.of_one(row) for row in to_witnesses]
        for row, image in enumerate(part):
            scores, own = near[row], remote[row]
            if numbers is not None and own is not None:
                scores = numbers.relative(near[row], own, [anchors.shown[one] for one in lists[row]])
            best = int(scores.argmin())
            vector, model = (None, b"") if new is None or vectors is None else (new[row], vectors.embedded_by)
            label, apart = int(anchors.leaves[lists[row, best]]), float(near[row, best])
            found.append(PlacedPicture(image, label, apart, own, vector, model))
        step("Placing pictures", len(found), len(others))
    return found


def _shortlists(anchors: _Anchors, new: Coordinates | None, count: int) -> Rows:
    """Which of the shown exemplars each new picture is compared with, (n, S): all where there are no vectors."""
    if new is None or anchors.coordinates is None:
        return np.broadcast_to(np.arange(len(anchors.shown)), (count, len(anchors.shown)))
    squares = [embedding.squared_distances(one, anchors.coordinates) for one in new]
    return np.array([np.argsort(one, kind="stable")[:SHORTLIST] for one in squares]).reshape(count, SHORTLIST)


def _compared(settings: Settings, packed: Packed, anchors: _Anchors, lists: Rows) -> tuple[Float, Float]:
    """Divergences of new pictures to those exemplars that are listed for each, and to all witnesses; nats."""
    witnesses = np.arange(len(anchors.shown), len(anchors.packed))
    columns = np.hstack([lists, np.broadcast_to(witnesses, (len(packed), len(witnesses)))])
    own = np.arange(len(packed))[:, None]
    pairs = np.stack(np.broadcast_arrays(own, columns), axis=-1).reshape(-1, 2)
    parts = np.array_split(pairs, max(1, min(settings.cores, len(pairs) // PAIRS_A_THREAD)))

    def compare(part: Rows) -> Divergences:
        return divergence.js_between(packed, anchors.packed, part, look=look(settings))

    with ThreadPoolExecutor(len(parts)) as pool:
        values = np.concatenate(list(pool.map(compare, parts))) if len(parts) > 1 else compare(parts[0])
    both = values.reshape(columns.shape).astype(np.float64)
    return both[:, : lists.shape[1]], both[:, lists.shape[1] :]


def nearest_trend(session: Session, query: Mixture) -> tuple[str, float] | None:
    """The exemplar of the trend that a picture would join, which need not be in the library, and the divergence, nats.

    None where there are no trends. Nothing is stored.
    """
    library = session.library

    def shown_exemplars() -> tuple[str, ...]:
        clusters = library.clusters.get()
        return () if clusters is None else tuple(tree.shown_exemplars(clusters))

    shown = remember(session, ("shown exemplars", library.clusters.stamp()), shown_exemplars)
    if not shown:
        return None
    vectors, ids = indexed_vectors(library, session.settings), list(shown)
    if vectors is not None and len(ids) > SHORTLIST:
        ready(session)
        rows = _rows_of(session, vectors, shown)
        near = embedding.squared_distances(vectors.of(query, session.settings), vectors.coordinates[rows])
        nearest = [vectors.ids[row] for row in rows[np.argsort(near, kind="stable")[:SHORTLIST]]]
        # an index that goes on, or was interrupted, may not have stored the vectors of all yet
        there = {vectors.ids[row] for row in rows}
        ids = [*nearest, *[image for image in ids if image not in there][: likeness.EXACT]]
    order = likeness.ranked(session, query, ids, to_many(session, query, ids))
    return order.ids[0], float(order.values[0])


def _rows_of(session: Session, vectors: Vectors, shown: tuple[str, ...]) -> Rows:
    """The rows of the exemplars shown first, of those that have vectors."""

    def look() -> tuple[Sequence[str], Rows]:
        wanted = set(shown)
        return vectors.ids, np.array([row for row, image in enumerate(vectors.ids) if image in wanted], np.int64)

    # ids are kept with the rows, so that no others can be at their place in memory
    return remember(session, ("shown rows", shown, id(vectors.ids)), look)[1]


def trend_of_file(session: Session, path: Path) -> tuple[Image, float] | None:
    """The exemplar of the trend that the picture of a file would join, and the divergence to it; see `nearest_trend`.

    Raises
    ------
    ImageReadError
        The file is no readable picture.
    """
    found = nearest_trend(session, fit_file(path, session.settings))
    return None if found is None else (session.library.images.get(found[0]), found[1])


def _compared_at_all(library: Library, settings: Settings) -> bool:
    stored = library.arrays.get(MATRIX)
    compared = stored is not None and stored.digest == measure_digest(settings)
    return compared or stored_neighbours(library, settings) is not None
