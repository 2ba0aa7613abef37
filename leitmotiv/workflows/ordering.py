"""What becomes of an order before it is shown: copies behind the best of them, and variety where it is asked for."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import spreading
from leitmotiv.errors import LeitmotivError, UsageError
from leitmotiv.records import Float
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

Rows = NDArray[np.int64]
SPREAD = 300
"""Best pictures of an order that are put in another for variety; those behind stay where they are."""


def read_diverse(text: str) -> float:
    """How much variety is asked for: a number from 0 to 1, in hundredths; "" is none.

    Raises
    ------
    UsageError
        Something else.
    """
    try:
        value = float(text or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"diverse is {text[:40]!r}, but must be a number from 0, the best first, to 1, all different.")
    return round(value, 2)


def folded(session: Session, ids: Sequence[str], order: Rows) -> tuple[Rows, dict[int, tuple[str, ...]]]:
    """An order with the first of each group of copies, and which pictures stand behind it.

    Returns
    -------
    order : (M,) int64
    behind : dict
        By row, the ids of its copies in the order, best first.
    """
    copies = copied(session, ids)
    if copies is None:
        return order, {}
    codes = copies[order]
    places = np.flatnonzero(codes >= 0)
    _, first, which = np.unique(codes[places], return_index=True, return_inverse=True)
    leaders = order[places[first]][which]
    behind: dict[int, list[str]] = {}
    for row, leader in zip(order[places].tolist(), leaders.tolist(), strict=True):
        if row != leader:
            behind.setdefault(leader, []).append(ids[row])
    kept = np.ones(len(order), bool)
    kept[places] = order[places] == leaders
    return order[kept], {row: tuple(copies) for row, copies in behind.items()}


def copied(session: Session, ids: Sequence[str]) -> Rows | None:
    """A number for each row, the same for sure copies of each other, -1 of what has none; None where none has."""
    group_of = _groups(session)
    if not group_of:
        return None
    return remember(
        session,
        ("copy rows", _state(session), len(ids)),
        lambda: np.array([group_of.get(image_id, -1) for image_id in ids], np.int64),
    )


def _state(session: Session) -> tuple[int, ...]:
    return session.library.revision("images", "files", "copies", "copy_denials")


def _groups(session: Session) -> dict[str, int]:
    """A number for each picture that has sure copies, the same for those that belong together."""

    def join() -> dict[str, int]:
        denied = session.library.duplicates.denied()
        root: dict[str, str] = {}

        def top(name: str) -> str:
            while root.setdefault(name, name) != name:
                root[name] = name = root[root[name]]
            return name

        for copy in session.library.duplicates.copies():
            if copy.sure and not {(copy.left, copy.right), (copy.right, copy.left)} & denied:
                root[top(copy.left)] = top(copy.right)
        numbers: dict[str, int] = {}
        return {name: numbers.setdefault(top(name), len(numbers)) for name in root}

    return remember(session, ("copy groups", _state(session)), join)


def varied(
    session: Session, ids: Sequence[str], order: Rows, scores: Float, diverse: float, *, looks: bool, ahead: int = 0
) -> Rows:
    """An order whose best are put in another, so that those alike do not follow each other.

    Parameters
    ----------
    scores : (N,) float64
        Of all rows.
    ahead : int
        So many of the first stay before all others.
    looks : bool
        Whether likeness is that of looks; else it is that of what pictures show, where that is known.
    """
    if not diverse:
        return order
    best, rest = order[:SPREAD], order[SPREAD:]
    likeness = _by_look(session, ids, best) if looks else _by_subject(session, ids, best)
    return np.concatenate([best[spreading.spread(scores[best], likeness, diverse, ahead)], rest])


def _by_subject(session: Session, ids: Sequence[str], rows: Rows) -> Callable[[int], Float]:
    from leitmotiv.workflows.backgrounds import background

    try:
        ground = background(session)
    except LeitmotivError:
        return _by_look(session, ids, rows)
    at = np.array([ground.row_of.get(ids[row], -1) for row in rows], np.int64)
    places = np.where((at >= 0)[:, None], ground.background.rows[at], 0)
    return lambda row: np.asarray(places @ places[row], np.float64)


def _by_look(session: Session, ids: Sequence[str], rows: Rows) -> Callable[[int], Float]:
    """1 for the same look, 0 as far as the median of the pairs is; pictures that were not compared are like none."""
    from leitmotiv.workflows.nearness import between

    near = between(session, [ids[row] for row in rows])
    usual = max(float(np.median(near.matrix)), 1e-9)
    at = {image_id: place for place, image_id in enumerate(near.ids)}
    place = np.array([at.get(ids[row], -1) for row in rows], np.int64)

    def likeness(row: int) -> Float:
        if place[row] < 0:
            return np.zeros(len(rows))
        return np.where(place >= 0, 1 - near.matrix[place[row]][place] / usual, 0.0)

    return likeness
