"""Divergences for those who browse: read where they are stored, computed in the session's lane where they are not."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence, warming
from leitmotiv.analysis.look import Look
from leitmotiv.errors import CompilingError
from leitmotiv.records import Clusters, Float, Mixture
from leitmotiv.settings import Settings
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows.compiling import compile_ahead
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

MATRIX = "divergence"
"""The name of the stored array of all compared pairs, (M, M) float32, nats."""


def look(settings: Settings) -> Look:
    """The measure of likeness that these settings choose."""
    return Look(points=settings.points, smoothing=settings.smoothing, spaces=settings.spaces)


def measure_digest(settings: Settings) -> str:
    """The measure in 64 hex digits: stored divergences are valid while it stays."""
    return hashlib.sha256(repr(look(settings)).encode()).hexdigest()


def compared(session: Session) -> Stored | None:
    """The stored matrix; None where there is none, or another measure made it."""
    stored = session.library.arrays.get(MATRIX)
    return stored if stored is not None and stored.digest == measure_digest(session.settings) else None


def to_many(session: Session, query: Mixture, ids: Sequence[str]) -> Float:
    """Divergences of one mixture to pictures of the library, (N,) float64, nats.

    Raises
    ------
    CompilingError
        The mathematics is not compiled yet on this machine: better told than waited for.
    """
    ready(session)
    measure = look(session.settings)
    with session.lane:
        packed = remember(
            session,
            ("packed", measure, hash(tuple(ids))),
            lambda: divergence.pack(session.library.mixtures.many(ids), look=measure),
        )
        return divergence.js_to(query, packed, look=measure, threads=1).astype(np.float64)


def ready(session: Session) -> None:
    """Compile the mathematics where that was not done yet; where nobody can wait, refuse politely instead."""
    if warming.is_warm():
        return
    if not session.patient:
        raise CompilingError(
            "leitmotiv is preparing its mathematics, once on this machine. "
            "This takes about half a minute; try again then."
        )
    compile_ahead(session.settings)
    with session.lane:
        warming.warm()


def looked_up(session: Session, clusters: Clusters) -> Callable[[int, NDArray[np.int64]], Float]:
    """A function of a row of the index and other rows that gives the divergences that the matrix holds, else NaN."""
    matrix = compared(session)
    if matrix is None:
        return lambda one, rows: np.full(len(rows), np.nan)
    place = {image_id: row for row, image_id in enumerate(matrix.ids)}
    where = np.array([place.get(image_id, -1) for image_id in clusters.ids], np.int64)

    def look_up(one: int, rows: NDArray[np.int64]) -> Float:
        values = np.full(len(rows), np.nan)
        if where[one] >= 0:
            there = where[rows] >= 0
            values[there] = np.asarray(matrix["values"][where[one]])[where[rows[there]]]
        return values

    return look_up


def distances(session: Session, clusters: Clusters) -> Callable[[int, NDArray[np.int64]], Float]:
    """A function of an exemplar's row and other rows of the index that gives their divergences, nats."""
    look_up = looked_up(session, clusters)

    def distance(exemplar: int, rows: NDArray[np.int64]) -> Float:
        values = look_up(exemplar, rows)
        lacking = np.flatnonzero(np.isnan(values))
        if len(lacking):
            query = session.library.mixtures.get(clusters.ids[exemplar])
            values[lacking] = to_many(session, query, [clusters.ids[rows[at]] for at in lacking])
        return values

    return distance
