"""Divergences within the trends of a library too large for all pairs: kept ones where there are, else by vectors."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import tree
from leitmotiv.analysis.embedding import expected_divergences, squared_distances
from leitmotiv.records import Clusters, Float
from leitmotiv.workflows.measuring import distances, looked_up, measure_digest
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import stored_vectors

Rows = NDArray[np.int64]
Distance = Callable[[int, Rows], Float]


def bounded_distances(session: Session, clusters: Clusters) -> Distance:
    """A function of an exemplar's row and other rows of the index that gives their divergences, nats.

    Where all pairs were compared it is exact. Else it is exact for the members of the groups shown first and for
    near pictures, and an estimate by vectors for others; only pictures without a vector, or all while it was not
    measured yet what vectors tell, are compared at once.
    """
    exact = distances(session, clusters)
    matrix = looked_up(session, clusters)
    stored = stored_neighbours(session.library, session.settings)
    vectors = stored_vectors(session.library, session.settings)
    if stored is None or vectors is None:
        return _kept(matrix, _placed(session, clusters, np.full(len(clusters.ids), -1)), exact)
    calibrated = not np.isnan(vectors.recall)
    listed, embedded = _places(clusters.ids, stored.ids), _places(clusters.ids, vectors.ids)
    lists, values, served, near = stored["lists"], stored["values"], stored["served"], stored["near"]

    def known(exemplar: int, rows: Rows) -> Float:
        found = np.full(len(rows), np.nan)
        if listed[exemplar] < 0 or not lists.shape[1]:
            return found
        mine = listed[exemplar]
        order = np.argsort(lists[mine], kind="stable")
        neighbours, places = lists[mine][order], listed[rows]
        at = np.minimum(np.searchsorted(neighbours, places), len(neighbours) - 1)
        here = (places >= 0) & (neighbours[at] == places)
        found[here] = values[mine][order[at[here]]]
        here = (listed[rows] >= 0) & (served[listed[rows]] == mine)
        found[here] = near[listed[rows[here]]]
        return found

    placed = _placed(session, clusters, listed)

    def distance(exemplar: int, rows: Rows) -> Float:
        found = matrix(exemplar, rows)
        found = np.where(np.isnan(found), known(exemplar, rows), found)
        found = np.where(np.isnan(found), placed(exemplar, rows), found)
        if calibrated and embedded[exemplar] >= 0:
            far = np.isnan(found) & (embedded[rows] >= 0)
            query = vectors.coordinates[embedded[exemplar]]
            squares = squared_distances(query, vectors.coordinates[embedded[rows[far]]])
            found[far] = expected_divergences(vectors.curve, squares)
        lacking = np.isnan(found)
        if lacking.any():
            found[lacking] = exact(exemplar, rows[lacking])
        return found

    return distance


def _kept(matrix: Distance, placed: Distance, exact: Distance) -> Distance:
    """What is stored, else what the index kept of each picture and its exemplar, else computed."""

    def distance(exemplar: int, rows: Rows) -> Float:
        found = matrix(exemplar, rows)
        found = np.where(np.isnan(found), placed(exemplar, rows), found)
        lacking = np.isnan(found)
        if lacking.any():
            found[lacking] = exact(exemplar, rows[lacking])
        return found

    return distance


def _placed(session: Session, clusters: Clusters, listed: Rows) -> Distance:
    """What pictures without lists had to the exemplars they joined; NaN for others."""
    measure = is_measure(session)
    names = set(tree.shown_exemplars(clusters))
    shown = {row for row, image in enumerate(clusters.ids) if image in names}

    def distance(exemplar: int, rows: Rows) -> Float:
        if not measure or exemplar not in shown:
            return np.full(len(rows), np.nan)
        joined = (listed[rows] < 0) & (clusters.labels[rows] == clusters.labels[exemplar])
        return np.where(joined, clusters.distances[rows], np.nan)

    return distance


def is_measure(session: Session) -> bool:
    """Whether the clusters were found by the measure that the settings choose."""
    return (session.library.clusters.digest() or "").startswith(measure_digest(session.settings))


def _places(ids: Sequence[str], among: Sequence[str]) -> Rows:
    """Where each id stands among others, -1 for nowhere."""
    if ids == among:
        return np.arange(len(ids))
    place = {image: row for row, image in enumerate(among) if image}
    return np.array([place.get(image, -1) for image in ids], np.int64)
