"""The chain of looks between two pictures: what it may lead through, and how far apart its steps are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from leitmotiv.analysis import paths
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.workflows import selecting
from leitmotiv.workflows.measuring import to_many
from leitmotiv.workflows.nearness import MOST, NO_INDEX, between, rows_of
from leitmotiv.workflows.session import Session

STEPS = 7
"""Steps of a chain, where nobody says how many."""
MOST_STEPS = 40


@dataclass(frozen=True)
class Chain:
    """Pictures from one to another, each like the one before.

    Attributes
    ----------
    ids : tuple of str
        The two ends among them.
    steps : tuple of float
        Divergence of each picture to the one before, nats; one fewer than pictures.
    direct : float
        Divergence of the two ends, nats.
    usual : float
        What the ends are from a picture in the middle of all, nats.
    considered : int
        Pictures that it could have led through.
    estimated : bool
        Whether it was chosen by estimates; the steps themselves are exact.
    """

    ids: tuple[str, ...]
    steps: tuple[float, ...]
    direct: float
    usual: float
    considered: int
    estimated: bool


def chain(session: Session, start: str, goal: str, *, steps: int = STEPS, query: str = "") -> Chain:
    """The chain of `steps` steps from one picture to another; of fewer where too few pictures lie between.

    Parameters
    ----------
    start, goal : str
        Ids, or unique prefixes.
    query : str
        A selection that it leads through; all pictures if empty.

    Raises
    ------
    UsageError
        Both are the same picture, or a number of steps that there is not.
    NoIndexError
        One of them was not compared yet.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise UsageError(f"A chain has 1 to {MOST_STEPS} steps, not {steps}.")
    one, other = (session.library.images.get(image_id).id for image_id in (start, goal))
    if one == other:
        raise UsageError("A chain leads from one picture to another; these are the same.")
    ids = _candidates(session, one, other, selecting.select(session, query))
    near = between(session, ids)
    first, last = near.row(one), near.row(other)
    rows = paths.chain(near.matrix, first, last, steps)
    found = tuple(near.ids[row] for row in rows)
    ends = np.concatenate([near.matrix[first], near.matrix[last]])
    return Chain(
        found,
        _steps(session, found, near.matrix[rows[:-1], rows[1:]].tolist(), exact=not near.estimated),
        _steps(session, (one, other), [float(near.matrix[first, last])], exact=not near.estimated)[0],
        float(np.median(ends)),
        len(near.ids) - 2,
        near.estimated,
    )


def _candidates(session: Session, one: str, other: str, ids: Sequence[str]) -> list[str]:
    """The ends, and the pictures nearest to both of them."""
    others = [image_id for image_id in ids if image_id not in (one, other)]
    if len(others) + 2 > MOST:
        rows = rows_of(session, [one, other, *others])
        if rows.ids[:2] != (one, other):
            raise NoIndexError(NO_INDEX)
        around = rows.row(0) + rows.row(1)
        nearest = np.argsort(around[2:], kind="stable")[: MOST - 2] + 2
        others = [rows.ids[row] for row in nearest.tolist()]
    return [one, other, *others]


def _steps(session: Session, ids: Sequence[str], values: list[float], *, exact: bool) -> tuple[float, ...]:
    """Divergences from picture to picture; computed where only estimates are stored."""
    if exact:
        return tuple(values)
    mixtures = session.library.mixtures
    return tuple(float(to_many(session, mixtures.get(a), [b])[0]) for a, b in pairwise(ids))
