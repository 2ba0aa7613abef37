"""Search: the ranking that comes of a query, by looks alone as ever, or by words, pictures and boards together."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import combining, sorting
from leitmotiv.analysis.cutoff import above_chance, mostly
from leitmotiv.analysis.joining import falls
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, Ranking, Result, Unknown
from leitmotiv.workflows import (
    boards,
    contradictions,
    degrees,
    joining,
    names,
    ordering,
    remarks,
    scoring,
    selecting,
    spaces,
    words,
)
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.query import Node, Query, parse
from leitmotiv.workflows.said import Said
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import OfBoard, Picture, Region, Words

Rows = NDArray[np.int64]
SHARE, DEVIATIONS, COSINE, CLASSIC = "share of the query", "standard deviations", "cosine", "product"
"""Units of scores: of looks alone, of everything else, and as vectors."""


@dataclass(frozen=True, eq=False)
class _Scored:
    """What a query says of every picture.

    Attributes
    ----------
    total : (N,) float64
    parts : (T, N) float64
        They add up to the total.
    found : (N,) bool or None
        Which pictures part from chance, where that is not told by how the total lies.
    unit : str
    """

    total: Float
    parts: Float
    found: NDArray[np.bool_] | None
    said: Sequence[Said]
    unit: str


def search(
    session: Session,
    text: str,
    *,
    n: int = 60,
    offset: int = 0,
    everything: bool = False,
    files: Sequence[Path] = (),
    numbered: Sequence[str] = (),
    local: bool = False,
    mode: str = "scores",
    diverse: float = 0.0,
    copies: bool = False,
) -> Ranking:
    """The pictures that fit a query best, best first.

    Colours, sketches and pictures alone are put together by `combining.parts`, as looks; all else by `joining.joined`.
    Without a term the filters choose, and the newest picture comes first.

    Parameters
    ----------
    everything : bool
        Go on past the cut-off, where chance begins.
    files : sequence of Path
        Pictures outside the library that are looked for too.
    numbered : sequence of str
        Ids of the ranking that [IMG_0], [IMG_1] and so on mean.
    local : bool
        Whether the line may name files of this machine.
    mode : str
        One of `spaces.MODES`.
    diverse : float
        0 for the best first, up to 1 for pictures that are as different as can be among the best that are shown; what
        parts from chance still comes before the rest.
    copies : bool
        Whether copies are shown one by one; else the best of them stands for all.

    Raises
    ------
    UsageError
        The query cannot be read, or is not one for the mode.
    ImageNotFoundError, NotFoundError
        It names a picture or a board that is not there.
    MissingExtraError, NoActivationsError
        It asks for what pictures show, and nothing has seen that.
    """
    query = read(session, text, files=files, numbered=numbered, local=local, mode=mode)
    if query.tree is None:
        return _filtered(session, query, selecting.select(session, query.filters), n, offset)
    ids = _ids(session)
    scored = _scored(session, query, query.tree, ids) if mode == "scores" else _added(session, query, mode, ids)
    order, cut = _order(session, query, scored, ids, max(offset + n, ordering.SPREAD))
    behind: dict[int, tuple[str, ...]] = {}
    if not copies:
        whole = order
        order, behind = ordering.folded(session, ids, order)
        cut = cut and int(np.isin(order, whole[:cut]).sum()) if behind else cut
    if diverse:
        shown, rest = np.split(order, [cut if cut and not everything else len(order)])
        looks = scored.unit == SHARE
        shown = ordering.varied(session, ids, shown, scored.total, diverse, looks=looks, ahead=cut or 0)
        order = np.concatenate([shown, rest])
    lost, kept = wordless(session, query, scored.said), len(order)
    if lost:
        order, cut = order[:0], 0
    shown = order[offset : offset + n] if everything or not cut else order[offset : min(offset + n, cut)]
    asked: dict[str, object] = {"q": query.text}
    asked |= {"files": [str(path) for path in files]} if files else {}
    asked |= {"diverse": diverse} if diverse else {}
    return Ranking(
        measure="search",
        unit=scored.unit,
        order="descending",
        query=asked,
        results=_results(session, ids, scored, shown, behind, _words_of(session, query, [ids[row] for row in shown])),
        total=len(order),
        approximate=any(one.approximate for one in scored.said),
        terms=tuple(term.label for term in query.terms),
        cut=cut,
        nearest=() if lost else _nearest(query, scored.said),
        unknown=_unknown(session, query, scored),
        notes=_notes(session, query, kept, cut),
    )


def _nearest(query: Query, said: Sequence[Said]) -> tuple[str, ...]:
    """The words nearest to what is looked for; to what is taken away only where nothing is."""
    told = list(zip(query.terms, said, strict=False))  # there is nothing said of vectors
    wanted = [one for term, one in told if term.weight > 0] or [one for _, one in told]
    asked = {term.label.casefold() for term in query.terms}
    return tuple(dict.fromkeys(word for one in wanted for word in one.nearest if word.casefold() not in asked))


def wordless(session: Session, query: Query, said: Sequence[Said]) -> bool:
    """Whether nothing that is looked for says anything: only words such as "of the", or words and signs not known.

    Nor does what is taken away again.
    """
    if contradictions.is_nothing(query.tree):
        return True
    says = [one.says_something for one in said] or [
        not (isinstance(term.wanted, Words) and scoring.is_empty(session, term.wanted.phrase)) for term in query.terms
    ]
    wanted = [one for term, one in zip(query.terms, says, strict=True) if term.weight > 0] or says
    return bool(wanted) and not any(wanted)


def _notes(session: Session, query: Query, kept: int, cut: int | None) -> tuple[str, ...]:
    """What a query does not say, though it looks so; what nothing is left of is not looked for in folders, either."""
    lost = contradictions.is_nothing(query.tree)
    return contradictions.notes(query.tree) + remarks.notes(session, query, kept, None if lost else cut)


def _unknown(session: Session, query: Query, scored: _Scored) -> tuple[Unknown, ...]:
    return remarks.unknown(session, query, [one.read for one in scored.said] or [""] * len(query.terms))


class Totals(NamedTuple):
    """What a query says of every picture.

    Attributes
    ----------
    ids : tuple of str
    values : (N,) float64
    says_something : bool
        Whether it tells pictures apart at all.
    unknown, notes
        As of a ranking.
    """

    ids: tuple[str, ...]
    values: Float
    says_something: bool
    unknown: tuple[Unknown, ...]
    notes: tuple[str, ...]


def totals(session: Session, text: str) -> Totals:
    """What a query says of every picture, whatever filters it has.

    Raises
    ------
    UsageError
        It cannot be read, or looks for nothing.
    LeitmotivError
        See `search`.
    """
    query = read(session, text)
    if query.tree is None:
        raise UsageError(f"{text[:60]!r} looks for nothing; write a word, or another term.")
    ids = _ids(session)
    scored = _scored(session, query, query.tree, ids)
    cut = None if scored.found is None else int(np.count_nonzero(scored.found))
    return Totals(
        tuple(ids),
        scored.total,
        not wordless(session, query, scored.said),
        _unknown(session, query, scored),
        _notes(session, query, len(ids), cut),
    )


def _order(session: Session, query: Query, scored: _Scored, ids: list[str], wanted: int) -> tuple[Rows, int | None]:
    """The rows that the filters leave, best first, without what was asked with; and how many part from chance.

    Of a large library only the first are put in order: those that are `wanted`, and those that may part from chance.
    """
    own = _own(session, query)
    others = np.delete(np.arange(len(ids)), _rows_of(session, ids, own)) if own else np.arange(len(ids))
    rows = others
    if query.filters:
        kept = selecting.select(session, query.filters)
        chosen = np.zeros(len(ids), bool)
        chosen[_rows_of(session, ids, kept)] = True
        rows = others[chosen[others]]
    found = None if scored.found is None else scored.found[rows]
    # of more than twice as many as part from chance, most do not
    first = max(wanted, 0 if found is None else 2 * int(np.count_nonzero(found)) + 1)
    copies = ordering.copied(session, ids)
    grouped = None if copies is None else copies[rows] >= 0
    first += 0 if grouped is None else int(np.count_nonzero(grouped))
    order = rows[sorting.best(scored.total[rows], first, grouped)]
    if scored.unit == SHARE and scored.found is None:
        # what counts against pictures scatters them, too, but says nothing of how near chance comes to a fit
        against = any(term.weight < 0 for term in query.terms)
        return order, _cut(np.maximum(scored.total, 0.0) if against else scored.total, others, order)
    return order, None if scored.found is None else mostly(scored.found[order[:first]])


def _words_of(session: Session, query: Query, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The words nearest to pictures, where words are asked for."""
    if not any(isinstance(term.wanted, Words) for term in query.terms):
        return {}
    return words.nearest_of(session, ids)


