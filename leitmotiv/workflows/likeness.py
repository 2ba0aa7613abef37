"""All other pictures in the order of their likeness to one; bounded work, exact as far as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import embedding
from leitmotiv.analysis.embedding import Coordinates
from leitmotiv.errors import NoIndexError
from leitmotiv.records import Float, Mixture
from leitmotiv.store.catalogue import Columns
from leitmotiv.workflows import correcting, trends
from leitmotiv.workflows.asking import columns
from leitmotiv.workflows.measuring import compared, ready, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.named import Ids
from leitmotiv.workflows.neighbours import kept_candidates, stored_neighbours
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
    more : int
        Pictures behind these, which nobody asked for.
    """

    ids: Sequence[str]
    values: Float
    scores: Float
    unit: str
    cosines: Float | None = None
    more: int = 0

    @property
    def total(self) -> int:
        """Pictures that there are to be put in order."""
        return len(self.ids) + self.more

    @property
    def approximate(self) -> bool:
        """Whether it has a tail that was only estimated."""
        return self.more > 0 or bool(np.isnan(self.scores).any())


def order(session: Session, image_id: str, wanted: int | None = None) -> Order:
    """Every other picture, the nearest first.

    Parameters
    ----------
    wanted : int, optional
        How many from the beginning are looked at; the order may end behind them. Where the index kept the candidates of
        a picture, the first `NEAR` are those of them that are nearest, whatever is asked for; more of them cost a
        comparison with `EXACT` others. Without it the order holds every picture.
    """
    library = session.library
    matrix = compared(session)
    state = (
        library.revision("images", "files"),
        library.clusters.stamp(),
        None if matrix is None else len(matrix.ids),
    )
    if matrix is not None or len(_present(session)) <= EXACT:
        return remember(session, ("order", image_id, state), lambda: _order(session, image_id))
    near = remember(session, ("near", image_id, state), lambda: _near(session, image_id))
    if near is not None and wanted is not None and wanted <= NEAR:
        return near
    depth = None if wanted is None else EXACT
    while wanted is not None and depth is not None and depth < wanted:
        depth *= 4  # a few depths, so that who goes on from page to page seldom waits
    if depth is not None and depth >= len(_present(session)):
        depth = None
    return remember(session, ("order", image_id, state, depth), lambda: _large(session, image_id, near, depth))


def order_to(session: Session, query: Mixture, wanted: int | None = None) -> Order:
    """Every picture, the nearest first, to one that need not be in the library.

    Parameters
    ----------
    wanted : int, optional
        How many from the beginning are looked at. In a large library up to `NEAR` cost a comparison with `FEW` others
        only, more of them with `EXACT`.
    """
    count = len(_present(session))
    if count <= EXACT:
        unknown = list(_everything(session))
        return ranked(session, query, unknown, to_many(session, query, unknown))
    vectors = stored_vectors(session.library, session.settings)
    if vectors is None:
        unknown = list(_everything(session))
        return ranked(session, query, unknown[:EXACT], to_many(session, query, unknown[:EXACT]), unknown[EXACT:])
    ready(session)
    rows = _by_vector(session, vectors, vectors.of(query, session.settings))
    few = FEW if wanted is not None and wanted <= NEAR else EXACT
    return _told(session, query, rows, min(count, few))


def _told(session: Session, query: str | Mixture, rows: Rows, count: int) -> Order:
    """Pictures by their rows, of which so many are compared with a picture of the library or a mixture."""
    hashes = columns(session).hashes
    head = Ids(hashes, rows[:count])[:]
    mixture = session.library.mixtures.get(query) if isinstance(query, str) else query
    values = to_many(session, mixture, head)
    scores = correcting.scores(session, query, head, values)
    order = sorted(range(len(head)), key=lambda row: (scores.values[row], values[row], head[row]))
    rest = np.full(len(rows) - len(head), np.nan)
    return Order(
        Ids(hashes, np.concatenate([rows[order], rows[count:]])),
        np.concatenate([values[order], rest]),
        np.concatenate([scores.values[order], rest]),
        scores.unit,
    )


