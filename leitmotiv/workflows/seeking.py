"""Search by look: what each term of a query gives to every picture, and the ranking that comes of it."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import colour_search, combining, sketch, views
from leitmotiv.analysis.cutoff import above_chance
from leitmotiv.analysis.sketch import Sketch
from leitmotiv.errors import ImageReadError
from leitmotiv.records import Float, Mixture, Ranking, Result, Swatch
from leitmotiv.workflows import likeness, regions, selecting, uploads
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.query import Colour, File, Picture, Query, Region, Term, Upload, parse
from leitmotiv.workflows.session import Session

Rows = NDArray[np.int64]
OFFERED = 60
"""Pictures that the offered colours are drawn from."""
MOST_COLOURS = 12


@dataclass(frozen=True, eq=False)
class _Scored:
    """What a term found.

    Attributes
    ----------
    values : (N,) float64
        At most 1; about 0 for a picture that has nothing to do with it.
    divergences : (N,) float64 or None
        Of looks, nats; NaN where not computed.
    """

    values: Float
    divergences: Float | None = None
    approximate: bool = False


def search(
    session: Session,
    text: str,
    *,
    n: int = 60,
    offset: int = 0,
    everything: bool = False,
    files: Sequence[Path] = (),
) -> Ranking:
    """The pictures that fit a query best, best first.

    What the terms give is put together by `combining.parts`. Without a term the filters alone choose, and the newest
    picture comes first.

    Parameters
    ----------
    everything : bool
        Go on past the cut-off, where chance begins.
    files : sequence of Path
        Pictures outside the library that are looked for too.

    Raises
    ------
    UsageError
        The query cannot be read.
    ImageNotFoundError
        It names a picture that is not there.
    """
    query = parse(text, files)
    if not query.terms:
        return _filtered(session, query, selecting.select(session, query.filters), n, offset)
    ids, row_of = _rows(session)
    scored = [_score(session, term, ids) for term in query.terms]
    values = np.array([one.values for one in scored]).reshape(len(scored), len(ids))
    parts = combining.parts(values, np.array([term.weight for term in query.terms]))
    total = parts.sum(axis=0)
    others = np.delete(
        np.arange(len(ids)), [row_of[image_id] for image_id in _own(session, query) if image_id in row_of]
    )
    rows = others
    if query.filters:
        kept = selecting.select(session, query.filters)
        rows = np.intersect1d(others, [row_of[image_id] for image_id in kept if image_id in row_of]).astype(np.int64)
    order = rows[np.lexsort((rows, -total[rows]))]
    # what counts against pictures scatters them, too, but says nothing of how near chance comes to a fit
    against = any(term.weight < 0 for term in query.terms)
    chosen, cut = _cut(np.maximum(total, 0.0) if against else total, others, order)
    shown = order[offset : offset + n] if everything or cut == 0 else order[offset : min(offset + n, cut)]
    nats = scored[0].divergences if len(scored) == 1 else None
    return Ranking(
        measure="search",
        unit="share of the query",
        order="descending",
        query={"q": query.text, **({"files": [str(path) for path in files]} if files else {})},
        results=_results(session, [ids[row] for row in shown], total[shown], parts[:, shown], nats, shown),
        total=len(order),
        approximate=any(one.approximate for one in scored),
        terms=tuple(term.label for term in query.terms),
        cut=chosen,
    )


def _cut(total: Float, others: Rows, order: Rows) -> tuple[int, int]:
    """How many of an order part from chance, told from the whole library; and where a page ends that shows only these.

    Where nothing does, a page shows all: an empty answer helps nobody.
    """
    scores = total[others]
    count = above_chance(scores)
    if not count:
        return 0, 0
    least = -np.partition(-scores, count - 1)[count - 1]
    found = int((total[order] >= least).sum())
    return found, found


def _results(
    session: Session, ids: list[str], total: Float, parts: Float, nats: Float | None, rows: Rows
) -> tuple[Result, ...]:
    images = {one.id: one for one in session.library.images.many(ids)}
    found = []
    for at, image_id in enumerate(ids):
        if image_id in images:
            value = float(nats[int(rows[at])]) if nats is not None else math.nan
            given = tuple(float(part) for part in parts[:, at])
            exact = None if math.isnan(value) else value
            found.append(Result(image_id, images[image_id].path, float(total[at]), exact, given))
    return tuple(found)


def _filtered(session: Session, query: Query, kept: Sequence[str], n: int, offset: int) -> Ranking:
    images = session.library.images.many(kept[offset : offset + n])
    results = tuple(Result(one.id, one.path, 1.0) for one in images)
    return Ranking("search", "share of the query", "descending", {"q": query.text}, results, len(kept))


def _own(session: Session, query: Query) -> set[str]:
    """Pictures that are looked for themselves: they are left out, as everywhere."""
    found = set()
    for term in query.terms:
        if term.weight < 0:
            continue
        if isinstance(term.wanted, Picture | Region):
            found.add(session.library.images.get(term.wanted.id).id)
        elif isinstance(term.wanted, File) and (known := _known(session, term.wanted)):
            found.add(known)
    return found


def _rows(session: Session) -> tuple[list[str], dict[str, int]]:
    """All pictures in the order of the arrays of scores, and the row of each."""

    def read() -> tuple[list[str], dict[str, int]]:
        ids = session.library.images.ids()
        return ids, {image_id: row for row, image_id in enumerate(ids)}

    return remember(session, ("rows", session.library.revision("images", "files")), read)


def _known(session: Session, file: File) -> str | None:
    """The id of a file that is in the library."""
    known = session.library.images.find_path(os.fsencode(os.path.abspath(file.path)))
    return None if known is None else known.id


def _score(session: Session, term: Term, ids: list[str]) -> _Scored:
    """What a term gives to pictures; remembered while the library stays as it is."""
    stamp = _stamp(session, term)
    state = (*session.library.revision("images", "files"), session.library.clusters.stamp())
    return remember(session, ("term", stamp, state), lambda: _scored(session, term, ids), lane=True)


def _stamp(session: Session, term: Term) -> str:
    if isinstance(term.wanted, File):
        try:
            status = term.wanted.path.stat()
        except OSError as error:
            raise ImageReadError(str(term.wanted.path), "it is no longer there") from error
        return f"{os.path.abspath(term.wanted.path)} {status.st_size} {status.st_mtime_ns}"
    if isinstance(term.wanted, Upload):
        uploads.get(session, term.wanted.id)
    return term.text


def _scored(session: Session, term: Term, ids: list[str]) -> _Scored:
    wanted = term.wanted
    if isinstance(wanted, Colour):
        return _Scored(_colour(session, wanted, ids))
    if isinstance(wanted, Picture):
        chosen = session.library.images.get(wanted.id).id
        return _alike(likeness.order(session, chosen), ids, chosen)
    if isinstance(wanted, Region):
        image = session.library.images.get(wanted.id)
        return _Scored(regions.likeness(session, wanted, image, ids), approximate=len(ids) > regions.COMPARED)
    if isinstance(wanted, Sketch):
        return _sketch(session, wanted, ids)
    if isinstance(wanted, Upload):
        return _alike(likeness.order_to(session, uploads.get(session, wanted.id).mixture), ids)
    known = _known(session, wanted)
    if known is not None:
        return _alike(likeness.order(session, known), ids, known)
    return _alike(likeness.order_to(session, fit_file(wanted.path, session.settings)), ids)


def _colour(session: Session, wanted: Colour, ids: list[str]) -> Float:
    kernel = colour_search.kernel(sketch.lab(wanted.colour))
    (share,) = colour_search.shares(side_by_side(session, ids), [kernel], wanted.place)
    if wanted.share is None:
        return colour_search.presence(share)
    return colour_search.agreement(share, wanted.share, wanted.how)


def _sketch(session: Session, wanted: Sketch, ids: list[str]) -> _Scored:
    if wanted.ground:
        drawn: Mixture = sketch.mixture(wanted, session.settings.colour_space)
        return _alike(likeness.order_to(session, drawn), ids)
    values, _ = sketch.held(side_by_side(session, ids), sketch.parts(wanted), np.zeros((1, 2)))
    return _Scored(values)


def _alike(order: likeness.Order, ids: list[str], own: str | None = None) -> _Scored:
    """Likeness as a score: 1 is the same look, 0 as far as a typical pair is, below it farther."""
    known = order.scores[~np.isnan(order.scores)]
    typical = 0.5 if order.unit == "relative" else max(float(np.median(known)) if len(known) else 0.0, 1e-9)
    least = float(known.max(initial=0.0))
    row_of = {image_id: row for row, image_id in enumerate(order.ids)}
    rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
    scores = np.append(np.where(np.isnan(order.scores), least, order.scores), 2 * typical)[rows]
    values = np.maximum(1 - scores / typical, -1.0)
    divergences = np.append(order.values, np.nan)[rows]
    if own in ids:
        values[ids.index(own)], divergences[ids.index(own)] = 1.0, 0.0
    return _Scored(values, divergences, order.approximate)


def colours(session: Session) -> tuple[Swatch, ...]:
    """Colours that a library has, to begin with: the palette of pictures spread evenly over it."""
    ids = session.library.images.ids()
    chosen = [ids[round(at)] for at in np.linspace(0, len(ids) - 1, min(OFFERED, len(ids)))] if ids else []
    if not chosen:
        return ()
    return remember(
        session,
        ("palette", tuple(chosen), MOST_COLOURS),
        lambda: views.palette(session.library.mixtures.many(chosen), MOST_COLOURS),
        lane=True,
    )