def read_asked(session: Session, text: str, *, files: Sequence[Path] = (), local: bool = False) -> Query:
    """As `read`, for who types a line: one with nothing in it, which is every picture elsewhere, is a slip there.

    Raises
    ------
    UsageError
        It is empty, or cannot be read.
    """
    query = read(session, text, files=files, local=local)
    if query.is_empty:
        raise UsageError("There is nothing to look for. Type a word (dog), a colour (colour:teal), or a filter.")
    return query


def read(
    session: Session,
    text: str,
    *,
    files: Sequence[Path] = (),
    numbered: Sequence[str] = (),
    local: bool = False,
    mode: str = "scores",
) -> Query:
    """A line as a query, with the names that this library knows, and with pictures for places in a ranking.

    Raises
    ------
    UsageError
        It cannot be read, or a place lies outside of the ranking.
    """
    if mode not in spaces.MODES:
        raise UsageError(f"{mode[:40]!r} is no way to put terms together. There are: {', '.join(spaces.MODES)}.")
    query = parse(text, files, local=local, known=names.known(session), colours=mode == "scores")
    return query.numbered(numbered) if numbered else query


def compared(query: Query) -> float:
    """How pictures are compared: as it is said, else by the look, but by the subject beside words and boards."""
    if query.like:
        return degrees.read(query.like)
    seen = any(isinstance(term.wanted, scoring.SEEN) for term in query.terms)
    return degrees.SUBJECT if seen else degrees.LOOK