def _everything(session: Session) -> tuple[str, ...]:
    """The pictures of the library, asked for anew only when they have changed."""
    library = session.library
    return remember(session, ("ids", library.revision("images")), lambda: tuple(library.images.ids()))


def _present(session: Session) -> Rows:
    """Rows of the pictures of the library that are not missing, among its columns."""

    def look() -> Rows:
        state = columns(session).state
        gone = [code for code, value in enumerate(state.values) if value == "missing"]
        return np.flatnonzero(~np.isin(state.codes, gone))

    return remember(session, ("present", session.library.revision("images", "files")), look)


def _near(session: Session, image_id: str) -> Order | None:
    """The beginning of the order by the candidates that the index kept, and those that were placed since.

    A picture of which it kept too few is compared with the `FEW` nearest. None where there are no vectors.
    """
    vectors = stored_vectors(session.library, session.settings)
    if vectors is None:
        return None
    found, present = columns(session), _present(session)
    own, vector = found.rows_of([image_id])[0], _vector(session, vectors, image_id)
    place = int(_places(session, vectors)[own])
    of_index = place < len(vectors.root.ids)
    known = kept_candidates(session.library, session.settings, image_id, place) if of_index else {}
    if len(known) >= NEAR:
        known |= _newly_near(session, vectors, image_id, known)
        rows = found.rows_of(list(known))
        there = np.isin(rows, present)
        head = [other for other, here in zip(known, there.tolist(), strict=True) if here]
        if len(head) >= NEAR:
            near = ranked(session, image_id, head, np.array([known[other] for other in head]))
            return replace(near, more=len(present) - 1 - len(head))
    rows = _by_vector(session, vectors, vector, FEW + 1)
    told = _told(session, image_id, rows[rows != own][:FEW], FEW)
    return replace(told, more=len(present) - 1 - len(told.ids))


def _newly_near(session: Session, vectors: Vectors, image_id: str, known: Mapping[str, float]) -> dict[str, float]:
    """Divergences to pictures that came after the index, and lie nearer than some of the candidates it kept."""
    new = _unlisted(session, vectors)
    if not len(new):
        return {}
    vector = _vector(session, vectors, image_id)
    places = _places(session, vectors)[columns(session).rows_of(list(known))]
    farthest = embedding.squared_distances(vector, vectors.coordinates[places[places >= 0]]).max(initial=0.0)
    squares = embedding.squared_distances(vector, vectors.coordinates[new])
    nearest = np.argsort(squares, kind="stable")[:FEW]
    ids = [vectors.ids[new[row]] for row in nearest[squares[nearest] < farthest]]
    ids = [other for other in ids if other not in known and other != image_id]
    if not ids:
        return {}
    values = to_many(session, session.library.mixtures.get(image_id), ids)
    return dict(zip(ids, values.tolist(), strict=True))


def _unlisted(session: Session, vectors: Vectors) -> Rows:
    """Rows of vectors whose pictures are in no list of candidates, as they came after the index."""
    stored, known = stored_neighbours(session.library, session.settings), vectors.root.ids
    if stored is None:
        return np.zeros(0, np.int64)

    def look() -> tuple[Sequence[str], Sequence[str], Rows]:
        there = set(stored.ids)
        return (
            stored.ids,
            known,
            np.array([row for row, image in enumerate(known) if image and image not in there], np.int64),
        )

    # both are kept with the rows, so that no others can be at their place in memory
    rows = remember(session, ("unlisted", id(stored.ids), id(known)), look)[2]
    return np.concatenate([rows, np.arange(len(known), len(vectors.ids))])


def _order(session: Session, image_id: str) -> Order:
    """Of a library whose pairs were all compared, or that is small."""
    everything = _everything(session)
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
    return ranked(session, image_id, head, np.array([known[other] for other in head]), tail)


