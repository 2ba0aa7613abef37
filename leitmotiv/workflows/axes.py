"""An axis between two poles, each of which a query describes: where every picture lies along it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import joining
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, Ranking, Result, Unknown, read_only
from leitmotiv.workflows import seeking, selecting
from leitmotiv.workflows.session import Session

BETWEEN = ".."
UNIT = "standard deviations"


@dataclass(frozen=True, eq=False)
class Axis:
    """Pictures along an axis.

    Attributes
    ----------
    low, high : str
        What the poles ask for.
    ids : tuple of str
        From the low end to the high end.
    values : (N,) float64
        How much more each has of the high pole than of the low one, ascending.
    parts : (N, 2) float64
        What the poles gave: less of the low one, and the high one.
    unknown, notes
        As a search for either pole would say.
    says_something : bool
        Whether both poles tell pictures apart; else no picture lies anywhere.
    """

    low: str
    high: str
    ids: tuple[str, ...]
    values: Float
    parts: Float
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()
    says_something: bool = True

    def __post_init__(self) -> None:
        read_only(self.values)
        read_only(self.parts)


def axis(session: Session, text: str, filters: str = "") -> Axis:
    """Lay a collection out between two poles, by z(high) - z(low).

    What each pole says is remembered by `scoring.said`, and so are selections; the axis itself is laid out each time.

    Parameters
    ----------
    text : str
        Two queries with two points between them: ``cold..hot``.
    filters : str
        Which pictures are laid out.

    Raises
    ------
    UsageError
        Not two poles, or one of them cannot be read or has filters.
    LeitmotivError
        See `seeking.search`.
    """
    low, between, high = (part.strip() for part in text.partition(BETWEEN))
    if BETWEEN in high:
        raise UsageError(f"{text[:60]!r} has more than two poles; write what lies at either end: cold..hot.")
    if not between or not low or not high:
        raise UsageError(f"{text[:60]!r} has no two poles; write what lies at either end: cold..hot.")
    for pole in (low, high):
        if chosen := seeking.read(session, pole).filters:
            raise UsageError(f"{chosen} says which pictures are laid out, and not what lies at an end; give it apart.")
    less, more = (seeking.totals(session, pole) for pole in (low, high))
    ids, says_something = less.ids, less.says_something and more.says_something
    parts = np.stack([-joining.standardised(less.values), joining.standardised(more.values)], axis=1)
    rows = np.arange(len(ids) if says_something else 0)
    if filters:
        kept = set(selecting.select(session, filters))
        rows = rows[[ids[row] in kept for row in rows]]
    values = parts.sum(axis=1)
    order: NDArray[np.int64] = rows[np.argsort(values[rows], kind="stable")]
    unknown = {one.word: one for one in (*less.unknown, *more.unknown)}
    notes = dict.fromkeys((*less.notes, *more.notes))
    laid = tuple(ids[row] for row in order)
    return Axis(low, high, laid, values[order], parts[order], tuple(unknown.values()), tuple(notes), says_something)


def around(found: Axis, at: float, count: int) -> tuple[int, int]:
    """The rows of an axis that lie about a place from 0 to 1, as a range of at most so many."""
    start = round(at * max(0, len(found.ids) - count))
    return start, min(start + count, len(found.ids))


def spaced(found: Axis, count: int) -> list[int]:
    """Rows evenly spaced from one end to the other."""
    return sorted({round(place) for place in np.linspace(0, len(found.ids) - 1, count)}) if found.ids else []


def ranking(session: Session, found: Axis, start: int, end: int) -> Ranking:
    """A stretch of the axis as a ranking, from low to high."""
    end = min(end, len(found.ids))
    images = {one.id: one for one in session.library.images.many(found.ids[start:end])}
    results = tuple(
        Result(
            found.ids[row],
            images[found.ids[row]].path,
            float(found.values[row]),
            parts=tuple(found.parts[row].tolist()),
        )
        for row in range(start, end)
        if found.ids[row] in images
    )
    asked = {"axis": f"{found.low}{BETWEEN}{found.high}"}
    terms = (found.low, found.high)
    return Ranking(
        "search",
        UNIT,
        "ascending",
        asked,
        results,
        len(found.ids),
        terms=terms,
        unknown=found.unknown,
        notes=found.notes,
    )
