"""Pictures in the order in which a mood board means them: of the library, of a part of it, or of any folder."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.algebra import Operation as Operation
from leitmotiv.records import BoardExample, Concept, Ranking, Result, Scores, Side
from leitmotiv.workflows import concepts, placed, selecting
from leitmotiv.workflows.boards import get
from leitmotiv.workflows.concept_files import fingerprint
from leitmotiv.workflows.concepts import Term
from leitmotiv.workflows.layers import MAP
from leitmotiv.workflows.learning import concept_of, learn, snapshot_of
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.pinning import known
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session

BEST = "-score"
UNIT = "match"
"""Of scores: 0 is the middle of the collection, 1 what a picture of the board scores."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A concept, what to call it in an answer, and pictures that are not told again."""

    concept: Concept
    query: Mapping[str, object]
    own: frozenset[str]


def results(
    session: Session,
    board: int | str,
    snapshot: int | None = None,
    *,
    text: str = "",
    sort: str = BEST,
    n: int = 100,
    offset: int = 0,
    own: bool = False,
    report: Report | None = None,
) -> Ranking:
    """The pictures of a selection by what a board learnt.

    Parameters
    ----------
    snapshot : int, optional
        Which training; the current one without it.
    text : str
        A line of filters.
    sort : str
        "-score", the best first; "score"; or one of the orders of pictures.
    own : bool
        Whether pictures are ranked, too, that the concept was taught.

    Raises
    ------
    NotFoundError
        There is no such board or snapshot, or it was never trained.
    LayerError
        The concept belongs to a network that is not here.
    UsageError
        The line or the order cannot be read.
    """
    found = get(session, board)
    made = snapshot_of(found, snapshot)
    query = {"board": found.id, "snapshot": made.id, "name": found.name}
    asked = Asked(concept_of(session, found, made.id), query, frozenset(one.id for one in made.examples))
    return ranked(session, asked, text=text, sort=sort, n=n, offset=offset, own=own, report=report)


def loose(
    session: Session,
    positive: Mapping[str, float] | Iterable[str],
    negative: Mapping[str, float] | Iterable[str] = (),
    *,
    method: str = "ridge",
    text: str = "",
    sort: str = BEST,
    n: int = 50,
    offset: int = 0,
    own: bool = False,
) -> Ranking:
    """Teach and rank without keeping anything.

    Raises
    ------
    ImageNotFoundError, BoardError, UsageError
    """
    sides: dict[Side, dict[str, float]] = {
        "positive": _weighed(session, positive),
        "negative": _weighed(session, negative),
    }
    examples = [
        BoardExample(image_id, side, weight) for side, weights in sides.items() for image_id, weight in weights.items()
    ]
    query: dict[str, object] = {side: list(weights) for side, weights in sides.items()}
    concept, _ = learn(session, examples, method=method)
    asked = Asked(concept, query, frozenset(one.id for one in examples))
    return ranked(session, asked, text=text, sort=sort, n=n, offset=offset, own=own)


@dataclass(frozen=True)
class Joined:
    """A board in a combination.

    Attributes
    ----------
    operation : str
        How it joins those before it: "and", "or" or "minus"; of the first it does not count.
    weight : float
        How much, 0 to 10.
    """

    board: int | str
    operation: Operation = "and"
    weight: float = 1.0
    snapshot: int | None = None


def joined(
    session: Session,
    terms: Sequence[Joined],
    *,
    text: str = "",
    sort: str = BEST,
    n: int = 50,
    offset: int = 0,
    own: bool = False,
) -> Ranking:
    """The pictures of a selection by several boards together.

    Raises
    ------
    NotFoundError, LayerError
        See `results`.
    BoardError
        No board, or a weight out of bounds.
    """
    found: list[Term] = []
    query: list[dict[str, object]] = []
    taught: set[str] = set()
    for term in terms:
        board = get(session, term.board)
        made = snapshot_of(board, term.snapshot)
        found.append(Term(concept_of(session, board, made.id), term.operation, term.weight))
        query.append({"board": board.id, "snapshot": made.id, "op": term.operation, "weight": term.weight})
        taught.update(one.id for one in made.examples)
    scores = concepts.combine(session, found)
    return _arranged(session, scores, {"terms": query}, frozenset(taught), text, sort, n, offset, own)


