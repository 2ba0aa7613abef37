"""Pictures that belong nowhere in the library: those whose nearest pictures are unusually far."""

from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import solitude
from leitmotiv.errors import NoIndexError
from leitmotiv.records import Float
from leitmotiv.workflows import trends
from leitmotiv.workflows.measuring import compared
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.nearness import NO_INDEX
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.session import Session


@dataclass(frozen=True)
class Outliers:
    """Pictures by how lonely they are, the loneliest first.

    Attributes
    ----------
    ids : tuple of str
        Beyond the fence.
    values : tuple of float
        Divergence of each to its third nearest picture, nats.
    usual, fence : float
        The median of that over all pictures, and from where on a picture belongs nowhere.
    size : int
        Pictures that were looked at.
    """

    ids: tuple[str, ...]
    values: tuple[float, ...]
    usual: float
    fence: float
    size: int


def outliers(session: Session) -> Outliers:
    """The pictures of the library that belong nowhere; those that a person left out of all trends are not told of.

    Raises
    ------
    NoIndexError
        Nothing was compared yet.
    """
    stamp, (revision, _) = session.library.clusters.stamp(), trends.said(session)
    return remember(session, ("outliers", stamp, revision), lambda: _outliers(session), lane=True)


def _outliers(session: Session) -> Outliers:
    ids, values = _solitude(session)
    there, left = set(session.library.images.ids()), set(trends.changed(session).left_out)
    kept = [row for row, image_id in enumerate(ids) if image_id in there and image_id not in left]
    values = values[kept]
    fence = solitude.fence(values)
    order = [row for row in np.lexsort((np.array(kept), -values)).tolist() if values[row] > fence]
    return Outliers(
        tuple(ids[kept[row]] for row in order),
        tuple(float(values[row]) for row in order),
        float(np.median(values)) if len(values) else 0.0,
        fence,
        len(kept),
    )


def _solitude(session: Session) -> tuple[tuple[str, ...], Float]:
    """Of every compared picture, from the matrix or from its list of neighbours."""
    stored = compared(session)
    if stored is not None:
        return stored.ids, solitude.solitude(stored["values"])
    neighbours = stored_neighbours(session.library, session.settings)
    if neighbours is None:
        raise NoIndexError(NO_INDEX)
    values = np.sort(np.asarray(neighbours["values"], np.float64), axis=1)[:, : solitude.NEIGHBOURS]
    known = np.flatnonzero(np.isfinite(values).any(axis=1))
    return tuple(neighbours.ids[row] for row in known.tolist()), np.nanmax(values[known], axis=1)
