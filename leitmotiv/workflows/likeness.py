"""All other pictures in the order of their likeness to one; bounded work, exact as far as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import embedding
from leitmotiv.analysis.embedding import Coordinates
from leitmotiv.errors import NoIndexError
from leitmotiv.records import Float, Mixture
from leitmotiv.workflows import correcting, trends
from leitmotiv.workflows.measuring import compared, ready, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.neighbours import kept_candidates
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import Vectors, stored_vectors

Rows = NDArray[np.int64]

EXACT = 2000
"""Most divergences computed for one request; beyond, the order comes from vectors or trends, and says so."""


FEW = 100
"""Divergences computed where only the beginning of an order is looked at."""
NEAR = 50
"""Pictures at the beginning of an order that the candidates kept by the index answer, without a new comparison."""


@dataclass(frozen=True, eq=False)
class Order:
    """Ids from most to least alike.

    Attributes
    ----------
    values, scores : (N,) float64
        Divergences in nats, and what the order goes by; NaN in the tail that was only estimated.
    unit : str
        Of the scores.
    cosines : (N,) float64 or None
        Of what the pictures show, where the order goes by that; NaN where it is not known.
    """

    ids: list[str]
    values: Float
    scores: Float
    unit: str
    cosines: Float | None = None

    @property
    def approximate(self) -> bool:
        """Whether it has such a tail."""
        return bool(np.isnan(self.scores).any())


def order(session: Session, image_id: str, wanted: int | None = None) -> Order:
    """Every other picture, the nearest first.

    Parameters
    ----------
    wanted : int, optional
        How many from the beginning are looked at. Where the index kept the candidates of a picture, the first `NEAR`
        are those of them that are nearest, whatever is asked for; more of them costs a comparison with `EXACT` others.
    """
    library = session.library
    everything = _everything(session)
    matrix = compared(session)
    state = (hash(everything), library.clusters.stamp(), None if matrix is None else len(matrix.ids))
    near = None
    if matrix is None and len(everything) > EXACT:
        near = remember(session, ("near", image_id, state), lambda: _near(session, image_id, everything))
        if near is not None and wanted is not None and wanted <= NEAR:
            return near
    return remember(session, ("order", image_id, state), lambda: _order(session, image_id, everything, near))


def order_to(session: Session, query: Mixture, wanted: int | None = None) -> Order:
    """Every picture, the nearest first, to one that need not be in the library.

    Parameters
    ----------
    wanted : int, optional
        How many from the beginning are looked at. In a large library up to `NEAR` cost a comparison with `FEW` others
        only, more of them with `EXACT`.
    """
    unknown, tail = list(_everything(session)), []
    if len(unknown) > EXACT:
        count = FEW if wanted is not None and wanted <= NEAR else EXACT
        vectors = stored_vectors(session.library, session.settings)
        if vectors is None:
            unknown, tail = unknown[:EXACT], unknown[EXACT:]
        else:
            ready(session)
            ordered = _by_vector(session, vectors, vectors.of(query, session.settings))
            unknown, tail = ordered[:count], ordered[count:]
    return ranked(session, query, unknown, to_many(session, query, unknown), tail)


def _everything(session: Session) -> tuple[str, ...]:
    """The pictures of the library, asked for anew only when they have changed."""
    library = session.library
    return remember(session, ("ids", library.revision("images")), lambda: tuple(library.images.ids()))


def _near(session: Session, image_id: str, everything: tuple[str, ...]) -> Order | None:
    """The order by the candidates that the index kept, then by vectors; None where it kept too few of them."""
    vectors = stored_vectors(session.library, session.settings)
    known = kept_candidates(session.library, session.settings, image_id)
    there = set(everything)
    head = [other for other in known if other in there]
    if vectors is None or len(head) < NEAR or image_id not in vectors.ids:
        return None
    ordered = _by_vector(session, vectors, vectors.coordinates[vectors.ids.index(image_id)])
    rest = [other for other in ordered if other not in known and other != image_id]
    return ranked(session, image_id, head, np.array([known[other] for other in head]), rest)


def _order(session: Session, image_id: str, everything: tuple[str, ...], near: Order | None) -> Order:
    known = _stored_row(session, image_id)
    unknown = [other for other in everything if other not in known and other != image_id]
    tail: list[str] = []
    if len(unknown) > EXACT:
        unknown, tail = _split(session, image_id, unknown)
    if unknown:
        values = to_many(session, session.library.mixtures.get(image_id), unknown)
        known.update(zip(unknown, values.tolist(), strict=True))
    there = set(everything)
    head = [other for other in known if other in there]
    whole = ranked(session, image_id, head, np.array([known[other] for other in head]), tail)
    return whole if near is None else _begun(near, whole)


def _begun(near: Order, whole: Order) -> Order:
    """An order that begins as another one, so that pages of both fit together."""
    first = near.ids[:NEAR]
    gone = set(first)
    rest = [row for row, other in enumerate(whole.ids) if other not in gone]
    return Order(
        [*first, *(whole.ids[row] for row in rest)],
        np.concatenate([near.values[:NEAR], whole.values[rest]]),
        np.concatenate([near.scores[:NEAR], whole.scores[rest]]),
        whole.unit,
    )


def ranked(session: Session, query: str | Mixture, ids: list[str], values: Float, tail: Sequence[str] = ()) -> Order:
    """Put pictures in the order of their scores, from their divergences to the query; the tail stays at the end."""
    scores = correcting.scores(session, query, ids, values)
    rows = sorted(range(len(ids)), key=lambda row: (scores.values[row], values[row], ids[row]))
    unknown = np.full(len(tail), np.nan)
    return Order(
        [*(ids[row] for row in rows), *tail],
        np.concatenate([values[rows], unknown]),
        np.concatenate([scores.values[rows], unknown]),
        scores.unit,
    )


def _split(session: Session, image_id: str, unknown: list[str]) -> tuple[list[str], list[str]]:
    """Split pictures into those worth an exact answer and the rest, both with the likeliest first."""
    vectors = stored_vectors(session.library, session.settings)
    if vectors is None:
        return _by_trend(session, image_id, unknown)
    if image_id in vectors.ids:
        query = vectors.coordinates[vectors.ids.index(image_id)]
    else:
        ready(session)
        query = vectors.of(session.library.mixtures.get(image_id), session.settings)
    there = set(unknown)
    ordered = [other for other in _by_vector(session, vectors, query) if other in there]
    return ordered[:EXACT], ordered[EXACT:]


def _by_vector(session: Session, vectors: Vectors, query: Coordinates) -> list[str]:
    """All pictures from the nearest by its vector to the farthest; the few that have none yet come first."""
    everything = _everything(session)

    def places() -> tuple[NDArray[np.object_], Rows]:
        row_of = {image: row for row, image in enumerate(vectors.ids)}
        rows = np.array([row_of.get(image, -1) for image in everything], np.int64)
        order = np.argsort(rows, kind="stable")  # so that memory is read from one end to the other
        return np.array(everything, object)[order], rows[order]

    ids, rows = remember(session, ("vector rows", hash(everything), hash(vectors.ids)), places)
    new = int(np.count_nonzero(rows < 0))
    squares = embedding.squared_distances(query, vectors.coordinates)[rows[new:]]
    order = new + np.argsort(squares, kind="stable")
    return [*ids[:new].tolist(), *ids[order].tolist()]


def _stored_row(session: Session, image_id: str) -> dict[str, float]:
    matrix = compared(session)
    if matrix is None or image_id not in matrix.ids:
        return {}
    row = np.asarray(matrix["values"][matrix.ids.index(image_id)], np.float64)
    return {other: value for other, value in zip(matrix.ids, row.tolist(), strict=True) if other != image_id}


def _by_trend(session: Session, image_id: str, unknown: list[str]) -> tuple[list[str], list[str]]:
    """Split by the nearness of each picture's exemplar."""
    try:
        groups = trends.cut(session)[: EXACT // 2]  # half of what a request may compare; the largest come first
    except NoIndexError:
        return unknown[:EXACT], unknown[EXACT:]
    exemplars = [group.exemplar for group in groups]
    nearness = to_many(session, session.library.mixtures.get(image_id), exemplars)
    there = dict.fromkeys(unknown)
    ordered = [
        member for place in np.argsort(nearness, kind="stable") for member in groups[place].members if member in there
    ]
    placed = set(ordered)
    ordered += [other for other in unknown if other not in placed]
    most = max(0, EXACT - len(exemplars))
    return ordered[:most], ordered[most:]
