"""The order in which a slideshow shows a selection: by date, by another column, along looks, or shuffled."""

import hashlib

from leitmotiv.analysis import diversity, paths
from leitmotiv.errors import UsageError
from leitmotiv.workflows import selecting
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.nearness import between
from leitmotiv.workflows.session import Session

LOOKS, SHUFFLED = "looks", "shuffled"


def order(session: Session, query: str = "", *, sort: str = selecting.DEFAULT_SORT, seed: int = 0) -> tuple[str, ...]:
    """Ids of a selection in the order of showing.

    Parameters
    ----------
    sort : str
        "looks": each picture is like the one before; "shuffled": as the seed says, and the same for the same seed; or
        an order of selections, such as "-taken".

    Raises
    ------
    UsageError
        The selection or the order cannot be read, nothing is selected, or it has too many pictures for "looks".
    NoIndexError
        "looks", and the pictures were not compared yet.
    """
    plain = sort if sort not in (LOOKS, SHUFFLED) else selecting.DEFAULT_SORT
    ids = selecting.select(session, query, sort=plain)
    if not ids:
        raise UsageError("Nothing is selected, so there is nothing to show. Take a filter out.")
    if sort == SHUFFLED:
        return tuple(sorted(ids, key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest()))
    if sort == LOOKS:
        return remember(session, ("tour", selecting.state_of(session), query), lambda: _along(session, ids), lane=True)
    return ids


def _along(session: Session, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Begin with the picture farthest from the middle; what was not compared comes at the end."""
    near = between(session, sorted(ids), doing="order along looks")
    start = int(near.matrix[diversity.medoid(near.matrix)].argmax())
    found = tuple(near.ids[row] for row in paths.tour(near.matrix, start).tolist())
    there = set(found)
    return (*found, *(one for one in ids if one not in there))
