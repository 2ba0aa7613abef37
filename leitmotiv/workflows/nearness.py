"""Divergences among chosen pictures, as the index has them: exact where all pairs were compared, else by vectors.

It computes a bounded number of divergences, for pictures that came after the index; further ones are left out, and the
answer says which pictures it is about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.embedding import STEPS, expected_divergences, squared_distances
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.records import Float, read_only
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows.likeness import EXACT
from leitmotiv.workflows.measuring import compared, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import Vectors, stored_vectors

MOST = 2000
"""Pictures whose pairs are all looked at for one request."""
NO_INDEX = "These pictures were not compared yet. Run `leitmotiv build-index`, or wait for the job."


@dataclass(frozen=True, eq=False)
class Nearness:
    """Divergences of all pairs of some pictures.

    Attributes
    ----------
    ids : tuple of str
        The pictures that were asked for and have divergences, in that order.
    matrix : (M, M) float32
        Nats.
    estimated : bool
        Whether some are estimates by vectors.
    """

    ids: tuple[str, ...]
    matrix: NDArray[np.float32]
    estimated: bool

    def __post_init__(self) -> None:
        read_only(self.matrix)

    def row(self, image_id: str) -> int:
        """The row of a picture.

        Raises
        ------
        NoIndexError
            It has no divergences.
        """
        try:
            return self.ids.index(image_id)
        except ValueError:
            raise NoIndexError(NO_INDEX) from None


def between(session: Session, ids: Sequence[str], *, doing: str = "compares") -> Nearness:
    """Divergences of all pairs of at most `MOST` pictures; the first ones come before others if not all can be had.

    Parameters
    ----------
    doing : str
        What is told of the work in a refusal: "a chain of looks".

    Raises
    ------
    UsageError
        More pictures.
    NoIndexError
        None of them was compared.
    """
    if len(ids) > MOST:
        raise UsageError(
            f"This {doing} at most {MOST:,} pictures at once, and the selection has {len(ids):,}. Narrow it with a "
            f"filter, or take a diverse subset of it first: /diverse?n={MOST}."
        )
    state = (session.library.clusters.stamp(), hash(tuple(ids)))
    found = remember(session, ("between", *state), lambda: _between(session, ids), lane=True)
    if not found.ids:
        raise NoIndexError(NO_INDEX)
    return found


def _between(session: Session, ids: Sequence[str]) -> Nearness:
    stored = compared(session)
    if stored is not None:
        known, matrix = of_matrix(stored, ids)
        return _extended(session, ids, known, matrix, estimated=False)
    vectors = usable_vectors(session)
    if vectors is None:
        return Nearness((), np.zeros((0, 0), np.float32), False)
    known, matrix = _of_vectors(session, vectors, ids)
    return _extended(session, ids, known, matrix, estimated=True)


def usable_vectors(session: Session) -> Vectors | None:
    """The vectors of the library, where it was measured what they tell."""
    vectors = stored_vectors(session.library, session.settings)
    return None if vectors is None or np.isnan(vectors.recall) else vectors


def of_matrix(stored: Stored, ids: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """Those of some pictures that the matrix of all pairs holds, and their divergences, nats."""
    place = {image_id: row for row, image_id in enumerate(stored.ids)}
    known = [image_id for image_id in ids if image_id in place]
    rows = np.array([place[image_id] for image_id in known], np.int64)
    return known, np.asarray(stored["values"])[np.ix_(rows, rows)]


def _of_vectors(session: Session, vectors: Vectors, ids: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """Estimates by vectors, and the stored divergences of those that are neighbours."""
    place = {image_id: row for row, image_id in enumerate(vectors.ids) if image_id}
    known = [image_id for image_id in ids if image_id in place]
    points = vectors.coordinates[[place[image_id] for image_id in known]].astype(np.float64)
    sizes = np.square(points).sum(axis=1)
    squares = np.maximum(sizes[:, None] + sizes - 2 * points @ points.T, 0) / STEPS**2
    matrix = expected_divergences(vectors.curve, squares).astype(np.float32)
    _put_stored(session, known, matrix)
    np.fill_diagonal(matrix, 0)
    return known, matrix


def _put_stored(session: Session, known: Sequence[str], matrix: NDArray[np.float32]) -> None:
    stored = stored_neighbours(session.library, session.settings)
    if stored is None:
        return
    row_of = {image_id: row for row, image_id in enumerate(known)}
    place = np.array([row_of.get(image_id, -1) for image_id in stored.ids], np.int64)
    rows = np.flatnonzero(place >= 0)
    lists, values = np.asarray(stored["lists"])[rows], np.asarray(stored["values"])[rows]
    columns = np.where(lists >= 0, place[lists], -1)
    here = (columns >= 0) & np.isfinite(values)
    first = np.broadcast_to(place[rows][:, None], columns.shape)[here]
    matrix[first, columns[here]] = matrix[columns[here], first] = values[here]


def _extended(
    session: Session, ids: Sequence[str], known: list[str], matrix: NDArray[np.float32], *, estimated: bool
) -> Nearness:
    """Compare what is new with all others, as far as a request may."""
    there = set(known)
    lacking = [image_id for image_id in ids if image_id not in there]
    budget = EXACT // max(1, len(ids))
    for image_id in lacking[:budget]:
        row = to_many(session, session.library.mixtures.get(image_id), known) if known else np.zeros(0)
        matrix = np.block([[matrix, row[:, None]], [row[None], np.zeros((1, 1))]]).astype(np.float32)
        known = [*known, image_id]
    row_of = {image_id: row for row, image_id in enumerate(known)}
    kept = tuple(image_id for image_id in ids if image_id in row_of)
    rows = np.array([row_of[image_id] for image_id in kept], np.int64)
    return Nearness(kept, np.ascontiguousarray(matrix[np.ix_(rows, rows)]), estimated)


@dataclass(frozen=True, eq=False)
class Rows:
    """Divergences of one picture to all of a selection of any size, a row at a time, (N,) float64, nats."""

    ids: tuple[str, ...]
    row: Callable[[int], Float]
    estimated: bool


def rows_of(session: Session, ids: Sequence[str]) -> Rows:
    """The same as `between` for any number of pictures, of which few rows will be asked for.

    Raises
    ------
    NoIndexError
        None of them was compared.
    """
    stored = compared(session)
    if stored is not None:
        place = {image_id: row for row, image_id in enumerate(stored.ids)}
        known = tuple(image_id for image_id in ids if image_id in place)
        at = np.array([place[image_id] for image_id in known], np.int64)
        values = stored["values"]
        if known:
            return Rows(known, lambda row: np.asarray(values[at[row]], np.float64)[at], False)
    vectors = usable_vectors(session)
    if vectors is None:
        raise NoIndexError(NO_INDEX)
    known, points = tuple(ids), vectors.coordinates
    if known != vectors.ids:  # those of all pictures are mapped from the disk as they are
        place = {image_id: row for row, image_id in enumerate(vectors.ids) if image_id}
        known = tuple(image_id for image_id in ids if image_id in place)
        points = points[[place[image_id] for image_id in known]]
    if not known:
        raise NoIndexError(NO_INDEX)

    def row(one: int) -> Float:
        found: Float = expected_divergences(vectors.curve, squared_distances(points[one], points))
        found[one] = 0.0
        return found

    return Rows(known, row, True)