def _scored(session: Session, query: Query, tree: Node, ids: list[str]) -> _Scored:
    by = compared(query)
    scoring.read(session, query.terms)
    said = [scoring.said(session, term, ids, by) for term in query.terms]
    if query.is_of_looks:
        looks = np.array([one.values for one in said]).reshape(len(said), len(ids))
        parts = combining.parts(looks, np.array([term.weight for term in query.terms]))
        return _settled(query, said, parts)
    told = [scoring.standardised(one) for one in said]
    values, found, beside = [one for one, _ in told], [one for _, one in told], [one.beside for one in said]
    whole = joining.joined(tree, values, found, beside, scoring.silent(query.terms, said))
    parts = np.array([whole.parts.get(at, np.zeros(len(ids))) for at in range(len(said))])
    return _Scored(whole.values, parts, whole.found, said, DEVIATIONS)


def _settled(query: Query, said: Sequence[Said], parts: Float) -> _Scored:
    """What looks say; where each term tells by itself what has it, what is taken away stands behind the rest."""
    there = [one.there for one in said if one.settled and one.there is not None]
    if len(there) < len(said):
        return _Scored(parts.sum(axis=0), parts, None, said, SHARE)
    against = [at for at, term in enumerate(query.terms) if term.weight < 0]
    wanted = [there[at] for at in range(len(there)) if at not in against]
    found = np.all(wanted, axis=0) if wanted else np.zeros(parts.shape[1], bool)
    if against and len(against) < len(there):
        taken = np.array([there[at] for at in against])
        fall = falls(parts.sum(axis=0), np.asarray(taken.any(axis=0)))
        parts[against] -= taken * fall / np.maximum(taken.sum(axis=0), 1)
        found = found & ~taken.any(axis=0)
    return _Scored(parts.sum(axis=0), parts, found, said, SHARE)


def _added(session: Session, query: Query, mode: str, ids: list[str]) -> _Scored:
    """What a query says as a vector."""
    parts = spaces.parts(session, query, mode, ids)
    return _Scored(parts.sum(axis=0), parts, None, (), COSINE if mode != "classic" else CLASSIC)


def _cut(total: Float, others: Rows, order: Rows) -> int:
    """How many of an order part from chance, told from the whole library.

    Where nothing does, a page shows all: an empty answer helps nobody.
    """
    scores = total[others]
    count = above_chance(scores)
    if not count:
        return 0
    least = -np.partition(-scores, count - 1)[count - 1]
    return int((total[order] >= least).sum())


def _results(
    session: Session,
    ids: Sequence[str],
    scored: _Scored,
    rows: Rows,
    behind: Mapping[int, tuple[str, ...]],
    said: Mapping[str, tuple[str, ...]],
) -> tuple[Result, ...]:
    nats = scored.said[0].divergences if len(scored.said) == 1 and scored.unit == SHARE else None
    shown = [ids[row] for row in rows]
    paths = session.library.files.first(shown)
    found = []
    for row, image_id in zip(rows.tolist(), shown, strict=True):
        if image_id in paths:
            value = math.nan if nats is None else float(nats[row])
            found.append(
                Result(
                    image_id,
                    paths[image_id],
                    float(scored.total[row]),
                    None if math.isnan(value) else value,
                    tuple(scored.parts[:, row].tolist()),
                    copies=behind.get(row, ()),
                    words=said.get(image_id, ()),
                )
            )
    return tuple(found)


def _filtered(session: Session, query: Query, kept: Sequence[str], n: int, offset: int) -> Ranking:
    images = session.library.images.many(kept[offset : offset + n])
    results = tuple(Result(one.id, one.path, 1.0) for one in images)
    notes = remarks.notes(session, query, len(kept), None)
    return Ranking("search", SHARE, "descending", {"q": query.text}, results, len(kept), notes=notes)


def _own(session: Session, query: Query) -> set[str]:
    """Pictures that are looked for themselves: they are left out, as everywhere."""
    found = set()
    for term in query.terms:
        if term.weight < 0:
            continue
        wanted = scoring.recognised(session, term.wanted)
        if isinstance(wanted, Picture | Region):
            found.add(session.library.images.get(wanted.id).id)
        elif isinstance(wanted, OfBoard):
            found.update(one.id for one in boards.get(session, wanted.board).examples)
    return found


def _ids(session: Session) -> list[str]:
    """All pictures in the order of the arrays of scores."""
    library = session.library
    key = ("rows", library.revision("images", "files"))
    return remember(session, key, lambda: library.catalogue.ids() or library.images.ids())


def _rows_of(session: Session, ids: list[str], some: Iterable[str]) -> list[int]:
    """The rows of some pictures; what is not there is passed over."""
    _, row_of = remember(
        session, ("row of", id(ids)), lambda: (ids, {image_id: row for row, image_id in enumerate(ids)})
    )
    return [row_of[image_id] for image_id in some if image_id in row_of]
