"""The page of pictures: an order in columns for its layout, and what the tiles in view say; it lays nothing out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import views
from leitmotiv.errors import CompilingError, UsageError
from leitmotiv.records import Image, Rating
from leitmotiv.workflows import browse, own, selecting
from leitmotiv.workflows.orders import Order
from leitmotiv.workflows.selecting import DEFAULT_SORT
from leitmotiv.workflows.session import Session


@dataclass(frozen=True, eq=False)
class Tile:
    """What a tile says beyond its place.

    Attributes
    ----------
    blobs : (k, 8) uint8
        The picture's heaviest components; see `analysis.views.blobs`.
    """

    image: Image
    rating: Rating
    blobs: NDArray[np.uint8]


def view(session: Session, text: str = "", sort: str = DEFAULT_SORT, group: str = "") -> Order:
    """The pictures that a line of filters holds for, in an order and its sections.

    Raises
    ------
    UsageError
        The line, the order or the sections cannot be read.
    NoIndexError
        They ask for trends, and there is no index.
    """
    return selecting.ordered(session, text, sort=sort, group=group)


def state(session: Session) -> tuple[object, ...]:
    """What views are made from; while it is the same, so are they."""
    return selecting.state_of(session)


def pictures(session: Session, ids: Sequence[str]) -> list[Image]:
    """Pictures in the order of their ids."""
    return session.library.images.many(ids)


def tiles(session: Session, ids: Sequence[str]) -> list[Tile]:
    """What tiles say; ids that the library does not have are passed over."""
    found = session.library.images.many(ids)
    there = [image.id for image in found]
    mixtures = session.library.mixtures.many(there)
    ratings = own.ratings(session, there)
    return [
        Tile(image, ratings[image.id], views.blobs(mixture)) for image, mixture in zip(found, mixtures, strict=True)
    ]


def name_of_trend(session: Session, key: str) -> str:
    """What a section of an order by trends is called; the number where its name cannot be made now."""
    if not key:
        return "in no trend"
    try:
        return browse.cluster(session, int(key)).name or browse.cluster_name(session, int(key))
    except (CompilingError, UsageError):
        return f"trend {key}"