def ranked(
    session: Session,
    asked: Asked,
    *,
    text: str = "",
    sort: str = BEST,
    n: int = 100,
    offset: int = 0,
    own: bool = False,
    report: Report | None = None,
) -> Ranking:
    """The pictures of a selection by a concept; what the backbone has not seen of them yet is left out."""
    scores = scored(session, asked.concept, report)
    return _arranged(session, scores, asked.query, asked.own, text, sort, n, offset, own)


def _arranged(
    session: Session,
    scores: Scores,
    query: Mapping[str, object],
    taught: Collection[str],
    text: str,
    sort: str,
    n: int,
    offset: int,
    own: bool,
) -> Ranking:
    rows = _chosen(session, scores, text, sort)
    if not own:
        row_of = _rows(session, scores)
        rows = rows[~np.isin(rows, [row_of[one] for one in taught if one in row_of])]
    if sort.removeprefix("-") == "score":
        falling = -scores.score[rows] if sort == BEST else scores.score[rows]
        rows = rows[np.argsort(falling, kind="stable")]
    page = rows[offset : offset + n].tolist()
    paths = {one.id: one.path for one in session.library.images.many([scores.ids[row] for row in page])}
    told = tuple(_result(scores, row, paths) for row in page if scores.ids[row] in paths)
    return Ranking("board", UNIT, "ascending" if sort == "score" else "descending", query, told, len(rows))


def scored(session: Session, concept: Concept, report: Report | None = None) -> Scores:
    """What a concept says of the whole library, remembered as long as both stay the same."""

    def ask() -> Scores:
        return placed.score(session, concept, report) if concept.layer == MAP else concepts.score(session, concept)

    return remember(session, ("scores", *_key(session, concept)), ask, lane=True)


def informative(session: Session, board: int | str, snapshot: int | None = None, n: int = 10) -> tuple[str, ...]:
    """The pictures whose answer would teach a board most.

    Raises
    ------
    NotFoundError, LayerError
    """
    found = get(session, board)
    learnt = concept_of(session, found, snapshot)
    on = {one.id for one in found.examples}
    return tuple(one for one in concepts.informative(session, learnt, n + len(on)) if one not in on)[:n]


def _key(session: Session, concept: Concept) -> tuple[Hashable, ...]:
    """What scores are made from."""
    return fingerprint(concept), session.library.revision("activations", "images")


def _chosen(session: Session, scores: Scores, text: str, sort: str) -> NDArray[np.int64]:
    """Rows of a selection in its order, the usual one where scores will decide; the same for all concepts."""
    order = selecting.DEFAULT_SORT if sort.removeprefix("-") == "score" else sort
    key = ("chosen rows", selecting.state_of(session), text.strip(), order, hash(scores.ids))

    def find() -> NDArray[np.int64]:
        row_of = _rows(session, scores)
        ids = selecting.select(session, text, sort=order)
        return np.array([row_of[one] for one in ids if one in row_of], np.int64)

    return remember(session, key, find)


def _rows(session: Session, scores: Scores) -> Mapping[str, int]:
    """Rows by id; all concepts have them in the same order."""
    key = ("score rows", session.library.revision("activations", "images"), hash(scores.ids))
    return remember(session, key, lambda: {image_id: row for row, image_id in enumerate(scores.ids)})


def _result(scores: Scores, row: int, paths: Mapping[str, str]) -> Result:
    probability = float(scores.probability[row])
    return Result(
        id=scores.ids[row],
        path=paths[scores.ids[row]],
        score=float(scores.score[row]),
        percentile=float(scores.percentile[row]),
        probability=None if np.isnan(probability) else probability,
        cosine=float(scores.cosine[row]),
    )


def _weighed(session: Session, pictures: Mapping[str, float] | Iterable[str]) -> dict[str, float]:
    weights = dict(pictures) if isinstance(pictures, Mapping) else dict.fromkeys(pictures, 1.0)
    found = known(session, list(weights))
    return {found[given]: weight for given, weight in weights.items()}
