"""Pictures that came after the index: each joins the trend of the exemplar nearest to it, at once; nothing else moves.

The next index finds them a place of their own, and begins its search among them.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import candidates, divergence, embedding, tree
from leitmotiv.records import Clusters, Float, Image, Mixture
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting, likeness
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.measuring import MATRIX, look, measure_digest, ready, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import put_vectors, stored_vectors, with_vectors

SHORTLIST = 20
"""Exemplars nearest by their vectors that a new picture is compared with: among them is the nearest of all, or one
hardly farther. Where pictures have no vectors there are few exemplars, and it is compared with each."""
AT_ONCE = 500
"""Pictures whose mixtures are held at once."""

Placed = tuple[Clusters, correcting.Remoteness | None]
"""Clusters, and the remoteness of the pictures in them where the settings correct for hubs."""
Rows = NDArray[np.int64]


def place_new(session: Session, *, report: Report | None = None) -> int:
    """Let pictures that came after the index join their nearest exemplar; the index stays marked as stale."""
    library, settings = session.library, session.settings
    if library.clusters.digest() is None:
        return 0
    with library.writer("placing new pictures"):
        clusters, made_from = library.clusters.get(), library.clusters.digest()
        if clusters is None or made_from is None or not _compared_at_all(library, settings):
            return 0
        placed = set(clusters.ids)
        others = [image for image in library.images.ids() if image not in placed]
        if others:
            with recorded(library, "place", "New pictures", report) as step:
                made = clusters, correcting.stored(library, settings)
                clusters, numbers = joined(library, settings, made, others, step)
                correcting.store(library, settings, numbers)
                library.clusters.replace(clusters, digest=made_from)
    return len(others)


def joined(library: Library, settings: Settings, made: Placed, others: Sequence[str], step: Recorder) -> Placed:
    """Append pictures to their nearest shown exemplars, and measure their remoteness; new vectors are stored."""
    clusters, numbers = made
    shown = list(tree.shown_exemplars(clusters))
    witnesses = [] if numbers is None else list(numbers.witnesses)
    row_of = {image: row for row, image in enumerate(clusters.ids)}
    leaf = clusters.labels[[row_of[image] for image in shown]]
    lists = _shortlists(library, settings, others, shown, step)
    nearest, near, remote = np.empty(len(others), np.int64), np.empty(len(others)), np.empty(len(others))
    for start in range(0, len(others), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        scores, to_witnesses = _compared(library, settings, others[part], shown, lists[part], witnesses)
        divergences = scores
        if numbers is not None:
            remote[part] = [correcting.of_one(row) for row in to_witnesses]
            scores = np.array(
                [
                    numbers.relative(row, own, [shown[one] for one in listed])
                    for row, own, listed in zip(divergences, remote[part], lists[part], strict=True)
                ]
            )
        best = scores.argmin(axis=1)[:, None]
        nearest[part] = np.take_along_axis(lists[part], best, axis=1)[:, 0]
        near[part] = np.take_along_axis(divergences, best, axis=1)[:, 0]
        step("Placing pictures", min(start + AT_ONCE, len(others)), len(others))
    clusters = replace(
        clusters,
        ids=(*clusters.ids, *others),
        labels=np.concatenate([clusters.labels, leaf[nearest]]),
        distances=np.concatenate([clusters.distances, near]),
    )
    return clusters, None if numbers is None else correcting.joined(numbers, others, remote)


def _compared(
    library: Library,
    settings: Settings,
    others: Sequence[str],
    shown: Sequence[str],
    lists: Rows,
    witnesses: Sequence[str],
) -> tuple[Float, Float]:
    """Divergences of new pictures to those exemplars that are listed for each, and to all witnesses; nats."""
    chosen, place = np.unique(lists, return_inverse=True)
    mixtures = library.mixtures.many([*others, *(shown[row] for row in chosen), *witnesses])
    own, first = np.arange(len(others))[:, None], len(others)
    columns = np.hstack(
        [
            first + place.reshape(lists.shape),
            np.broadcast_to(first + len(chosen) + np.arange(len(witnesses)), (len(others), len(witnesses))),
        ]
    )
    pairs = np.stack(np.broadcast_arrays(own, columns), axis=-1).reshape(-1, 2)
    packed = divergence.pack(mixtures, look=look(settings))
    values = divergence.js_pairs(packed, pairs, look=look(settings), threads=settings.cores)
    both = values.reshape(columns.shape).astype(np.float64)
    return both[:, : lists.shape[1]], both[:, lists.shape[1] :]


def _shortlists(
    library: Library, settings: Settings, others: Sequence[str], shown: Sequence[str], step: Recorder
) -> Rows:
    """Which of the shown exemplars each new picture is compared with, (n, S): all where there are no vectors."""
    everything = np.broadcast_to(np.arange(len(shown)), (len(others), len(shown)))
    vectors = stored_vectors(library, settings)
    if vectors is None:
        return everything
    known = [image for image in vectors.ids if image]
    there = set(known)
    vectors = with_vectors(
        library, settings, vectors, [*known, *(image for image in others if image not in there)], step
    )
    put_vectors(library, settings, vectors)
    row_of = {image: row for row, image in enumerate(vectors.ids)}
    if len(shown) <= SHORTLIST or not set(shown).issubset(row_of):
        return everything
    rows, columns = (np.array([row_of[image] for image in some], np.int64) for some in (others, shown))
    number = np.full(len(vectors.ids), -1)
    number[columns] = np.arange(len(shown))
    lists = candidates.nearest(
        vectors.coordinates, SHORTLIST, rows=rows, columns=np.sort(columns), threads=settings.cores
    )
    return np.asarray(number[lists])


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
    vectors, ids = stored_vectors(library, session.settings), list(shown)
    if vectors is not None and len(ids) > SHORTLIST:
        ready(session)
        rows = remember(
            session,
            ("shown rows", library.clusters.stamp(), hash(vectors.ids)),
            lambda: np.flatnonzero(np.isin(np.array(vectors.ids), ids)),
        )
        near = embedding.squared_distances(vectors.of(query, session.settings), vectors.coordinates[rows])
        ids = [vectors.ids[row] for row in rows[np.argsort(near, kind="stable")[:SHORTLIST]]]
    order = likeness.ranked(session, query, ids, to_many(session, query, ids))
    return order.ids[0], float(order.values[0])


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
