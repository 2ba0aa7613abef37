"""A few pictures of a selection in place of all: the most different ones, or those that stand for the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from leitmotiv.analysis import diversity
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, Ranking, Result
from leitmotiv.workflows import selecting
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.nearness import MOST, Nearness, Rows, between, rows_of
from leitmotiv.workflows.session import Session

Way = Literal["different", "typical"]
WAYS: tuple[Way, ...] = ("different", "typical")
COUNT = 24
MOST_CHOSEN = 2000
MOST_COMPARED = 50_000_000
"""Divergences that are looked up or estimated for one request."""
SHARES = (0.5, 0.9, 1.0)
"""Shares of a selection for which it is told how near they are."""


@dataclass(frozen=True)
class Diverse:
    """A choice from a selection.

    Attributes
    ----------
    ids : tuple of str
        In the order of choosing: the first n are the choice of n.
    gaps : tuple of float
        How far each was from those before it, nats; the first is as far as it is from the farthest picture.
    within : tuple of (float, float)
        Share of the selection, and how near to one of the chosen pictures all of it lies, nats.
    usual : float
        What pictures of the selection are apart, nats: the median divergence to the first one.
    size, left_out : int
        Pictures that it was chosen from; pictures of the selection that were not compared yet.
    estimated : bool
        Whether it was chosen by estimates.
    """

    ids: tuple[str, ...]
    gaps: tuple[float, ...]
    within: tuple[tuple[float, float], ...]
    usual: float
    size: int
    left_out: int
    estimated: bool
    way: Way


def diverse(session: Session, query: str = "", *, count: int = COUNT, way: Way = "different") -> Diverse:
    """Choose `count` pictures of a selection, the same every time.

    Parameters
    ----------
    way : str
        "different": each is the one farthest from all before; "typical": each makes the others as near as it can.

    Raises
    ------
    UsageError
        Nothing is selected, or more is asked for than can be done at once.
    NoIndexError
        The pictures were not compared yet.
    """
    if way not in WAYS:
        raise UsageError(f"by is {way!r}, but must be {' or '.join(WAYS)}.")
    if not 1 <= count <= MOST_CHOSEN:
        raise UsageError(f"n is {count}, but must lie between 1 and {MOST_CHOSEN:,}.")
    key = ("diverse", selecting.state_of(session), query.strip(), count, way)
    return remember(session, key, lambda: _diverse(session, query, count, way))


def _diverse(session: Session, query: str, count: int, way: Way) -> Diverse:
    # in the order of ids, so that a choice does not depend on how a selection was sorted
    ids = sorted(selecting.select(session, query))
    if not ids:
        raise UsageError("Nothing is selected, so nothing can be chosen from it. Take a filter out.")
    if way == "typical" or len(ids) <= MOST:
        near = between(session, ids, doing="way of choosing")
        return _described(near, len(ids), _chosen(near, count, way), way)
    rows = rows_of(session, ids)
    if count * len(rows.ids) > MOST_COMPARED:
        raise UsageError(
            f"{count:,} pictures cannot be chosen from {len(rows.ids):,} at once; "
            f"ask for at most {MOST_COMPARED // len(rows.ids):,}."
        )
    return _described(rows, len(ids), diversity.farthest_first(rows.row, len(rows.ids), count, 0), way)


def _chosen(near: Nearness, count: int, way: Way) -> diversity.Subset:
    count = min(count, len(near.ids))
    if way == "typical":
        return diversity.representatives(near.matrix, count)

    def row(at: int) -> Float:
        return np.asarray(near.matrix[at], np.float64)

    return diversity.farthest_first(row, len(near.ids), count, diversity.medoid(near.matrix))


def _described(rows: Nearness | Rows, size: int, subset: diversity.Subset, way: Way) -> Diverse:
    first = int(subset.rows[0])
    from_first = np.asarray(rows.matrix[first] if isinstance(rows, Nearness) else rows.row(first), np.float64)
    others = np.delete(from_first, first)
    gaps = subset.gaps.copy()
    gaps[0] = others.max(initial=0.0)
    ascending = np.sort(subset.nearest)
    within = [(share, float(ascending[max(0, int(np.ceil(share * len(ascending))) - 1)])) for share in SHARES]
    return Diverse(
        ids=tuple(rows.ids[row] for row in subset.rows.tolist()),
        gaps=tuple(gaps.tolist()),
        within=tuple(within),
        usual=float(np.median(others)) if len(others) else 0.0,
        size=len(rows.ids),
        left_out=size - len(rows.ids),
        estimated=rows.estimated,
        way=way,
    )


def as_ranking(session: Session, found: Diverse, query: str) -> Ranking:
    """The choice as a ranking: the score is how far each picture was from those before it, nats."""
    paths = {one.id: one.path for one in session.library.images.many(found.ids)}
    results = tuple(
        Result(image_id, paths.get(image_id, ""), gap) for image_id, gap in zip(found.ids, found.gaps, strict=True)
    )
    asked = {"q": query, "n": len(found.ids), "by": found.way}
    return Ranking("look", "nats", "descending", asked, results, len(results), approximate=found.estimated)


def as_filter(ids: Sequence[str], digits: int = 16) -> str:
    """A line of filters that stands for exactly these pictures: so many digits of an id are unique in any library."""
    return "id:" + ",".join(image_id[:digits] for image_id in ids)