def _large(session: Session, image_id: str, near: Order | None, depth: int | None) -> Order:
    """Of a large library: the nearest by vectors are compared, the others follow by these, up to about a `depth`."""
    vectors = stored_vectors(session.library, session.settings)
    if vectors is None:
        return _order(session, image_id)
    rows = _by_vector(session, vectors, _vector(session, vectors, image_id), depth)
    found, total = columns(session), len(_present(session)) - 1
    whole = _told(session, image_id, rows[rows != found.rows_of([image_id])[0]], EXACT)
    if near is None:
        return replace(whole, more=total - len(whole.ids))
    # it begins as the other one does, so that pages of both fit together
    first = found.rows_of(near.ids[:NEAR])
    told = np.asarray(whole.ids.rows if isinstance(whole.ids, Ids) else found.rows_of(whole.ids))
    rest = ~np.isin(told, first)
    return Order(
        Ids(found.hashes, np.concatenate([first, told[rest]])),
        np.concatenate([near.values[:NEAR], whole.values[rest]]),
        np.concatenate([near.scores[:NEAR], whole.scores[rest]]),
        whole.unit,
        more=total - len(first) - int(rest.sum()),
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
    there = set(unknown)
    rows = _by_vector(session, vectors, _vector(session, vectors, image_id))
    ordered = [other for other in Ids(columns(session).hashes, rows) if other in there]
    return ordered[:EXACT], ordered[EXACT:]


def _vector(session: Session, vectors: Vectors, image_id: str) -> Coordinates:
    """The vector of a picture of the library, (D,)."""
    (row,) = columns(session).rows_of([image_id])
    place = _places(session, vectors)[row]
    if place >= 0:
        return np.asarray(vectors.coordinates[place])
    ready(session)
    return vectors.of(session.library.mixtures.get(image_id), session.settings)


def _places(session: Session, vectors: Vectors) -> Rows:
    """The row of each picture of the library among the vectors; -1 of one that has none yet."""
    found = columns(session)
    # both are kept with the rows, so that no others can be at their place in memory
    key = ("vector places", id(found), id(vectors))
    return remember(session, key, lambda: (found, vectors, _looked_up(session, found, vectors)))[2]


def _looked_up(session: Session, found: Columns, vectors: Vectors) -> Rows:
    """The same; what was there when the index was built is not looked up anew."""
    known = vectors.root.ids

    def look() -> tuple[Columns, Sequence[str], Rows, dict[str, int]]:
        rows = found.root.named_rows(known)
        places, there = np.full(len(found.root), -1, np.int64), np.flatnonzero(rows >= 0)
        places[rows[there]] = there
        return found.root, known, places, {known[place]: place for place in np.flatnonzero(rows < 0).tolist()}

    *_, before, later = remember(session, ("vector rows", id(found.root), id(known)), look)
    places = np.concatenate([before, np.full(len(found) - len(before), -1, np.int64)])
    for row, image in enumerate(found.some(np.arange(len(before), len(found))), len(before)):
        places[row] = later.get(image, -1)
    rows = found.rows_of(vectors.ids[len(known) :])
    places[rows[rows >= 0]] = len(known) + np.flatnonzero(rows >= 0)
    return places


def _by_vector(session: Session, vectors: Vectors, query: Coordinates, count: int | None = None) -> Rows:
    """Rows of all pictures, from the nearest by its vector to the farthest; the few that have none yet come first.

    With `count`, so many of the nearest and perhaps more.
    """
    present = _present(session)
    places = _places(session, vectors)[present]
    new = present[places < 0]
    known = np.flatnonzero(places >= 0)
    squares = embedding.squared_distances(query, vectors.coordinates)[places[known]]
    if count is not None and count < len(squares):
        some = np.flatnonzero(squares <= np.partition(squares, count)[count])
        return np.concatenate([new, present[known[some[np.argsort(squares[some], kind="stable")]]]])
    return np.concatenate([new, present[known[np.argsort(squares, kind="stable")]]])


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
